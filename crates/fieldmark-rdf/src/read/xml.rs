//! RDF/XML. Internal entities are expanded within bounds; nothing outside the document is read.

use super::{Placed, Sink, position, whole};
use oxrdf::GraphName;
use oxrdfxml::RdfXmlParser;
use std::collections::HashMap;
use std::io::{self, Read};

pub(super) fn read<F: FnMut(Placed)>(
    input: impl Read,
    base: Option<&str>,
    sink: &mut Sink<'_, F>,
) -> io::Result<()> {
    let Some(bytes) = whole(input, sink)? else {
        return Ok(());
    };
    let text = String::from_utf8_lossy(&bytes);
    let measured =
        measure(&text, sink.bounds.expansion_bytes).and_then(|()| nested(&text, sink.bounds.depth));
    if let Err((at, message)) = measured {
        let (line, column) = position(&bytes, at);
        sink.problem(Some(line), Some(column), message);
        return Ok(());
    }
    let mut parser = RdfXmlParser::new();
    if let Some(base) = base {
        parser = match parser.with_base_iri(base) {
            Ok(parser) => parser,
            Err(error) => {
                sink.problem(None, None, format!("the base IRI is not one: {error}"));
                return Ok(());
            }
        };
    }
    let mut parser = parser.for_slice(&bytes);
    // Lines are counted on from the last place, so that a long document is gone over once.
    let (mut at, mut line) = (0, 1);
    while let Some(next) = parser.next() {
        let now = usize::try_from(parser.buffer_position())
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        if now > at {
            line += bytes[at..now].iter().filter(|byte| **byte == b'\n').count() as u64;
            at = now;
        }
        if sink.is_full() {
            break;
        }
        match next {
            Ok(triple) => sink.statement(triple.in_graph(GraphName::DefaultGraph), Some(line)),
            Err(error) => {
                let (line, column) = position(&bytes, at);
                sink.problem(Some(line), Some(column), error.to_string());
                break;
            }
        }
    }
    Ok(())
}

/// What XML takes for white space (XML 1.0, production 3).
const BLANK: [char; 4] = [' ', '\t', '\r', '\n'];

/// Refuses elements that nest deeper than `depth`.
fn nested(text: &str, depth: usize) -> Result<(), (usize, String)> {
    let mut open = 0_usize;
    let mut rest = 0;
    while let Some(found) = text[rest..].find('<') {
        let start = rest + found;
        let tag = &text[start..];
        let skip = |end: &str| tag.find(end).map_or(tag.len(), |at| at + end.len());
        if tag.starts_with("<!--") {
            rest = start + skip("-->");
            continue;
        }
        if tag.starts_with("<![CDATA[") {
            rest = start + skip("]]>");
            continue;
        }
        if tag.starts_with("<?") {
            rest = start + skip("?>");
            continue;
        }
        let end = tag_end(tag);
        if tag.starts_with("</") {
            open = open.saturating_sub(1);
        } else if !tag.starts_with("<!") && !tag[..end].ends_with("/>") {
            open += 1;
            if open > depth {
                return Err((
                    start,
                    format!(
                        "the XML nests deeper than {depth}: flatten it, or convert it to N-Quads"
                    ),
                ));
            }
        }
        rest = start + end;
    }
    Ok(())
}

/// Where a tag ends: at the first `>` that stands in no quoted value.
fn tag_end(tag: &str) -> usize {
    let mut quote = None;
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    tag.len()
}

/// Adds up what the entities expand to, without expanding them.
fn measure(text: &str, most: usize) -> Result<(), (usize, String)> {
    let mut sizes: HashMap<&str, usize> = HashMap::new();
    let mut rest = 0;
    while let Some(found) = text[rest..].find("<!ENTITY") {
        let start = rest + found;
        let declared = &text[start + "<!ENTITY".len()..];
        // Parsers differ in what they take for white space and for a name, so a declaration is
        // taken only where they cannot: XML's four blanks, and a name of plain letters.
        let after_blank = declared.trim_start_matches(BLANK);
        if after_blank.starts_with('%') {
            return Err((
                start,
                "a parameter entity: write the document out without it".into(),
            ));
        }
        let end_of_name = after_blank
            .find(|c: char| !(c.is_ascii_alphanumeric() || "_:.-".contains(c)))
            .unwrap_or(after_blank.len());
        let (name, value) = after_blank.split_at(end_of_name);
        let is_plain =
            after_blank.len() < declared.len() && !name.is_empty() && value.starts_with(BLANK);
        if !is_plain {
            return Err((
                start,
                "this entity declaration is not written as <!ENTITY name \"text\">: write it so, or write the document out without it".into(),
            ));
        }
        let value = value.trim_start_matches(BLANK);
        let quote = value.chars().next().unwrap_or('"');
        if quote != '"' && quote != '\'' {
            return Err((
                start,
                format!("the entity {name} stands outside the document; nothing outside is read"),
            ));
        }
        let Some(end) = value[1..].find(quote) else {
            break;
        };
        let value_text = &value[1..=end];
        let size = expanded(value_text, &sizes);
        if size > most {
            return Err((
                start,
                format!("the entity {name} expands to {size} bytes; at most {most} are taken"),
            ));
        }
        sizes.insert(name, size);
        rest = text.len() - value.len() + 1 + end;
    }
    if sizes.is_empty() {
        return Ok(());
    }
    let total = expanded(&text[rest..], &sizes).saturating_sub(text.len() - rest);
    if total > most {
        return Err((
            rest,
            format!(
                "the entities of this document expand to {total} bytes; at most {most} are taken"
            ),
        ));
    }
    Ok(())
}

/// The size of a text when each `&name;` is replaced.
fn expanded(text: &str, sizes: &HashMap<&str, usize>) -> usize {
    let mut total = text.len();
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        rest = &rest[start + 1..];
        // A name is short; without an end nearby this is not a reference.
        let Some(end) = rest.bytes().take(256).position(|byte| byte == b';') else {
            continue;
        };
        if let Some(size) = sizes.get(&rest[..end]) {
            total = total.saturating_add(*size);
        }
        rest = &rest[end + 1..];
    }
    total
}
