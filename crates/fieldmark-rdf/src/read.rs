//! Reading statements from a stream nobody vouches for: every problem is listed with its place,
//! and whatever can still be read is read.
//!
//! One bad statement does not end the reading of Turtle, TriG, N-Triples or N-Quads; a broken
//! JSON or XML document ends where it breaks. Nothing in the input can make memory or the stack
//! grow past [`Bounds`].

mod json;
mod lines;
mod tags;
mod xml;

use crate::format::Format;
use oxrdf::{NamedOrBlankNode, Quad, Term};
use std::io::{self, Read};

/// A statement and the line it ends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The statement.
    pub quad: Quad,
    /// The line, from 1, where the format has lines.
    pub line: Option<u64>,
}

/// One thing that kept the input from being read as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// From 1.
    pub line: Option<u64>,
    /// From 1, in characters.
    pub column: Option<u64>,
    /// What is wrong and how to mend it.
    pub message: String,
    /// Whether the input costs more than it may: nothing after this was held.
    pub too_large: bool,
    /// The subject of the one statement it is confined to; `None` when it may have cost others too.
    pub of: Option<String>,
}

/// What one input may cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The longest line, and the longest stretch without a statement, in bytes.
    pub line_bytes: usize,
    /// The longest literal, in bytes.
    pub literal_bytes: usize,
    /// How deep JSON, XML or triple terms may nest.
    pub depth: usize,
    /// The longest JSON or XML document, which has to be held whole, in bytes.
    pub document_bytes: usize,
    /// How many values (objects, lists, texts) a JSON document may have: each is held apart.
    pub json_values: usize,
    /// How many statements the whole input may make.
    pub statements: usize,
    /// How long the terms of all its statements may be together, in bytes.
    pub term_bytes: usize,
    /// How many of its statements may have to be held until its end, since what they are part of is
    /// known then: those of blank nodes, and of subjects that are no records.
    pub held: usize,
    /// How long the terms of these may be together, in bytes.
    pub held_bytes: usize,
    /// What the entities of an XML document may expand to, all together, in bytes.
    pub expansion_bytes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        const MIB: usize = 1 << 20;
        Self {
            line_bytes: 16 * MIB,
            literal_bytes: MIB,
            depth: 128,
            document_bytes: 256 * MIB,
            json_values: 4_000_000,
            statements: 50_000_000,
            term_bytes: 8192 * MIB,
            held: 1_500_000,
            held_bytes: 1024 * MIB,
            expansion_bytes: 16 * MIB,
        }
    }
}

/// After so many problems the rest of an input is not worth listing.
const MOST_PROBLEMS: usize = 100;

/// Reads every statement of `input` and hands it to `each`; returns what could not be read.
///
/// `base` is what relative IRIs are relative to.
///
/// ```
/// use fieldmark_rdf::{format::Format, read::{Bounds, read}};
/// let text = "<urn:a> <urn:b> 'c' .\n<urn:a> <urn:b> .\n";
/// let mut statements = Vec::new();
/// let problems = read(text.as_bytes(), Format::Turtle, None, &Bounds::default(), |placed| {
///     statements.push(placed);
/// })?;
/// assert_eq!(statements.len(), 1);
/// assert_eq!(problems[0].line, Some(2));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// Only when reading the input itself fails.
pub fn read(
    input: impl Read,
    format: Format,
    base: Option<&str>,
    bounds: &Bounds,
    each: impl FnMut(Placed),
) -> io::Result<Vec<Problem>> {
    let mut sink = Sink {
        bounds,
        each,
        problems: Vec::new(),
        statements: 0,
        term_bytes: 0,
    };
    match format {
        Format::Turtle | Format::TriG | Format::NTriples | Format::NQuads => {
            lines::read(input, format, base, &mut sink)?;
        }
        Format::JsonLd => json::read(input, base, &mut sink)?,
        Format::RdfXml => xml::read(input, base, &mut sink)?,
    }
    Ok(sink.problems)
}

/// Where statements and problems go.
struct Sink<'a, F> {
    bounds: &'a Bounds,
    each: F,
    problems: Vec<Problem>,
    /// How many statements were handed on, and how long their terms are together.
    statements: usize,
    term_bytes: usize,
}

