//! A folder in which a hostile place is set up, with all that stands in it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// The user that the program runs as where the tests run as root.
const NOBODY: &str = "65534";

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    Folder { mode: u32 },
    File { mode: u32, content: Vec<u8> },
    Link(PathBuf),
    Other,
}

/// A temporary folder with a home and a working folder.
pub(crate) struct Scene {
    folder: tempfile::TempDir,
}

/// Where the program is that everybody may run.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = PROGRAM.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("opened");
        let path = folder.path().join("thrombo");
        copy_program(&path);
        (folder, path)
    });
    path
}

/// Copies the program to `path`. Another process writes the copy: a handle of our own, inherited by a
/// program that another test starts at that moment, would keep the copy from being run ("text file busy").
pub(crate) fn copy_program(path: &Path) {
    let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_thrombo")).arg(path).status();
    assert!(copied.is_ok_and(|status| status.success()), "{} is not written", path.display());
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|found| found.uid() == 0)
}

/// Whether the program can run without privileges.
pub(crate) fn unprivileged() -> bool {
    !is_root()
        || Command::new("setpriv").arg("--version").output().is_ok_and(|o| o.status.success())
}

impl Scene {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let scene = Self { folder };
        for name in ["home", "work"] {
            fs::create_dir(scene.root().join(name)).expect("created");
        }
        if is_root() {
            let owner = format!("{NOBODY}:{NOBODY}");
            let given = Command::new("chown").args(["-R", &owner]).arg(scene.root()).status();
            assert!(given.is_ok_and(|status| status.success()));
        }
        scene
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// A command that runs `program` without privileges in the working folder, with the home exported.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", program]);
            command
        } else {
            Command::new(program)
        };
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.root().join("home"))
            .env("T", self::program())
            .current_dir(self.root().join("work"));
        command
    }

    /// Runs a script of the shell.
    pub(crate) fn shell(&self, script: &str) -> Output {
        self.command("/bin/sh").args(["-c", script]).output().expect("a shell")
    }

    /// Everything in the scene by its path in the working folder; `../home` for what is beside it.
    pub(crate) fn entries(&self) -> BTreeMap<String, Entry> {
        let mut entries = BTreeMap::new();
        collect(&self.root().join("work"), "", &mut entries);
        collect(&self.root().join("home"), "../home/", &mut entries);
        entries
    }
}

fn collect(folder: &Path, prefix: &str, entries: &mut BTreeMap<String, Entry>) {
    let Ok(listed) = fs::read_dir(folder) else { return };
    for entry in listed.flatten() {
        let path = entry.path();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let Ok(found) = fs::symlink_metadata(&path) else { continue };
        let mode = found.permissions().mode() & 0o777;
        let what = if found.is_symlink() {
            Entry::Link(fs::read_link(&path).unwrap_or_default())
        } else if found.is_dir() {
            collect(&path, &format!("{name}/"), entries);
            Entry::Folder { mode }
        } else if found.is_file() {
            Entry::File { mode, content: fs::read(&path).unwrap_or_default() }
        } else {
            Entry::Other
        };
        entries.insert(name, what);
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        // What a case protected can only be removed once it is not.
        let _ = Command::new("chmod").args(["-R", "u+rwX"]).arg(self.root()).status();
    }
}
