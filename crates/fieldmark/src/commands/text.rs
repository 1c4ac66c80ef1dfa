//! Words on a terminal: languages, widths, tables, and what must not reach a terminal.

use crate::language::Language;
use serde_json::Value;
use std::collections::BTreeSet;

impl Language {
    /// Words in quotation marks, as this language writes them.
    pub fn quote(self, words: &str) -> String {
        match self {
            Self::En => format!("“{}”", plain(words)),
            Self::Fr => format!("« {} »", plain(words)),
        }
    }

    /// A label that is a text, or a text per language; the other language stands in for this one.
    pub fn label(self, label: &Value) -> Option<String> {
        let text = match label {
            Value::String(text) => Some(text.as_str()),
            Value::Object(texts) => {
                let in_language = |tag: &str| texts.get(tag).and_then(Value::as_str);
                in_language(self.tag()).or_else(|| ["en", "fr"].into_iter().find_map(in_language))
            }
            _ => None,
        };
        text.filter(|text| !text.trim().is_empty()).map(plain)
    }

    /// What stands for a record or value in text: its label, else its id, its IRI or its value.
    pub fn name(self, thing: &Value) -> String {
        self.label(&thing["label"])
            .or_else(|| {
                ["id", "value", "key", "iri"]
                    .iter()
                    .find_map(|key| thing[*key].as_str())
                    .map(short)
            })
            .unwrap_or_default()
    }

    /// The same, with the id behind a label that has one.
    pub fn name_and_id(self, thing: &Value) -> String {
        let name = self.name(thing);
        match thing["id"].as_str() {
            Some(id) if id != name => format!("{name}  [{}]", plain(id)),
            _ => name,
        }
    }

    /// Several names, one after the other, each once.
    pub fn names(self, things: &Value) -> String {
        let mut seen = BTreeSet::new();
        let names = items(things).map(|thing| self.name(thing));
        let names: Vec<String> = names.filter(|name| seen.insert(name.clone())).collect();
        names.join(", ")
    }
}

/// The strictest marking of all that is shown, whom it is for, and of a paper when it was made.
pub fn banner(lang: Language, answer: &Value) -> String {
    let word = |key: &str| plain(answer[key].as_str().unwrap_or("–"));
    let made = answer["made"].as_str();
    format!(
        "{} · {} {}{}\n",
        word("marking"),
        lang.say("for the audience", "pour le public"),
        word("audience"),
        made.map_or_else(String::new, |made| format!(" · {}", plain(made)))
    )
}

/// The marking of a quotation or a row, behind it.
pub fn marked(of: &Value) -> String {
    let marking = of["marking"].as_str();
    marking.map_or_else(String::new, |marking| format!("  [{}]", plain(marking)))
}

/// The members of a list; nothing when it is none.
pub fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// A text that moves no cursor and turns no line around: what was imported is others' words, and
/// a terminal obeys some of them.
pub fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\t' | '\r' => ' ',
            c if c.is_control() => '\u{fffd}',
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            c => c,
        })
        .collect()
}

const PREFIXES: [(&str, &str); 12] = [
    (fieldmark_model::id::ID_BASE, ""),
    ("https://w3id.org/fieldmark/ns#", "fm:"),
    ("http://docs.oasis-open.org/cti/ns/stix#", "stix:"),
    ("http://www.w3.org/ns/prov#", "prov:"),
    ("http://www.w3.org/2004/02/skos/core#", "skos:"),
    ("http://www.w3.org/2008/05/skos-xl#", "skosxl:"),
    ("http://purl.org/dc/terms/", "dcterms:"),
    ("http://www.w3.org/2001/XMLSchema#", "xsd:"),
    ("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdf:"),
    ("http://www.w3.org/2000/01/rdf-schema#", "rdfs:"),
    ("http://www.w3.org/2002/07/owl#", "owl:"),
    ("http://id.loc.gov/datatypes/edtf/", "edtf:"),
];

/// An IRI as it is written for people: a record's id, a prefixed name, or itself.
pub fn short(iri: &str) -> String {
    let prefixed = PREFIXES.iter().find_map(|(base, prefix)| {
        iri.strip_prefix(base)
            .map(|local| format!("{prefix}{local}"))
    });
    plain(&prefixed.unwrap_or_else(|| iri.to_owned()))
}

