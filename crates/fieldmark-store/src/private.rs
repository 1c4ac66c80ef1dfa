//! Who may read the files: whoever runs the program, and nobody else.

use crate::error::StoreError;
use std::fs::File;
use std::path::Path;

/// Makes a data directory and all that is in it private: directories 0700, files 0600. What was
/// open to others is mended, and said.
pub(crate) fn keep_private(dir: &Path) -> Result<(), StoreError> {
    let mended = mend(dir)?;
    if mended > 0 {
        tracing::warn!(
            dir = %dir.display(),
            mended,
            "others could read or write files of this data directory; they cannot any more"
        );
    }
    Ok(())
}

/// An empty file in a directory that is gone once it is closed.
pub(crate) fn scratch(dir: &Path) -> Result<File, StoreError> {
    tempfile::tempfile_in(dir).map_err(|error| spoiled(dir, error))
}

/// What is wrong with a directory in which something cannot be written.
pub(crate) fn spoiled(dir: &Path, error: std::io::Error) -> StoreError {
    match error.kind() {
        std::io::ErrorKind::StorageFull => StoreError::Full(dir.display().to_string()),
        _ => StoreError::Io {
            path: dir.to_owned(),
            error,
        },
    }
}

#[cfg(unix)]
fn mend(path: &Path) -> Result<u64, StoreError> {
    use std::os::unix::fs::PermissionsExt;
    let io = |error| StoreError::Io {
        path: path.to_owned(),
        error,
    };
    let about = match path.symlink_metadata() {
        Ok(about) => about,
        // The engine removes its old files when it pleases.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(io(error)),
    };
    if about.is_symlink() {
        return Ok(0);
    }
    let wanted = if about.is_dir() { 0o700 } else { 0o600 };
    let mut mended = 0;
    if about.permissions().mode() & 0o077 != 0 {
        let private = std::fs::Permissions::from_mode(wanted);
        match std::fs::set_permissions(path, private) {
            Ok(()) => mended += 1,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(io(error)),
        }
    }
    if about.is_dir() {
        for entry in std::fs::read_dir(path).map_err(io)? {
            mended += mend(&entry.map_err(io)?.path())?;
        }
    }
    Ok(mended)
}

#[cfg(not(unix))]
fn mend(_path: &Path) -> Result<u64, StoreError> {
    Ok(0)
}
