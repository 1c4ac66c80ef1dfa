//! Turtle, TriG, N-Triples and N-Quads, fed to the parser line by line.

use super::tags::Tags;
use super::{Placed, Problem, Sink, not_utf8};
use crate::format::Format;
use oxrdf::Quad;
use oxttl::nquads::LowLevelNQuadsParser;
use oxttl::ntriples::LowLevelNTriplesParser;
use oxttl::trig::LowLevelTriGParser;
use oxttl::turtle::LowLevelTurtleParser;
use oxttl::{NQuadsParser, NTriplesParser, TriGParser, TurtleParser, TurtleSyntaxError};
use std::io::{self, BufRead, BufReader, Read};

enum Parser {
    Turtle(LowLevelTurtleParser),
    TriG(LowLevelTriGParser),
    NTriples(LowLevelNTriplesParser),
    NQuads(LowLevelNQuadsParser),
}

impl Parser {
    fn new(format: Format, base: Option<&str>) -> Result<Self, String> {
        let bad = |error: oxiri::IriParseError| format!("the base IRI is not one: {error}");
        Ok(match format {
            Format::Turtle => {
                let parser = TurtleParser::new();
                Self::Turtle(match base {
                    Some(base) => parser.with_base_iri(base).map_err(bad)?.low_level(),
                    None => parser.low_level(),
                })
            }
            Format::NTriples => Self::NTriples(NTriplesParser::new().low_level()),
            Format::NQuads => Self::NQuads(NQuadsParser::new().low_level()),
            _ => {
                let parser = TriGParser::new();
                Self::TriG(match base {
                    Some(base) => parser.with_base_iri(base).map_err(bad)?.low_level(),
                    None => parser.low_level(),
                })
            }
        })
    }

    fn feed(&mut self, bytes: &[u8]) {
        match self {
            Self::Turtle(parser) => parser.extend_from_slice(bytes),
            Self::TriG(parser) => parser.extend_from_slice(bytes),
            Self::NTriples(parser) => parser.extend_from_slice(bytes),
            Self::NQuads(parser) => parser.extend_from_slice(bytes),
        }
    }

    fn end(&mut self) {
        match self {
            Self::Turtle(parser) => parser.end(),
            Self::TriG(parser) => parser.end(),
            Self::NTriples(parser) => parser.end(),
            Self::NQuads(parser) => parser.end(),
        }
    }

    fn next(&mut self) -> Option<Result<Quad, TurtleSyntaxError>> {
        let in_no_graph = |triple: oxrdf::Triple| triple.in_graph(oxrdf::GraphName::DefaultGraph);
        match self {
            Self::Turtle(parser) => Some(parser.parse_next()?.map(in_no_graph)),
            Self::TriG(parser) => parser.parse_next(),
            Self::NTriples(parser) => Some(parser.parse_next()?.map(in_no_graph)),
            Self::NQuads(parser) => parser.parse_next(),
        }
    }
}

pub(super) fn read<F: FnMut(Placed)>(
    input: impl Read,
    format: Format,
    base: Option<&str>,
    sink: &mut Sink<'_, F>,
) -> io::Result<()> {
    let mut parser = match Parser::new(format, base) {
        Ok(parser) => parser,
        Err(message) => {
            sink.problem(None, None, message);
            return Ok(());
        }
    };
    let mut input = BufReader::with_capacity(1 << 16, input);
    let most = sink.bounds.line_bytes;
    let mut line = Vec::new();
    let mut number = 0;
    // What was fed since the last statement, and what waits to be fed.
    let mut silent = 0_usize;
    let mut held = Vec::new();
    let mut nesting = 0_usize;
    let mut tags = Tags::default();
    let mut fed = Fed::default();
    while next_line(&mut input, most, &mut line)? {
        number += 1;
        if line.len() > most {
            sink.problem(
                Some(number),
                None,
                format!("the line is longer than {most} bytes; the statement on it was not read"),
            );
            // An impossible character breaks the statement the parser is in; the full stop lets
            // it begin the next one.
            line = b"\x00 .\n".to_vec();
        }
        if let Err(error) = std::str::from_utf8(&line) {
            let at = error.valid_up_to();
            let column = String::from_utf8_lossy(&line[..at]).chars().count() as u64 + 1;
            sink.problem(Some(number), Some(column), not_utf8(line[at]));
            line = String::from_utf8_lossy(&line).into_owned().into_bytes();
        }
        nesting = (nesting + count(&line, b"<<(")).saturating_sub(count(&line, b")>>"));
        if nesting > sink.bounds.depth || count(&line, b"<<(") > sink.bounds.depth {
            sink.problem(
                Some(number),
                None,
                format!(
                    "triple terms nest deeper than {}; nothing after this line was read",
                    sink.bounds.depth
                ),
            );
            return Ok(());
        }
        tags.put_aside(&mut line);
        held.extend_from_slice(&line);
        // The parser reads an unfinished literal from its beginning each time it is fed, so what
        // it is fed grows with what it already has; else a long literal costs its square.
        if held.len() * 4 < silent {
            continue;
        }
        parser.feed(&held);
        silent += held.len();
        fed.note(&mut held);
        if drain(&mut parser, number, &tags, &fed, sink) {
            silent = 0;
            nesting = 0;
        }
        if sink.is_full() {
            return Ok(());
        }
        if silent > most {
            sink.problem(
                Some(number),
                None,
                format!("no statement ended in the last {most} bytes: is a quotation mark missing? Nothing after this line was read"),
            );
            return Ok(());
        }
    }
    parser.feed(&held);
    fed.note(&mut held);
    parser.end();
    drain(&mut parser, number.max(1), &tags, &fed, sink);
    Ok(())
}

