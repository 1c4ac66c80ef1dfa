//! Language tags that are none, such as `@zh_TW` and `@zh-classical`, in Turtle and its kin.
//!
//! The parser gives up on the whole sentence over one of them. Here such a tag is put aside before
//! the parser sees it and told again with its statement, so that one bad literal costs its record
//! and nothing else.

use oxrdf::{Literal, Quad, Term};

/// What stands in the place of a tag that is none: a private-use tag (RFC 5646, 2.2.7) that nobody
/// would choose, with the number under which the tag is kept.
const ASIDE: &str = "x-fmbadtag-";

/// How many tags are put aside; what comes after is the parser's to refuse.
const MOST: usize = 10_000;

/// The tags put aside while a file is read.
#[derive(Default)]
pub(super) struct Tags {
    bad: Vec<String>,
    /// The tag that was last found to be one.
    last: String,
}

impl Tags {
    /// Puts aside the tags of a line that are none.
    pub(super) fn put_aside(&mut self, line: &mut Vec<u8>) {
        let mut at = 0;
        while self.bad.len() < MOST
            && let Some(next) = line[at..].iter().position(|byte| *byte == b'@')
        {
            let start = at + next + 1;
            at = start;
            if !ends_a_string(&line[..start - 1]) {
                continue;
            }
            let is_of_tag =
                |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            let length = line[start..].iter().take_while(is_of_tag).count();
            let Ok(tag) = std::str::from_utf8(&line[start..start + length]) else {
                continue;
            };
            if tag.is_empty() || tag == self.last {
                continue;
            }
            // RDF 1.2 puts a base direction behind two hyphens.
            let language = tag.split_once("--").map_or(tag, |(language, _)| language);
            if Literal::new_language_tagged_literal("", language).is_ok() {
                self.last = tag.to_owned();
                continue;
            }
            let aside = format!("{ASIDE}{}", self.bad.len());
            self.bad.push(tag.to_owned());
            line.splice(start..start + length, aside.into_bytes());
        }
    }

    /// What is wrong with the literal of a statement, if anything is. Words that were taken for a
    /// tag within a literal are put back.
    pub(super) fn fault(&self, quad: &mut Quad) -> Option<String> {
        let Term::Literal(literal) = &quad.object else {
            return None;
        };
        let shown = |value: &str| value.chars().take(60).collect::<String>();
        match literal.language() {
            Some(language) => {
                let bad = language
                    .strip_prefix(ASIDE)
                    .and_then(|number| self.bad.get(number.parse::<usize>().ok()?));
                if let Some(tag) = bad {
                    return Some(format!(
                        "\"{}\"@{tag}: \"{tag}\" is no language tag: up to eight letters or digits, and - between (BCP 47), such as zh-Hant-TW",
                        shown(literal.value())
                    ));
                }
            }
            None if literal.datatype() == oxrdf::vocab::rdf::LANG_STRING => {
                let value = shown(literal.value());
                return Some(format!(
                    "\"{value}\"^^rdf:langString has no language tag: write \"{value}\"@en, or leave the datatype away"
                ));
            }
            None => {}
        }
        if !self.bad.is_empty() && literal.value().contains(ASIDE) {
            quad.object = self.put_back(literal).into();
        }
        None
    }

    fn put_back(&self, literal: &Literal) -> Literal {
        let mut parts = literal.value().split(ASIDE);
        let mut value = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let end = part
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(part.len());
            let (number, rest) = part.split_at(end);
            let tag = number.parse().ok().and_then(|at: usize| self.bad.get(at));
            match tag {
                Some(tag) => value.push_str(tag),
                None => value.extend([ASIDE, number]),
            }
            value.push_str(rest);
        }
        match literal.language() {
            Some(language) => Literal::new_language_tagged_literal_unchecked(value, language),
            None => Literal::new_typed_literal(value, literal.datatype()),
        }
    }
}

/// Whether the text ends with a quotation mark that is not escaped.
fn ends_a_string(text: &[u8]) -> bool {
    let Some((b'"' | b'\'', before)) = text.split_last() else {
        return false;
    };
    let escapes = before
        .iter()
        .rev()
        .take_while(|byte| **byte == b'\\')
        .count();
    escapes % 2 == 0
}