/// How many columns a text takes on a terminal: Chinese, Japanese and Korean signs take two,
/// marks that stand on another letter take none.
pub fn width(text: &str) -> usize {
    text.chars()
        .map(|c| match u32::from(c) {
            0x0300..=0x036f | 0x200b..=0x200f | 0x20d0..=0x20ff | 0xfe00..=0xfe0f => 0,
            0x1100..=0x115f
            | 0x2e80..=0xa4cf
            | 0xac00..=0xd7a3
            | 0xf900..=0xfaff
            | 0xfe30..=0xfe6f
            | 0xff00..=0xff60
            | 0xffe0..=0xffe6
            | 0x1f300..=0x1faff
            | 0x20000..=0x3fffd => 2,
            _ => 1,
        })
        .sum()
}

/// The widest table that is still read across; a wider one is written row by row.
const WIDEST: usize = 160;

/// Rows under their headings, aligned. A column in which no row has anything is left out. A table
/// too wide to be read across becomes one block a row, each value behind its heading.
pub fn table(headings: &[String], rows: &[Vec<String>]) -> String {
    let filled: Vec<usize> = (0..headings.len())
        .filter(|at| {
            rows.is_empty()
                || rows
                    .iter()
                    .any(|row| row.get(*at).is_some_and(|cell| !cell.is_empty()))
        })
        .collect();
    let cell = |row: &[String], at: usize| row.get(at).cloned().unwrap_or_default();
    let widths: Vec<usize> = filled
        .iter()
        .map(|at| {
            let cells = rows
                .iter()
                .map(|row| row.get(*at).map_or(0, |cell| width(cell)));
            cells.chain([width(&headings[*at])]).max().unwrap_or(0)
        })
        .collect();
    let mut out = String::new();
    if widths.iter().map(|width| width + 2).sum::<usize>() > WIDEST {
        let widest = filled
            .iter()
            .map(|at| width(&headings[*at]))
            .max()
            .unwrap_or(0);
        for (n, row) in rows.iter().enumerate() {
            out.push_str(&format!("{}.\n", n + 1));
            for at in &filled {
                let value = cell(row, *at);
                if !value.is_empty() {
                    out.push_str(&format!("  {}  {value}\n", padded(&headings[*at], widest)));
                }
            }
        }
        return out;
    }
    let mut line = |cells: Vec<String>| {
        let cells: Vec<String> = cells
            .iter()
            .zip(&widths)
            .map(|(cell, width)| padded(cell, *width))
            .collect();
        out.push_str(cells.join("  ").trim_end());
        out.push('\n');
    };
    line(filled.iter().map(|at| headings[*at].clone()).collect());
    line(widths.iter().map(|width| "─".repeat(*width)).collect());
    for row in rows {
        line(filled.iter().map(|at| cell(row, *at)).collect());
    }
    out
}

fn padded(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to.saturating_sub(width(text))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rows(rows: &[&[&str]]) -> Vec<Vec<String>> {
        rows.iter()
            .map(|row| row.iter().map(|cell| (*cell).to_owned()).collect())
            .collect()
    }

    #[test]
    fn columns_align_in_any_script_and_empty_ones_are_left_out() {
        let all = rows(&[
            &["name", "none", "kind"],
            &["鹿湖", "", "a"],
            &["é", "", "b"],
        ]);
        let text = table(&all[0], &all[1..]);
        assert_eq!(text, "name  kind\n────  ────\n鹿湖  a\né     b\n");
    }

    #[test]
    fn what_is_too_wide_is_written_row_by_row() {
        let long = "x".repeat(WIDEST);
        let all = rows(&[&["name", "words"], &["a", &long]]);
        assert_eq!(
            table(&all[0], &all[1..]),
            format!("1.\n  name   a\n  words  {long}\n")
        );
    }

    #[test]
    fn a_name_is_the_label_of_the_language_else_the_id() {
        let thing = json!({"id": "report--1", "label": {"en": "Report", "fr": "Rapport"}});
        assert_eq!(Language::Fr.name(&thing), "Rapport");
        assert_eq!(
            Language::En.name(&json!({"id": "report--1", "label": {}})),
            "report--1"
        );
        assert_eq!(Language::Fr.name(&json!({"label": {"en": "only"}})), "only");
        assert_eq!(
            Language::En.name(&json!({"value": "https://w3id.org/fieldmark/ns#medium"})),
            "fm:medium"
        );
    }

    #[test]
    fn others_words_move_no_cursor() {
        assert_eq!(plain("a\u{1b}[2Jb\nc\u{202e}"), "a\u{fffd}[2Jb c\u{fffd}");
    }
}
