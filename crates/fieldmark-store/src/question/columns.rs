//! What the columns of answers are called.

use super::Files;
use fieldmark_rdf::ontology::label;
use fieldmark_rdf::vocab::{FM, NOUNS};
use std::collections::HashMap;
use std::sync::OnceLock;

/// The file of the words that the ontology does not have, in the same folder as the questions.
const FILE: &str = "columns.tsv";

/// The words of that file by variable: English, French.
pub(super) fn words() -> &'static HashMap<String, [String; 2]> {
    static WORDS: OnceLock<HashMap<String, [String; 2]>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let file = Files::get(FILE).map(|file| file.data).unwrap_or_default();
        let text = String::from_utf8_lossy(&file);
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let words = lines.filter_map(|line| {
            let mut cells = line.split('\t').map(str::to_owned);
            Some((cells.next()?, [cells.next()?, cells.next()?]))
        });
        words.collect()
    })
}

/// What the column of a variable of a saved question is called in a language: by `queries/columns.tsv`,
/// or by the name of the property or noun that it is named after; a column of names as what they name.
pub fn heading(variable: &str, lang: &str) -> Option<String> {
    if let Some([en, fr]) = words().get(variable) {
        return Some(if lang == "fr" { fr } else { en }.clone());
    }
    let property = label(&format!("{FM}{variable}"), lang);
    let noun = || {
        let mut nouns = NOUNS.iter();
        let (_, class, _) = nouns.find(|(noun, ..)| named_after(variable, noun))?;
        label(class.as_str(), lang)
    };
    property.or_else(noun).or_else(|| {
        let named = ["Label", "Title"]
            .iter()
            .find_map(|end| variable.strip_suffix(end));
        named.and_then(|named| heading(named, lang))
    })
}

/// Whether a variable is a noun but for its first letter.
fn named_after(variable: &str, noun: &str) -> bool {
    noun.get(1..) == variable.get(1..)
        && noun.get(..1).map(str::to_ascii_lowercase).as_deref() == variable.get(..1)
}
