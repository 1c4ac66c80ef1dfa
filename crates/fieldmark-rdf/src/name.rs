//! Names as they are kept and told apart: one name in six spellings that look the same is one.

use unicode_normalization::UnicodeNormalization;

/// A name as it is kept: composed (Unicode's NFC), without marks that are not seen, each run of
/// white space as one space. Joiners stay: Persian and Indic names are misspelt without them.
pub fn shown(text: &str) -> String {
    spaced(
        text.nfc()
            .filter(|letter| is_joiner(*letter) || !is_unseen(*letter)),
    )
}

/// How words begin, as a name for what has none: at most so many characters, and an ellipsis where there
/// are more.
///
/// ```
/// use fieldmark_rdf::name::beginning;
/// assert_eq!(beginning("one\ntwo", 7), "one two");
/// assert_eq!(beginning("one\ntwo", 4), "one…");
/// ```
pub fn beginning(words: &str, most: usize) -> String {
    let words = shown(words);
    match words.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", words[..end].trim_end()),
        None => words,
    }
}

/// What tells one name from another: as it is kept, and without joiners. Case and accents tell.
///
/// ```
/// use fieldmark_rdf::name::key;
/// assert_eq!(key("Spam\u{200b}ouflage "), "Spamouflage");
/// assert_ne!(key("spamouflage"), key("Spamouflage"));
/// ```
pub fn key(text: &str) -> String {
    spaced(text.nfc().filter(|letter| !is_unseen(*letter)))
}

fn spaced(letters: impl Iterator<Item = char>) -> String {
    let text: String = letters.collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_joiner(letter: char) -> bool {
    matches!(letter, '\u{200c}' | '\u{200d}')
}

/// What joins, turns or breaks a text without being seen: joiners, directions, soft hyphens, spaces
/// of no width.
pub fn is_unseen(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_that_look_the_same_have_one_key() {
        for spelling in [
            "Café Noir",
            "Cafe\u{301} Noir",
            "Café\u{a0}Noir",
            " Café  Noir ",
            "\u{202a}Café Noir\u{202c}",
            "Café\u{200b} Noir\u{feff}",
        ] {
            assert_eq!(key(spelling), "Café Noir", "{spelling:?}");
            assert_eq!(shown(spelling), "Café Noir", "{spelling:?}");
        }
        assert_eq!(key("می\u{200c}خواهیم"), key("میخواهیم"));
        assert_eq!(shown("می\u{200c}خواهیم"), "می\u{200c}خواهیم");
        for (one, other) in [
            ("Cafe Noir", "Café Noir"),
            ("cafe", "Cafe"),
            ("バリ", "パリ"),
        ] {
            assert_ne!(key(one), key(other));
        }
    }
}
