//! How large a query is, found without recursion before anything recursive reads it.
//!
//! The answer is only worth something if this reads strings, IRIs and comments exactly as the
//! parser does: a bracket that only the parser sees is one that nobody counted. The parser has no
//! token of its own for `<`: where `?a<(x#y>` stands in an expression it may take an IRI or a
//! comparison and a comment. The grammar says the longest token wins, which is the IRI. So that
//! the parser can take nothing else, the first character of such an IRI is written as an escape,
//! which no expression may hold there.

use std::borrow::Cow;

/// What a text holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Scan<'a> {
    /// How deep its brackets nest, a chain of `!` counted as nesting.
    pub depth: usize,
    /// How many operators: groups, unions, triple terms, and everything else that makes the
    /// parsed tree deeper.
    pub operators: usize,
    /// The text to parse, in which an IRI is nothing but an IRI.
    pub text: Cow<'a, str>,
    /// Where it is longer than the original: line, column and by how many characters.
    longer: Vec<(usize, usize, usize)>,
}

const KEYWORDS: [&str; 12] = [
    "union", "optional", "minus", "filter", "bind", "values", "select", "graph", "exists",
    "lateral", "service", "in",
];

impl<'a> Scan<'a> {
    /// Reads a text once, from left to right.
    pub fn of(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let mut scan = Scan::default();
        let mut escapes: Vec<(usize, String)> = Vec::new();
        let (mut open, mut chain, mut at) = (0_usize, 0_usize, 0);
        while at < bytes.len() {
            let rest = &bytes[at..];
            let byte = rest[0];
            if byte != b'!' && !byte.is_ascii_whitespace() {
                chain = 0;
            }
            match byte {
                b'#' => {
                    at += rest
                        .iter()
                        .position(|b| matches!(b, b'\n' | b'\r'))
                        .unwrap_or(rest.len())
                }
                b'"' | b'\'' => at += string(rest),
                // A local name may hold any of the characters this looks for, after a backslash.
                b'\\' => at += 2,
                b'<' => {
                    let twice = rest.get(1) == Some(&b'<');
                    let from = usize::from(
                        twice
                            && iri(&rest[1..]).is_some_and(|length| {
                                // `<<(?s ?p ?o)>>` begins a triple term, which may look like an IRI.
                                rest.get(2) != Some(&b'(') || has(&rest[1..=length], b"'#")
                            }),
                    );
                    match iri(&rest[from..]) {
                        Some(length) if !twice || from == 1 => {
                            let inside = &rest[from + 1..from + length - 1];
                            if has(inside, b"'#()[]/*+-!\\") {
                                let first =
                                    text[at + from + 1..].chars().next().filter(|c| *c != '\\');
                                escapes.extend(first.map(|c| (at + from + 1, escape(c))));
                            } else {
                                scan.operators +=
                                    inside.iter().filter(|b| has(&[**b], b"&=")).count();
                            }
                            at += from + length;
                        }
                        _ if twice => {
                            open += 1;
                            scan.operators += 1;
                            at += 2;
                        }
                        _ => at += 1,
                    }
                }
                b'>' if rest.get(1) == Some(&b'>') => {
                    open = open.saturating_sub(1);
                    at += 2;
                }
                b'{' | b'(' | b'[' => {
                    open += 1;
                    scan.operators += usize::from(byte == b'{');
                    at += 1;
                }
                b'}' | b')' | b']' => {
                    open = open.saturating_sub(1);
                    at += 1;
                }
                b'!' => {
                    chain += 1;
                    scan.operators += 1;
                    at += 1;
                }
                // Lists of these are folded into a tree as deep as they are long.
                b'|' | b'/' | b'*' | b'&' | b'=' | b'+' | b'-' | b'^' => {
                    scan.operators += 1;
                    at += 1;
                }
                b':' => at += 1 + local(&rest[1..]),
                b if b.is_ascii_alphabetic() => {
                    let end = rest
                        .iter()
                        .position(|b| !b.is_ascii_alphanumeric() && *b != b'_');
                    let word = &rest[..end.unwrap_or(rest.len())];
                    let known = |keyword: &&str| word.eq_ignore_ascii_case(keyword.as_bytes());
                    scan.operators += usize::from(KEYWORDS.iter().any(known));
                    at += word.len();
                }
                _ => at += 1,
            }
            scan.depth = scan.depth.max(open + chain);
        }
        scan.rewrite(text, &escapes);
        scan
    }

