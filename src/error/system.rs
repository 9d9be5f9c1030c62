//! What the operating system reports, in words.

use std::io::{Error, ErrorKind};

/// What happened, without the system's number.
pub(super) fn words(source: &Error) -> String {
    use ErrorKind::{
        AlreadyExists, IsADirectory, NotADirectory, NotFound, PermissionDenied, StorageFull,
    };
    let words = match source.kind() {
        NotFound => "there is no such file or folder",
        PermissionDenied => "permission denied",
        IsADirectory => "it is a folder",
        NotADirectory => "a part of its path is not a folder",
        AlreadyExists => "it already exists",
        StorageFull => "the disk is full",
        ErrorKind::ReadOnlyFilesystem => "the disk cannot be written to",
        ErrorKind::InvalidFilename => "its name is too long or not allowed",
        ErrorKind::InvalidData => "it is not text in UTF-8",
        _ => {
            let text = source.to_string();
            let plain = text.split(" (os error ").next().unwrap_or_default();
            return super::sentence(plain);
        }
    };
    words.to_owned()
}

/// What to do about it.
pub(super) fn remedy(action: &str, source: &Error) -> &'static str {
    use ErrorKind::{IsADirectory, NotADirectory, NotFound, PermissionDenied, StorageFull};
    match (source.kind(), action) {
        (NotFound, "read") => ": check the path",
        (NotFound, _) => ": create its parent folder first",
        (PermissionDenied, "read") => ": change its permissions, or name another file",
        (PermissionDenied | ErrorKind::ReadOnlyFilesystem, _) => {
            ": choose a location to which you can write, or change its permissions"
        }
        (IsADirectory, _) => ": give the name of a file",
        (NotADirectory, _) => ": choose a path on which no file stands where a folder is needed",
        (StorageFull, _) => ": free some space, or choose another disk",
        (ErrorKind::InvalidFilename, _) => ": choose a shorter name",
        (ErrorKind::InvalidData, _) => ": save it as UTF-8 text",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::words;
    use std::io::Error;

    #[test]
    fn invariant_no_number_of_the_operating_system_is_shown() {
        for number in 1..134 {
            let said = words(&Error::from_raw_os_error(number));
            assert!(!said.contains("os error") && !said.is_empty(), "{number}: {said}");
        }
    }
}
