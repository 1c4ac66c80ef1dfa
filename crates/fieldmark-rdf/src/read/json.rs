//! JSON-LD 1.1. Contexts are never fetched: what a document means must stand in it.

use super::{Bounds, Placed, Sink, position, whole};
use oxjsonld::JsonLdParser;
use serde_json::Value;
use std::io::{self, Read};

/// The processor is recursive in places that a document can deepen.
const STACK: usize = 64 << 20;

pub(super) fn read<F: FnMut(Placed)>(
    input: impl Read,
    base: Option<&str>,
    sink: &mut Sink<'_, F>,
) -> io::Result<()> {
    let Some(bytes) = whole(input, sink)? else {
        return Ok(());
    };
    if let Err((at, message)) = measure(&bytes, sink.bounds) {
        let (line, column) = position(&bytes, at);
        sink.problem(Some(line), Some(column), message);
        return Ok(());
    }
    let mut parser = JsonLdParser::new();
    if let Some(base) = base {
        parser = match parser.with_base_iri(base) {
            Ok(parser) => parser,
            Err(error) => {
                sink.problem(None, None, format!("the base IRI is not one: {error}"));
                return Ok(());
            }
        };
    }
    // What the thread hands over is bounded: it waits while nobody takes it.
    let (hand, take) = std::sync::mpsc::sync_channel(1024);
    std::thread::scope(|scope| {
        let bytes = &bytes;
        let reading = std::thread::Builder::new()
            .name("json-ld".into())
            .stack_size(STACK)
            .spawn_scoped(scope, move || {
                for next in parser.for_slice(bytes) {
                    let ended = next.is_err();
                    if hand.send(next).is_err() || ended {
                        return;
                    }
                }
            })?;
        for next in take {
            if sink.is_full() {
                break;
            }
            match next {
                Ok(quad) => sink.statement(quad, None),
                Err(error) => {
                    let at = error.location().map(|place| place.start);
                    let said = error.to_string();
                    // Only then is it worth reading all of it once more.
                    let address = said
                        .contains("LoadDocumentCallback")
                        .then(|| fetched(bytes))
                        .flatten();
                    let message = address.map_or(said, |address| {
                        format!(
                            "the context {address} is an address, and nothing is fetched: put what stands there into the file, in place of the address"
                        )
                    });
                    sink.problem(at.map(|p| p.line + 1), at.map(|p| p.column + 1), message);
                }
            }
        }
        if reading.join().is_err() {
            sink.problem(
                None,
                None,
                "the document could not be understood as JSON-LD",
            );
        }
        Ok(())
    })
}

/// The first context of a document that is an address.
fn fetched(bytes: &[u8]) -> Option<String> {
    let mut open = vec![serde_json::from_slice::<Value>(bytes).ok()?];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(mut object) => {
                let context = object.remove("@context");
                let all = match context {
                    Some(Value::Array(all)) => all,
                    one => one.into_iter().collect(),
                };
                let mut addresses = all.iter().filter_map(Value::as_str);
                if let Some(address) = addresses.next() {
                    return Some(address.chars().take(200).collect());
                }
                open.extend(all.into_iter().chain(object.into_values()));
            }
            Value::Array(all) => open.extend(all),
            _ => {}
        }
    }
    None
}

/// Refuses what nests or repeats contexts past the depth, or has more values than may be held,
/// before anything recursive reads it.
fn measure(bytes: &[u8], bounds: &Bounds) -> Result<(), (usize, String)> {
    let depth = bounds.depth;
    let mut values = 0;
    // One entry an open container: whether it is a list of contexts, and its commas.
    let mut open: Vec<(bool, usize)> = Vec::new();
    let mut after_context = false;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if matches!(byte, b'"' | b'{' | b'[') {
            values += 1;
            if values > bounds.json_values {
                return Err((
                    at,
                    format!(
                        "the document has more than {values} values: split it, or convert it to N-Quads"
                    ),
                ));
            }
        }
        match byte {
            b'"' => {
                let start = at + 1;
                at = start;
                while bytes.get(at).is_some_and(|byte| *byte != b'"') {
                    at += 1 + usize::from(bytes[at] == b'\\');
                }
                let text = bytes.get(start..at).unwrap_or_default();
                // An escape could spell the word another way.
                after_context = text == b"@context" || (text.len() < 64 && text.contains(&b'\\'));
            }
            b'{' | b'[' => {
                if open.len() >= depth {
                    return Err((
                        at,
                        format!("the JSON nests deeper than {depth}: flatten it"),
                    ));
                }
                open.push((after_context && byte == b'[', 0));
                after_context = false;
            }
            b'}' | b']' => {
                open.pop();
                after_context = false;
            }
            b',' => {
                after_context = false;
                if let Some((true, commas)) = open.last_mut() {
                    *commas += 1;
                    if *commas >= depth {
                        return Err((
                            at,
                            format!("more than {depth} contexts in one list: merge them"),
                        ));
                    }
                }
            }
            _ => {}
        }
        at += 1;
    }
    Ok(())
}
