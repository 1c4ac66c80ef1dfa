//! Where things are: the workspace, the compiled dependencies, and what clients need to be installed.

use anyhow::{Context, Result, bail};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The directory that holds the workspace's `Cargo.toml`.
///
/// Cargo says at run time which clone this is. What it said at compile time may be another one:
/// clones share one target directory, and to Cargo the binary of one is as fresh for the next.
pub fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let package = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        package
            .parent()
            .map_or_else(|| PathBuf::from("."), Path::to_path_buf)
    })
}

/// `$HOME/.cache/fieldmark`, made if it can be; nothing when there is no home to write to.
fn cache() -> Option<PathBuf> {
    let home = env::var_os("HOME").filter(|home| !home.is_empty())?;
    let cache = PathBuf::from(home).join(".cache").join("fieldmark");
    fs::create_dir_all(&cache).ok()?;
    // A directory that exists may still be someone else's.
    let probe = cache.join(format!(".probe-{}", std::process::id()));
    fs::write(&probe, b"").ok()?;
    fs::remove_file(&probe).ok()?;
    Some(cache)
}

/// Where Cargo puts what it compiles: `CARGO_TARGET_DIR` when set; else outside the clone, so that
/// a second clone need not compile RocksDB again; else `target/`.
pub fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(set) if !set.is_empty() => {
            let set = PathBuf::from(set);
            if set.is_absolute() {
                set
            } else {
                root().join(set)
            }
        }
        _ => cache().map_or_else(|| root().join("target"), |cache| cache.join("target")),
    }
}

/// A directory beside what Cargo compiles, for client libraries and benchmark data.
pub fn kept(name: &str) -> Result<PathBuf> {
    let directory = target().join("xtask").join(name);
    fs::create_dir_all(&directory)
        .with_context(|| format!("{} cannot be made", directory.display()))?;
    Ok(directory)
}

/// A directory for one run, removed when dropped.
pub struct Scratch(PathBuf);

impl Scratch {
    /// Makes an empty directory under the system's temporary one.
    pub fn new(purpose: &str) -> Result<Self> {
        let base = env::temp_dir();
        for attempt in 0..1000 {
            let path = base.join(format!(
                "fieldmark-{purpose}-{}-{attempt}",
                std::process::id()
            ));
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => {
                    return Err(error)
                        .with_context(|| format!("{} cannot be made", path.display()));
                }
            }
        }
        bail!("no free name for a scratch directory in {}", base.display())
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("{} is left behind: {error}", self.0.display());
        }
    }
}
