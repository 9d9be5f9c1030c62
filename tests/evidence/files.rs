//! Output is written whole or not at all, and foreign folders are left alone.

use std::fs;
use std::path::Path;
use thrombopoiesis::error::{Error, Refusal, Result};
use thrombopoiesis::files::{Comment, OutputFile, OutputFolder, Written, hash, read_text};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// Writes a file of a format with comments.
fn write_whole(path: &Path, content: &[u8]) -> Result<Written> {
    OutputFile::prepare(path, false)?.write(content, Comment::Hash)
}

/// What a file holds below its seal.
fn below_seal(path: &Path) -> String {
    let text = read_text(path).unwrap();
    text.split_once('\n').map_or_else(String::new, |(_, rest)| rest.to_owned())
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
    assert_eq!(below_seal(&path), "new, longer");

    // Below a regular file nothing can be written, whoever asks.
    let below = path.join("more.csv");
    assert!(matches!(write_whole(&below, b"x"), Err(Error::Io { path, .. }) if path == below));
    assert_eq!(below_seal(&path), "new, longer");

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
    let error = read_text(&latin1).unwrap_err().to_string();
    assert!(error.contains("latin1.toml:1: is not text in UTF-8"), "{error}");
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
    assert!(read_text(&target.join("run.toml")).unwrap().contains("second = true"));
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
fn invariant_a_foreign_folder_is_refused_or_moved_aside() {
    let folder = folder();
    let target = folder.path().join("thesis");
    fs::create_dir(&target).unwrap();
    // An empty folder is nobody's.
    OutputFolder::prepare(&target, false).unwrap().finish("run = true").unwrap();
    fs::write(target.join("chapter.tex"), "years of work").unwrap();
    let refused = OutputFolder::prepare(&target, false).unwrap_err();
    let named = Refusal::Foreign(vec!["chapter.tex".to_owned()]);
    assert!(matches!(refused, Error::NotWritten { refusal, .. } if refusal == named));
    assert_eq!(names(&target), ["chapter.tex", "run.toml"]);
    for number in ["", "-2"] {
        let forced = OutputFolder::prepare(&target, true).unwrap();
        assert_eq!(names(&target), ["chapter.tex", "run.toml"]);
        let written = forced.finish("run = true").unwrap();
        assert_eq!(names(&target), ["run.toml"]);
        let aside =
            fs::canonicalize(folder.path()).unwrap().join(format!("thesis.previous{number}"));
        assert_eq!(written.aside, Some(aside.clone()));
        assert_eq!(read_text(&aside.join("chapter.tex")).unwrap(), "years of work");
        fs::write(target.join("chapter.tex"), "years of work").unwrap();
    }
}

#[test]
fn invariant_what_comes_in_the_way_during_the_work_stays_and_the_result_too() {
    let folder = folder();
    let target = folder.path().join("run");
    let mut output = OutputFolder::prepare(&target, false).unwrap();
    output.add("curve.csv", "1");
    fs::create_dir(&target).unwrap();
    fs::write(target.join("notes"), "mine").unwrap();
    let error = output.finish("run = true").unwrap_err();
    let Error::Kept { kept: Some(kept), .. } = &error else { unreachable!("{error}") };
    assert_eq!(names(folder.path()), ["run", "run.new"]);
    assert!(kept.ends_with("run.new") && names(kept) == ["curve.csv", "run.toml"]);
    assert_eq!(names(&target), ["notes"]);
}

#[test]
fn invariant_a_foreign_or_changed_file_is_refused_or_moved_aside() {
    let folder = folder();
    let path = folder.path().join("course.csv");
    write_whole(&path, b"1").unwrap();
    write_whole(&path, b"2").unwrap();
    let changed = read_text(&path).unwrap() + "3";
    fs::write(&path, &changed).unwrap();
    assert!(matches!(
        OutputFile::prepare(&path, false),
        Err(Error::NotWritten { refusal: Refusal::ForeignFile, .. })
    ));
    let forced = OutputFile::prepare(&path, true).unwrap();
    let written = forced.write(b"4", Comment::Impossible).unwrap();
    assert!(written.to_string().contains("course.csv.previous"), "{written}");
    assert_eq!(read_text(&path).unwrap(), "4");
    assert_eq!(read_text(&folder.path().join("course.csv.previous")).unwrap(), changed);
    // A format without comments carries no seal.
    assert!(OutputFile::prepare(&path, false).is_err());
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
    // A mode that the user chose stays.
    let chosen = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    chosen(&file, 0o600);
    chosen(&target, 0o700);
    chosen(&target.join("run.toml"), 0o640);
    write_whole(&file, b"y").unwrap();
    OutputFolder::prepare(&target, false).unwrap().finish("").unwrap();
    assert_eq!([mode(&file), mode(&target), mode(&target.join("run.toml"))], [0o600, 0o700, 0o640]);
    // What is write-protected stays as it is.
    chosen(&file, 0o444);
    chosen(&target.join("run.toml"), 0o444);
    assert!(write_whole(&file, b"z").is_err());
    assert!(OutputFolder::prepare(&target, false).is_err());
    assert_eq!(below_seal(&file), "y");
}

// Source: FIPS 180-4 and its example values, the SHA-256 of "abc" and of nothing.
#[test]
fn val_hashes_are_sha_256() {
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!((hash(b"abc").as_str(), hash(b"").as_str()), (abc, nothing));
}

#[cfg(unix)]
#[test]
fn invariant_a_link_keeps_pointing_where_it_did() {
    let folder = folder();
    let (real, link) = (folder.path().join("real.csv"), folder.path().join("link.csv"));
    fs::write(&real, "old").unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    OutputFile::prepare(&link, true).unwrap().write(b"new", Comment::Impossible).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().file_type().is_symlink());
    assert_eq!(read_text(&real).unwrap(), "new");
}
