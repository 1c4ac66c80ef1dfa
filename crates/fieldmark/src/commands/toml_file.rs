//! Files in TOML that commands are given.

use anyhow::{Context, Result};
use std::io::Read;
use std::path::Path;

/// A file's table; `-` is standard input. What cannot be read names the line.
pub fn read(path: &Path) -> Result<toml::Table> {
    let place = path.display().to_string();
    let text = match place.as_str() {
        "-" => {
            let mut text = String::new();
            let read = std::io::stdin().read_to_string(&mut text);
            read.context("standard input")?;
            text
        }
        _ => std::fs::read_to_string(path).with_context(|| place.clone())?,
    };
    toml::from_str(&text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let line = text[..start].matches('\n').count() + 1;
        anyhow::anyhow!("{place}:{line}: {}", error.message())
    })
}