/// Hands over what the parser has; whether it had anything.
fn drain<F: FnMut(Placed)>(
    parser: &mut Parser,
    line: u64,
    tags: &Tags,
    fed: &Fed,
    sink: &mut Sink<'_, F>,
) -> bool {
    let mut any = false;
    while let Some(next) = parser.next() {
        any = true;
        match next {
            Ok(mut quad) => match tags.fault(&mut quad) {
                None => sink.statement(quad, Some(line)),
                Some(why) => sink.fault(&quad, Some(line), why),
            },
            // The statement is handed over all the same, and says it with its words.
            Err(error) if error.message().contains("must not be rdf:langString") => {}
            Err(error) => {
                let Problem {
                    line,
                    column,
                    message,
                    ..
                } = explain(&error, fed);
                sink.problem(line, column, message);
                if sink.is_full() {
                    break;
                }
            }
        }
    }
    any
}

/// What was fed last, and how many bytes before it.
#[derive(Default)]
struct Fed {
    before: u64,
    last: Vec<u8>,
}

impl Fed {
    /// Takes over what was fed.
    fn note(&mut self, held: &mut Vec<u8>) {
        self.before += self.last.len() as u64;
        self.last.clear();
        std::mem::swap(&mut self.last, held);
    }

    /// The words between two places, as far as they were fed last: to the end of the line, cut.
    fn words(&self, start: u64, end: u64) -> Option<String> {
        let at = |place: u64| usize::try_from(place.checked_sub(self.before)?).ok();
        let words = self.last.get(at(start)?..at(end)?.min(self.last.len()))?;
        let line = words.split(|byte| *byte == b'\n').next()?;
        let text: String = String::from_utf8_lossy(line)
            .trim()
            .chars()
            .take(60)
            .collect();
        (!text.is_empty()).then_some(text)
    }
}

fn explain(error: &TurtleSyntaxError, fed: &Fed) -> Problem {
    let (start, end) = (error.location().start, error.location().end);
    let said = error.message();
    let message = if said.contains("prefix") && said.contains("not been declared") {
        let name = said
            .split_whitespace()
            .find(|word| word.ends_with(':'))
            .unwrap_or("it:");
        format!("{said}: declare it on a line above, @prefix {name} <…> .")
    } else {
        match fed.words(start.offset, end.offset) {
            Some(words) if !said.contains(&words) => format!("{said}: {words}"),
            _ => said.to_owned(),
        }
    };
    Problem {
        line: Some(start.line + 1),
        column: Some(start.column + 1),
        message,
        too_large: false,
        of: None,
    }
}

fn count(line: &[u8], what: &[u8]) -> usize {
    line.windows(what.len())
        .filter(|window| window == &what)
        .count()
}

/// The next line with its end, whole if it is at most `most` bytes, else its first `most + 1`.
/// `false` at the end.
fn next_line(input: &mut impl BufRead, most: usize, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    loop {
        let buffer = match input.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if buffer.is_empty() {
            return Ok(!line.is_empty());
        }
        let end = buffer
            .iter()
            .position(|byte| *byte == b'\n')
            .map(|at| at + 1);
        let taken = end.unwrap_or(buffer.len());
        let room = (most + 1).saturating_sub(line.len()).min(taken);
        line.extend_from_slice(&buffer[..room]);
        input.consume(taken);
        if end.is_some() {
            return Ok(true);
        }
    }
}
