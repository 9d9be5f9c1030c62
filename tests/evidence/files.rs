//! Output is written whole or not at all, and foreign folders are left alone.

use std::fs;
use std::path::Path;
use thrombopoiesis::error::Error;
use thrombopoiesis::files::{OutputFolder, hash, read_text, write_whole};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// Names in a folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn invariant_a_file_is_written_whole_or_not_at_all() {
    let folder = folder();
    let path = folder.path().join("result.csv");
    write_whole(&path, b"old").unwrap();
    write_whole(&path, b"new, longer").unwrap();
    assert_eq!(read_text(&path).unwrap(), "new, longer");

    // Below a regular file nothing can be written, whoever asks.
    let below = path.join("more.csv");
    assert!(matches!(write_whole(&below, b"x"), Err(Error::Io { path, .. }) if path == below));
    assert_eq!(read_text(&path).unwrap(), "new, longer");

    // A folder in the place of the file stays, and nothing is left beside it.
    let occupied = folder.path().join("occupied");
    fs::create_dir(&occupied).unwrap();
    fs::write(occupied.join("kept"), "kept").unwrap();
    assert!(matches!(write_whole(&occupied, b"x"), Err(Error::Io { .. })));
    assert_eq!(names(&occupied), ["kept"]);
    assert_eq!(names(folder.path()), ["occupied", "result.csv"]);
}

#[test]
fn invariant_a_file_that_cannot_be_read_is_an_error() {
    let folder = folder();
    let missing = folder.path().join("missing.toml");
    let error = read_text(&missing).unwrap_err();
    assert!(error.to_string().contains("missing.toml could not be read"), "{error}");
    let latin1 = folder.path().join("latin1.toml");
    fs::write(&latin1, b"\xe9").unwrap();
    assert!(matches!(read_text(&latin1), Err(Error::Io { .. })));
}

#[test]
fn invariant_an_output_folder_appears_at_once_and_replaces_its_own() {
    let folder = folder();
    let target = folder.path().join("deep/run");
    let mut output = OutputFolder::prepare(&target, false).unwrap();
    output.add("curve.csv", "1");
    output.add("figures/plt.svg", "<svg/>");
    assert!(!target.exists());
    output.finish("first = true").unwrap();
    assert_eq!(names(&target), ["curve.csv", "figures", "run.toml"]);
    assert_eq!(read_text(&target.join("figures/plt.svg")).unwrap(), "<svg/>");

    // Its own predecessor is replaced as a whole: nothing of it stays.
    let mut output = OutputFolder::prepare(&target, false).unwrap();
    output.add("other.csv", "2");
    assert_eq!(names(&target), ["curve.csv", "figures", "run.toml"]);
    output.finish("second = true").unwrap();
    assert_eq!(names(&target), ["other.csv", "run.toml"]);
    assert_eq!(read_text(&target.join("run.toml")).unwrap(), "second = true");
    assert_eq!(names(&folder.path().join("deep")), ["run"]);

    // A file that cannot be written leaves the predecessor as it was.
    let mut output = OutputFolder::prepare(&target, false).unwrap();
    output.add("name", "a file");
    output.add("name/below", "a file below a file");
    assert!(matches!(output.finish("third = true"), Err(Error::Io { .. })));
    assert_eq!(names(&target), ["other.csv", "run.toml"]);
    assert_eq!(names(&folder.path().join("deep")), ["run"]);

    // What is never finished leaves no trace.
    let mut output = OutputFolder::prepare(&target, false).unwrap();
    output.add("third.csv", "3");
    drop(output);
    assert_eq!(names(&target), ["other.csv", "run.toml"]);
    assert_eq!(names(&folder.path().join("deep")), ["run"]);
}

#[test]
fn invariant_a_foreign_folder_is_refused_unless_forced() {
    let folder = folder();
    let target = folder.path().join("thesis");
    fs::create_dir(&target).unwrap();
    // An empty folder is nobody's.
    OutputFolder::prepare(&target, false).unwrap().finish("run").unwrap();
    fs::remove_file(target.join("run.toml")).unwrap();
    fs::write(target.join("chapter.tex"), "years of work").unwrap();
    assert!(matches!(
        OutputFolder::prepare(&target, false),
        Err(Error::ForeignFolder { path }) if path == target
    ));
    assert_eq!(names(&target), ["chapter.tex"]);
    let forced = OutputFolder::prepare(&target, true).unwrap();
    assert_eq!(names(&target), ["chapter.tex"]);
    forced.finish("run").unwrap();
    assert_eq!(names(&target), ["run.toml"]);
}

#[test]
fn invariant_an_output_folder_below_a_file_is_an_error() {
    let folder = folder();
    let file = folder.path().join("file");
    fs::write(&file, "kept").unwrap();
    assert!(OutputFolder::prepare(&file.join("run"), false).is_err());
    assert!(OutputFolder::prepare(&file, false).is_err());
    assert_eq!(read_text(&file).unwrap(), "kept");
}

#[cfg(unix)]
#[test]
fn invariant_results_can_be_read_by_others() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let file = folder.path().join("file.csv");
    write_whole(&file, b"x").unwrap();
    assert_eq!(mode(&file), 0o644);
    let target = folder.path().join("run");
    OutputFolder::prepare(&target, false).unwrap().finish("").unwrap();
    assert_eq!(mode(&target), 0o755);
}

// Source: FIPS 180-4 and its example values, the SHA-256 of "abc" and of nothing.
#[test]
fn val_hashes_are_sha_256() {
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!((hash(b"abc").as_str(), hash(b"").as_str()), (abc, nothing));
}
