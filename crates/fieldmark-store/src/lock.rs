//! One writer at a time: whoever opens a data directory holds its lock, and says who it is.

use crate::error::StoreError;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

/// The lock of a data directory. The system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

impl DataLock {
    /// Takes the lock, or says who holds it. `who` is what the next one will be told, such as
    /// `fieldmark serve (process 4711)`.
    pub fn take(dir: &Path, who: &str) -> Result<Self, StoreError> {
        let path = dir.join("lock");
        let io = |error| StoreError::Io {
            path: path.clone(),
            error,
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                file.read_to_string(&mut holder).map_err(io)?;
                let holder = holder.trim();
                let holder = if holder.is_empty() {
                    "another process"
                } else {
                    holder
                };
                return Err(StoreError::Held {
                    dir: dir.to_owned(),
                    holder: holder.to_owned(),
                });
            }
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        file.set_len(0).map_err(io)?;
        file.rewind().map_err(io)?;
        writeln!(file, "{who}").map_err(io)?;
        Ok(Self { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_who_holds_it() {
        let dir = tempfile::tempdir().unwrap();
        let first = DataLock::take(dir.path(), "fieldmark serve (process 4711)").unwrap();
        let error = DataLock::take(dir.path(), "fieldmark import")
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("in use by fieldmark serve (process 4711)"),
            "{error}"
        );
        drop(first);
        DataLock::take(dir.path(), "fieldmark import").unwrap();
    }
}
