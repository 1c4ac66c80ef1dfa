//! `history`: every revision of one record, and what each changed.

use super::Desktop;
use super::text::{items, plain, short};
use crate::door::address;
use crate::language::Language;
use anyhow::Result;
use fieldmark_model::Tlp;
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::ExitCode;

/// Asks for it and prints it.
pub async fn run(on: &Desktop, name: &str) -> Result<ExitCode> {
    let door = on.filled_door().await?;
    let path = address(&["api", "v1", "records", name, "history"], &[]);
    let answer = door.get(&path, None).await?.json_about(&[name])?;
    on.print(&answer, |history| text(on.language, history))
}

/// Each revision with the statements it brought and those it took away.
fn text(lang: Language, history: &Value) -> String {
    let mut out = format!("{}\n", plain(history["id"].as_str().unwrap_or_default()));
    let mut before = BTreeSet::new();
    for revision in items(&history["revisions"]) {
        let word = |key: &str| plain(revision[key].as_str().unwrap_or_default());
        let retracted = revision["retracted"] == true;
        out.push_str(&format!(
            "\n{} {}  {}  {}  {} {}  {}{}\n",
            lang.say("revision", "révision"),
            revision["revision"],
            word("recordedAt"),
            word("author"),
            lang.say("entry", "entrée"),
            revision["seq"],
            word("hash").chars().take(16).collect::<String>(),
            if retracted {
                lang.say("  RETRACTED", "  RETIRÉ")
            } else {
                ""
            },
        ));
        if let Some(reason) = revision["reason"].as_str() {
            let why = lang.say("reason:", "raison :");
            out.push_str(&format!("  {why} {}\n", plain(reason)));
        }
        if let Some(reason) = revision["loosening"].as_str() {
            out.push_str(&format!(
                "  {} {}\n",
                lang.say("LOOSENED:", "ASSOUPLI :"),
                plain(reason)
            ));
        }
        let nquads = revision["nquads"].as_str().unwrap_or_default();
        let now: BTreeSet<String> = match retracted {
            true => BTreeSet::new(),
            false => nquads
                .lines()
                .filter(|line| !line.trim().is_empty())
                .map(str::to_owned)
                .collect(),
        };
        for gone in before.difference(&now) {
            out.push_str(&format!("  - {}\n", readable(gone)));
        }
        for new in now.difference(&before) {
            out.push_str(&format!("  + {}\n", readable(new)));
        }
        before = now;
    }
    out
}

/// An N-Quads line with its IRIs shortened and its policy named. Text between quotation marks,
/// where `<` and `>` are only text, is left alone.
pub(super) fn readable(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line.trim_end_matches(['.', ' ']);
    while let Some(at) = rest.find(['<', '"']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let end = match from.starts_with('<') {
            true => from.find('>'),
            false => closing_quote(from),
        };
        let Some(end) = end else {
            rest = from;
            break;
        };
        let token = &from[..=end];
        match token.strip_prefix('<') {
            Some(iri) => out.push_str(&named(iri.trim_end_matches('>'))),
            None => out.push_str(token),
        }
        rest = &from[end + 1..];
    }
    out.push_str(rest);
    plain(&out)
}

fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().skip(1).find_map(|(at, c)| match c {
        _ if escaped => {
            escaped = false;
            None
        }
        '\\' => {
            escaped = true;
            None
        }
        '"' => Some(at),
        _ => None,
    })
}

fn named(iri: &str) -> String {
    let id = short(iri);
    match Tlp::of_marking(&id) {
        Some(level) => format!("[{level}]"),
        None => id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_readable_and_its_text_untouched() {
        let line = format!(
            "<{0}campaign--1> <http://www.w3.org/2004/02/skos/core#prefLabel> \"a <b> \\\"c\\\"\"@en <{0}{1}> .",
            fieldmark_model::id::ID_BASE,
            Tlp::Clear.marking_id()
        );
        assert_eq!(
            readable(&line),
            format!(
                "campaign--1 skos:prefLabel \"a <b> \\\"c\\\"\"@en [{}]",
                Tlp::Clear
            )
        );
    }
}
