//! Opening the data directory, which one process holds at a time.

use crate::config::Config;
use anyhow::Result;
use fieldmark_store::{Base, Options};

/// Opens the data directory for `command`, which is what the next one to try will be told.
pub fn open(config: &Config, command: &str) -> Result<Base> {
    let options = Options {
        audiences: config.audiences.clone(),
        holder: format!("fieldmark {command} (process {})", std::process::id()),
        limits: config.limits.clone(),
    };
    Ok(Base::open(&config.data, options)?)
}
