//! What Linux says of memory, in the words of `/proc` and of control groups. On other systems these
//! files do not exist, and nothing is known.

use std::fs;
use std::path::{Path, PathBuf};

/// Bytes in the unit of `/proc`, which writes kB and means KiB.
const KIB: f64 = 1024.0;

/// Address space that this process may still map: below both `ulimit -v` and `ulimit -d`.
pub(super) fn address_space() -> Option<f64> {
    let (limits, status) = (read("/proc/self/limits")?, read("/proc/self/status")?);
    let free = |limit: &str, used: &str| Some(limit_of(&limits, limit)? - field(&status, used)?);
    smallest([free("Max address space", "VmSize:"), free("Max data size", "VmData:")])
}

/// Memory that the machine has to give, and that the control groups of this process still allow.
pub(super) fn memory() -> Option<f64> {
    let machine = read("/proc/meminfo").and_then(|text| field(&text, "MemAvailable:"));
    let groups = read("/proc/self/cgroup").unwrap_or_default();
    let groups = groups.lines().filter_map(group).flat_map(|(folder, root)| {
        let within = folder.ancestors().take_while(|folder| folder.starts_with(root));
        within.map(left_in_group).collect::<Vec<_>>()
    });
    smallest([machine].into_iter().chain(groups))
}

fn smallest(all: impl IntoIterator<Item = Option<f64>>) -> Option<f64> {
    all.into_iter().flatten().reduce(f64::min).map(|bytes| bytes.max(0.0))
}

fn read(path: impl AsRef<Path>) -> Option<String> {
    fs::read_to_string(path).ok()
}

/// The bytes behind a name in the lines `Name:  123 kB`.
fn field(text: &str, name: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse::<f64>().ok().map(|kib| kib * KIB)
}

/// The soft limit in the lines `Max ...  soft  hard  bytes`; none where it is `unlimited`.
fn limit_of(limits: &str, name: &str) -> Option<f64> {
    let line = limits.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Folder of a control group that counts memory, and the folder of its root, from a line of
/// `/proc/self/cgroup`: `0::/path` of version 2, `4:memory:/path` of version 1.
fn group(line: &str) -> Option<(PathBuf, &'static Path)> {
    let mut parts = line.splitn(3, ':');
    let (_, controllers, path) = (parts.next()?, parts.next()?, parts.next()?);
    let root = match controllers {
        "" => Path::new("/sys/fs/cgroup"),
        _ if controllers.split(',').any(|name| name == "memory") => {
            Path::new("/sys/fs/cgroup/memory")
        }
        _ => return None,
    };
    Some((root.join(path.trim_start_matches('/')), root))
}

/// Limit less use of one control group; what the system can drop from its cache is not in use.
fn left_in_group(folder: &Path) -> Option<f64> {
    let number = |name: &str| read(folder.join(name))?.trim().parse::<f64>().ok();
    let limit = number("memory.max").or_else(|| number("memory.limit_in_bytes"))?;
    let used = number("memory.current").or_else(|| number("memory.usage_in_bytes"))?;
    let stat = read(folder.join("memory.stat")).unwrap_or_default();
    let cache = stat.lines().find_map(|line| line.strip_prefix("inactive_file "));
    let cache = cache.and_then(|bytes| bytes.trim().parse::<f64>().ok()).unwrap_or(0.0);
    Some(limit - (used - cache).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn analytic_limits_and_fields_are_read_from_the_words_of_the_system() {
        let limits = "Limit            Soft Limit  Hard Limit  Units\n\
                      Max data size    unlimited   unlimited   bytes\n\
                      Max address space 1536000000 unlimited   bytes\n";
        assert_eq!(limit_of(limits, "Max address space"), Some(1_536_000_000.0));
        assert_eq!(limit_of(limits, "Max data size"), None);
        let status = "VmPeak:\t  227544 kB\nVmSize:\t  162008 kB\n";
        assert_eq!(field(status, "VmSize:"), Some(162_008.0 * 1024.0));
        assert_eq!(field(status, "VmData:"), None);
        assert_eq!(smallest([None, Some(3.0), Some(-2.0)]), Some(0.0));
        assert_eq!(smallest([None, None]), None);
    }

    #[test]
    fn analytic_control_groups_of_both_versions_are_found_with_their_ancestors() {
        let (folder, root) = group("0::/user.slice/run.scope").unwrap();
        assert_eq!(folder, Path::new("/sys/fs/cgroup/user.slice/run.scope"));
        assert_eq!(folder.ancestors().take_while(|f| f.starts_with(root)).count(), 3);
        let (folder, _) = group("4:hugetlb,memory:/docker/7").unwrap();
        assert_eq!(folder, Path::new("/sys/fs/cgroup/memory/docker/7"));
        assert_eq!(group("5:cpu:/docker/7"), None);

        let folder = tempfile::tempdir().unwrap();
        assert_eq!(left_in_group(folder.path()), None);
        for (name, text) in [
            ("memory.max", "1000\n"),
            ("memory.current", "700\n"),
            ("memory.stat", "anon 300\ninactive_file 400\n"),
        ] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        assert_eq!(left_in_group(folder.path()), Some(700.0));
        fs::write(folder.path().join("memory.max"), "max\n").unwrap();
        assert_eq!(left_in_group(folder.path()), None);
    }
}
