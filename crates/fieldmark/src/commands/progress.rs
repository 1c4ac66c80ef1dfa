//! What a terminal shows while something takes its time. Where nobody watches, nothing is written.

use super::text::plain;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::time::Duration;

const READING: &str = "{prefix} {wide_bar} {bytes}/{total_bytes} {msg}";
const STREAMING: &str = "{prefix} {spinner} {bytes} {msg}";
const OBJECTS: &str = "{prefix} {wide_bar} {pos}/{len} {msg} {per_sec} {eta}";
const WAITING: &str = "{spinner} {msg} {elapsed}";

/// How much of `name` was read, out of `length` bytes when that is known.
pub fn bytes(name: &str, length: Option<u64>, message: &'static str) -> ProgressBar {
    let bar = match length {
        Some(length) => shown(|| ProgressBar::new(length), READING),
        None => shown(ProgressBar::new_spinner, STREAMING),
    };
    bar.set_prefix(plain(name));
    bar.set_message(message);
    bar
}

/// Lets a bar show how many of a number of objects are done, how many a second, and how long the rest
/// takes.
pub fn objects(bar: &ProgressBar, done: u64, of: u64) {
    if bar.length() != Some(of) {
        bar.set_length(of);
        if let Ok(style) = ProgressStyle::with_template(OBJECTS) {
            bar.set_style(style);
        }
        bar.reset();
    }
    bar.set_position(done);
}

/// How long work has taken whose end cannot be told.
pub fn waiting(message: &'static str) -> ProgressBar {
    let bar = shown(ProgressBar::new_spinner, WAITING);
    bar.set_message(message);
    bar
}

fn shown(bar: impl FnOnce() -> ProgressBar, template: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = bar();
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_well_formed() {
        for template in [READING, STREAMING, OBJECTS, WAITING] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