    fn rewrite(&mut self, text: &'a str, escapes: &[(usize, String)]) {
        if escapes.is_empty() {
            self.text = Cow::Borrowed(text);
            return;
        }
        let mut written = String::with_capacity(text.len() + 6 * escapes.len());
        let (mut done, mut line, mut column) = (0, 1, 1);
        for (at, escape) in escapes {
            for c in text[done..*at].chars() {
                (line, column) = if c == '\n' {
                    (line + 1, 1)
                } else {
                    (line, column + 1)
                };
            }
            written.push_str(&text[done..*at]);
            written.push_str(escape);
            self.longer.push((line, column, escape.len() - 1));
            column += escape.len();
            done = at + text[*at..].chars().next().map_or(0, char::len_utf8);
        }
        written.push_str(&text[done..]);
        self.text = Cow::Owned(written);
    }

    /// The column of the original text, given one of the text to parse.
    pub fn column(&self, line: usize, column: usize) -> usize {
        let before = self
            .longer
            .iter()
            .filter(|(l, c, _)| *l == line && *c < column);
        column
            .saturating_sub(before.map(|(.., more)| more).sum())
            .max(1)
    }
}

fn has(bytes: &[u8], any: &[u8]) -> bool {
    bytes.iter().any(|byte| any.contains(byte))
}

fn escape(c: char) -> String {
    match u32::from(c) {
        code @ 0..=0xFFFF => format!("\\u{code:04X}"),
        code => format!("\\U{code:08X}"),
    }
}

/// The length of the local name that follows a colon, as far as it is plain. A hyphen in it is no
/// minus: a record's id has five, and a list of a hundred ids is no large query.
fn local(rest: &[u8]) -> usize {
    let first = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    if !rest.first().is_some_and(first) {
        return 0;
    }
    let inner = |byte: &u8| first(byte) || *byte == b'-';
    rest.iter()
        .position(|byte| !inner(byte))
        .unwrap_or(rest.len())
}

/// The length of a string literal with its quotes. An unended short one ends with its line, where
/// the parser stops too; three quotes that begin no long one are an empty string and a quote.
fn string(rest: &[u8]) -> usize {
    let quote = rest[0];
    let long = rest.starts_with(&[quote; 3]);
    let mut at = if long { 3 } else { 1 };
    while let Some(byte) = rest.get(at) {
        match byte {
            b'\\' if long && !escaped(&rest[at + 1..]) => return 2,
            b'\\' => at += 1,
            b'\n' | b'\r' if !long => return at,
            byte if *byte == quote => {
                if !long {
                    return at + 1;
                }
                if rest[at..].starts_with(&[quote; 3]) {
                    return at + 3;
                }
            }
            _ => {}
        }
        at += 1;
    }
    if long { 2 } else { rest.len() }
}

/// Whether an escape of string literals goes on like this after its backslash.
fn escaped(rest: &[u8]) -> bool {
    match rest.first() {
        Some(b'u' | b'U') => code_point(rest),
        Some(byte) => b"tbnrf\"'\\".contains(byte),
        None => false,
    }
}

fn code_point(rest: &[u8]) -> bool {
    let digits = match rest.first() {
        Some(b'u') => 4,
        Some(b'U') => 8,
        _ => return false,
    };
    rest.get(1..=digits)
        .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

/// The length of an IRI with its brackets, when `<` begins one.
fn iri(rest: &[u8]) -> Option<usize> {
    for (at, byte) in rest.iter().enumerate().skip(1) {
        match byte {
            b'>' => return Some(at + 1),
            b'\\' if code_point(&rest[at + 1..]) => {}
            b'<' | b'"' | b'{' | b'}' | b'|' | b'^' | b'`' | b'\\' | 0..=32 => return None,
            _ => {}
        }
    }
    None
}