impl<F: FnMut(Placed)> Sink<'_, F> {
    fn statement(&mut self, quad: Quad, line: Option<u64>) {
        match &quad.object {
            Term::Triple(_) => self.problem(
                line,
                None,
                "a triple term: Fieldmark states who says so as a claim, not as a quoted triple",
            ),
            Term::Literal(literal) if literal.value().len() > self.bounds.literal_bytes => self
                .problem(
                    line,
                    None,
                    format!(
                        "a literal of {} bytes: at most {} are taken; keep the text elsewhere and cite it",
                        literal.value().len(),
                        self.bounds.literal_bytes
                    ),
                ),
            _ if self.is_full() => {}
            _ => {
                self.statements += 1;
                self.term_bytes = self.term_bytes.saturating_add(length(&quad));
                if self.is_over() {
                    let Bounds {
                        statements,
                        term_bytes,
                        ..
                    } = self.bounds;
                    self.problems.push(Problem {
                        line,
                        column: None,
                        message: format!(
                            "the input makes more than {statements} statements, or more than {term_bytes} bytes of terms: split it into several files"
                        ),
                        too_large: true,
                        of: None,
                    });
                    return;
                }
                (self.each)(Placed { quad, line });
            }
        }
    }

    /// Whether it costs more than it may; nothing more of it is handed on.
    fn is_over(&self) -> bool {
        self.statements > self.bounds.statements || self.term_bytes > self.bounds.term_bytes
    }

    /// One statement that is left out; what it is wrong with costs its record, and nothing else.
    fn fault(&mut self, quad: &Quad, line: Option<u64>, message: String) {
        let before = self.problems.len();
        self.problem(None, None, message);
        // The last that is listed ends the reading, and so costs more than its statement.
        let ended = self.is_full();
        if let Some(problem) = self.problems.get_mut(before) {
            problem.line = line;
            problem.of = match (&quad.subject, ended) {
                (NamedOrBlankNode::NamedNode(subject), false) => Some(subject.as_str().to_owned()),
                _ => None,
            };
        }
    }

    fn problem(&mut self, line: Option<u64>, column: Option<u64>, message: impl Into<String>) {
        if self.is_full() {
            return;
        }
        // A broken statement makes its remaining words look broken too; the first says it.
        if line.is_some() && self.problems.last().is_some_and(|last| last.line == line) {
            return;
        }
        let mut message = message.into();
        if self.problems.len() + 1 == MOST_PROBLEMS {
            message.push_str(" (and perhaps more: the list ends here)");
        }
        self.problems.push(Problem {
            line,
            column,
            message,
            too_large: false,
            of: None,
        });
    }

    fn is_full(&self) -> bool {
        self.problems.len() >= MOST_PROBLEMS || self.is_over()
    }
}

/// How long the terms of a statement are together, in bytes.
/// How long the terms of a statement are together, in bytes.
pub fn length(quad: &Quad) -> usize {
    let subject = match &quad.subject {
        NamedOrBlankNode::NamedNode(node) => node.as_str().len(),
        NamedOrBlankNode::BlankNode(node) => node.as_str().len(),
    };
    let object = match &quad.object {
        Term::NamedNode(node) => node.as_str().len(),
        Term::BlankNode(node) => node.as_str().len(),
        Term::Literal(literal) => literal.value().len(),
        Term::Triple(_) => 0,
    };
    subject + quad.predicate.as_str().len() + object
}

/// Reads a document that has to be held whole; `None` when it is too long, which is then listed.
fn whole<F: FnMut(Placed)>(
    input: impl Read,
    sink: &mut Sink<'_, F>,
) -> io::Result<Option<Vec<u8>>> {
    let most = sink.bounds.document_bytes;
    let mut bytes = Vec::new();
    input.take(most as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > most {
        sink.problem(
            None,
            None,
            format!("the document is longer than {most} bytes: split it, or convert it to N-Quads"),
        );
        return Ok(None);
    }
    if let Err(error) = std::str::from_utf8(&bytes) {
        let (line, column) = position(&bytes, error.valid_up_to());
        sink.problem(
            Some(line),
            Some(column),
            not_utf8(bytes[error.valid_up_to()]),
        );
        return Ok(None);
    }
    Ok(Some(bytes))
}

fn not_utf8(byte: u8) -> String {
    format!(
        "byte 0x{byte:02X} is not UTF-8: convert the file to UTF-8 (it may be Latin-1 or UTF-16)"
    )
}

/// Line and column, from 1, of a byte.
fn position(bytes: &[u8], at: usize) -> (u64, u64) {
    let before = &bytes[..at.min(bytes.len())];
    let line = before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    let start = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    (
        line,
        String::from_utf8_lossy(&before[start..]).chars().count() as u64 + 1,
    )
}

#[cfg(test)]
mod tests;
