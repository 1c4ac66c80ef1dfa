//! Which line of a text a byte of it stands on, while it is read.

use std::collections::VecDeque;
use std::io::{self, Read};

/// A row that is longer than this is no row: a quote was left open.
const MOST: u64 = 16 << 20;

/// A reader that knows where the lines begin that were read last. The reader of tables has a count of
/// its own, which is one short after `\r\n`, whose second half it takes for the next row's.
pub struct Lined<R> {
    inner: R,
    /// How many bytes were read.
    read: u64,
    /// The line in hand.
    line: u64,
    after_return: bool,
    is_blank: bool,
    /// Where the lines begin that have something on them, and which they are.
    begun: VecDeque<(u64, u64)>,
    /// Where the row in hand begins, and on which line.
    row: (u64, u64),
}

impl<R> Lined<R> {
    /// Counts from a line.
    pub fn new(inner: R, line: u64) -> Self {
        Self {
            inner,
            read: 0,
            line,
            after_return: false,
            is_blank: true,
            begun: VecDeque::new(),
            row: (0, line),
        }
    }

    /// The line that a row stands on which begins at a byte or after blank lines from there on. Later
    /// bytes are asked for later.
    pub fn at(&mut self, byte: u64) -> u64 {
        while self.begun.front().is_some_and(|(begins, _)| *begins < byte) {
            self.begun.pop_front();
        }
        let line = self.begun.front().map_or(self.line, |(_, line)| *line);
        self.row = (byte, line);
        line
    }

    fn count(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match byte {
                b'\n' if self.after_return => {}
                b'\n' | b'\r' => {
                    self.line += 1;
                    self.is_blank = true;
                }
                _ if self.is_blank => {
                    self.begun.push_back((self.read, self.line));
                    self.is_blank = false;
                }
                _ => {}
            }
            self.after_return = *byte == b'\r';
            self.read += 1;
        }
    }
}

impl<R: Read> Read for Lined<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let (from, line) = self.row;
        if self.read - from > MOST {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!(
                    "after line {line} comes a row of more than 16 MiB: a quote was left open, or it is no table"
                ),
            ));
        }
        let read = self.inner.read(into)?;
        self.count(&into[..read]);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::Lined;
    use std::io::Read;

    #[test]
    fn a_row_stands_on_the_line_where_something_of_it_does() {
        let text = "a\r\n\r\nb\rc\n\nd";
        let mut lined = Lined::new(text.as_bytes(), 2);
        lined.read_to_end(&mut Vec::new()).unwrap();
        // The second half of the end of `a`, a blank line, then `b`.
        for (at, line) in [(0, 2), (2, 4), (5, 4), (7, 5), (9, 7), (11, 7)] {
            assert_eq!(lined.at(at), line, "{at}");
        }
    }

    #[test]
    fn a_row_without_an_end_is_not_read_for_ever() {
        let mut lined = Lined::new(std::io::repeat(b'x'), 1);
        let read = std::io::copy(&mut lined, &mut std::io::sink());
        assert!(read.unwrap_err().to_string().contains("after line 1"));
    }
}
