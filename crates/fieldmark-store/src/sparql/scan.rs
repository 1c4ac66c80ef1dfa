//! How large a query is, found without recursion before anything recursive reads it.

/// What a text holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// How deep its brackets nest, long chains of prefix operators counted as nesting.
    pub depth: usize,
    /// How many operators: groups, unions, triple terms, and everything a parser may recurse on.
    pub operators: usize,
}

/// Reads strings, IRIs and comments as one piece each, as the grammar does.
pub fn measure(text: &str) -> Size {
    let bytes = text.as_bytes();
    let mut size = Size::default();
    let (mut open, mut chain) = (0_usize, 0_usize);
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        let rest = &bytes[at..];
        match byte {
            b'#' => at += rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len()),
            b'"' | b'\'' => at += string(rest),
            b'<' if rest.starts_with(b"<<") => {
                open += 1;
                size.operators += 1;
                at += 2;
            }
            b'>' if rest.starts_with(b">>") => {
                open = open.saturating_sub(1);
                at += 2;
            }
            b'<' => at += iri(rest),
            b'{' | b'(' | b'[' => {
                open += 1;
                size.operators += usize::from(byte == b'{');
                at += 1;
            }
            b'}' | b')' | b']' => {
                open = open.saturating_sub(1);
                at += 1;
            }
            // Each of these may take its operand by recursion.
            b'!' | b'^' | b'-' | b'+' => {
                chain += 1;
                at += 1;
            }
            // Lists of these are folded into a tree as deep as they are long.
            b'|' | b'/' | b'*' | b'&' | b'=' => {
                size.operators += 1;
                at += 1;
            }
            b if b.is_ascii_alphabetic() => {
                let word = rest.iter().position(|b| !b.is_ascii_alphanumeric() && *b != b'_');
                let word = &rest[..word.unwrap_or(rest.len())];
                let counts = ["union", "optional", "minus", "filter", "bind", "values", "select", "graph", "exists"];
                if counts.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes())) {
                    size.operators += 1;
                }
                chain = 0;
                at += word.len();
            }
            _ => {
                if !byte.is_ascii_whitespace() {
                    chain = 0;
                }
                at += 1;
            }
        }
        size.depth = size.depth.max(open + chain);
    }
    size
}

/// The length of a string literal, long or short, with its quotes; an unended short one ends with
/// its line.
fn string(rest: &[u8]) -> usize {
    let quote = rest[0];
    let long = rest.len() >= 3 && rest[1] == quote && rest[2] == quote;
    let mut at = if long { 3 } else { 1 };
    while let Some(byte) = rest.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\n' if !long => return at,
            byte if *byte == quote => {
                if !long {
                    return at + 1;
                }
                if rest.get(at + 1) == Some(&quote) && rest.get(at + 2) == Some(&quote) {
                    return at + 3;
                }
            }
            _ => {}
        }
        at += 1;
    }
    rest.len()
}

/// The length of an IRI with its brackets; 1 when `<` is the comparison.
fn iri(rest: &[u8]) -> usize {
    for (at, byte) in rest.iter().enumerate().skip(1) {
        match byte {
            b'>' => return at + 1,
            b'<' | b'"' | b'{' | b'}' | b'|' | b'^' | b'`' | b'\\' | 0..=32 => return 1,
            _ => {}
        }
    }
    1
}
