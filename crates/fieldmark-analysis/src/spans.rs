//! Where quoted words stand in the text of their source.
//!
//! A quotation is seldom its source to the letter: lines break elsewhere, quotation marks and dashes
//! are set otherwise, `[…]` stands for what was left out and `[they]` for what was put in; and the text
//! may be Markdown, with links and emphasis in it. None of that counts here; every other letter does.

use std::ops::Range;

/// A text in which quoted words are looked for.
pub struct Searched<'t> {
    text: &'t str,
    folded: String,
    /// Where in the text each byte of the folded one comes from.
    places: Vec<u32>,
}

impl<'t> Searched<'t> {
    /// A text of less than 4 GiB; it is held folded, with four bytes for each of its own.
    pub fn new(text: &'t str) -> Self {
        let mut folded = String::with_capacity(text.len());
        let mut places = Vec::with_capacity(text.len());
        let mut shown = 0;
        for (at, letter) in text.char_indices() {
            if at < shown {
                continue;
            }
            shown = at + target(&text[at..]);
            fold(letter, &mut folded);
            places.resize(folded.len(), u32::try_from(at).unwrap_or(u32::MAX));
        }
        Self {
            text,
            folded,
            places,
        }
    }

    /// Where words stand, piece by piece in the order of the text, looked for first from a byte on and
    /// then from the beginning; nothing where a piece of them does not stand there.
    pub fn find(&self, words: &str, from: usize) -> Vec<Range<usize>> {
        let pieces: Vec<String> = pieces(words).into_iter().map(folded).collect();
        let pieces: Vec<&str> = pieces
            .iter()
            .map(|piece| piece.trim())
            .filter(|piece| !piece.is_empty())
            .collect();
        let from = self
            .places
            .partition_point(|place| (*place as usize) < from);
        let found = self.from(&pieces, from);
        match found.is_empty() && from > 0 {
            true => self.from(&pieces, 0),
            false => found,
        }
    }

    fn from(&self, pieces: &[&str], mut from: usize) -> Vec<Range<usize>> {
        let mut found = Vec::with_capacity(pieces.len());
        for piece in pieces {
            let Some(at) = self.folded[from..].find(piece) else {
                return Vec::new();
            };
            let (begin, end) = (from + at, from + at + piece.len());
            let last = self.places[end - 1] as usize;
            let width = self.text[last..].chars().next().map_or(0, char::len_utf8);
            found.push(self.places[begin] as usize..last + width);
            from = end;
        }
        found
    }
}

/// What of a quotation is the source's: not what stands in brackets, and not dots.
fn pieces(words: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = words;
    while let Some(open) = rest.find('[') {
        let Some(length) = rest[open..].find(']') else {
            break;
        };
        pieces.push(&rest[..open]);
        rest = &rest[open + length + 1..];
    }
    pieces.push(rest);
    let pieces = pieces.into_iter();
    pieces
        .flat_map(|piece| piece.split('…'))
        .flat_map(|piece| piece.split("..."))
        .collect()
}

fn folded(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    words.chars().for_each(|letter| fold(letter, &mut out));
    out
}

/// How long the target of a link of Markdown is, with which a text goes on: `](https://…)`.
fn target(text: &str) -> usize {
    let Some(rest) = text.strip_prefix("](") else {
        return 0;
    };
    match rest.find([')', '\n']) {
        Some(end) if rest[end..].starts_with(')') => "](".len() + end + 1,
        _ => 0,
    }
}

/// Adds a letter as it is compared.
fn fold(letter: char, out: &mut String) {
    match letter {
        // Soft hyphens, what has no width, a byte order mark; Markdown's brackets and emphasis.
        '[' | ']' | '*' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => {}
        '‘' | '’' | '‚' | '‛' | '′' | '`' => out.push('\''),
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' => out.push('"'),
        '‐' | '‑' | '‒' | '–' | '—' | '−' => out.push('-'),
        // What stands between two letters counts once.
        space if space.is_whitespace() => {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        }
        letter => out.extend(letter.to_lowercase()),
    }
}

/// A part of a text that is shown as one: a line, or what of a long one goes into so many bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The number of its line, from 1.
    pub line: usize,
    /// Whether the line begins with it.
    pub begins: bool,
    /// Where it stands in the text, without the line's end.
    pub place: Range<usize>,
}

/// The rows of a text, long lines broken at a space where there is one.
pub fn rows(text: &str, most: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut at = 0;
    // What ends a line begins no other.
    let text = text.strip_suffix('\n').unwrap_or(text);
    for (number, line) in text.split('\n').enumerate() {
        let own = line.strip_suffix('\r').unwrap_or(line);
        let mut from = 0;
        loop {
            let rest = &own[from..];
            let length = match rest.len() > most {
                false => rest.len(),
                true => {
                    let whole = rest.floor_char_boundary(most);
                    let space = rest[..whole].rfind(char::is_whitespace);
                    space.filter(|space| *space > 0).unwrap_or(whole).max(1)
                }
            };
            let length = rest.ceil_char_boundary(length);
            rows.push(Row {
                line: number + 1,
                begins: from == 0,
                place: at + from..at + from + length,
            });
            from += length;
            if from >= own.len() {
                break;
            }
        }
        at += line.len() + 1;
    }
    rows
}

/// A row in pieces, each with the numbers of the spans that cover it.
pub fn cut(row: &Range<usize>, spans: &[(Range<usize>, usize)]) -> Vec<(Range<usize>, Vec<usize>)> {
    let inside = |at: &usize| row.start < *at && *at < row.end;
    let ends = spans.iter().flat_map(|(span, _)| [span.start, span.end]);
    let mut ends: Vec<usize> = ends.filter(inside).chain([row.start, row.end]).collect();
    ends.sort_unstable();
    ends.dedup();
    let pieces = ends.windows(2).map(|ends| ends[0]..ends[1]);
    pieces
        .map(|piece| {
            let over = spans
                .iter()
                .filter(|(span, _)| span.start <= piece.start && piece.end <= span.end);
            let mut over: Vec<usize> = over.map(|(_, number)| *number).collect();
            over.sort_unstable();
            over.dedup();
            (piece, over)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = "RRM Canada has detected a “Spamouflage” campaign,\nwhich — it judges — is likely\r\nconnected to the PRC. L’équipe est «\u{a0}certaine\u{a0}». It is likely.";

    fn lit(words: &str, from: usize) -> Vec<&'static str> {
        let found = Searched::new(TEXT).find(words, from).into_iter();
        found.map(|place| &TEXT[place]).collect()
    }

    #[test]
    fn words_are_found_however_they_are_set() {
        assert_eq!(
            lit("a \"spamouflage\" campaign", 0),
            ["a “Spamouflage” campaign"]
        );
        assert_eq!(lit("is likely connected", 0), ["is likely\r\nconnected"]);
        assert_eq!(lit("which - it  judges", 0), ["which — it judges"]);
        assert_eq!(
            lit("L'équipe est « certaine »", 0),
            ["L’équipe est «\u{a0}certaine\u{a0}»"]
        );
        assert_eq!(lit("connected to the Party", 0), [""; 0]);
        assert_eq!(lit("", 0), [""; 0]);
    }

    #[test]
    fn what_a_quotation_leaves_out_or_puts_in_is_not_looked_for() {
        assert_eq!(lit("RRM Canada […] judges", 0), ["RRM Canada", "judges"]);
        assert_eq!(
            lit("[The desk] has detected ... the PRC", 0),
            ["has detected", "the PRC"]
        );
        // In their order, and all of them.
        assert_eq!(lit("judges … detected", 0), [""; 0]);
        assert_eq!(lit("an open [bracket", 0), [""; 0]);
    }

    #[test]
    fn markdown_is_read_as_it_is_shown() {
        let text =
            "It was most [recently *involved*](https://example.org/a_(b) in it [sic] ](\nall.";
        let found = |words| -> Vec<&str> {
            let found = Searched::new(text).find(words, 0).into_iter();
            found.map(|place| &text[place]).collect()
        };
        assert_eq!(
            found("most recently involved in it"),
            ["most [recently *involved*](https://example.org/a_(b) in it"]
        );
        assert_eq!(found("sic ( all"), ["sic] ](\nall"]);
        assert_eq!(found("example.org"), [""; 0]);
    }

    #[test]
    fn the_place_that_is_named_goes_first() {
        let second = TEXT.rfind("is likely").unwrap();
        let found = Searched::new(TEXT).find("is likely", second);
        assert_eq!(found.first(), Some(&(second..second + 9)));
        // Where it does not stand there, it may stand before.
        assert_eq!(lit("RRM Canada", second), ["RRM Canada"]);
    }

    #[test]
    fn rows_are_lines_and_what_of_them_fits() {
        let of = |text: &'static str, most| -> Vec<(usize, bool, &str)> {
            let rows = rows(text, most).into_iter();
            rows.map(|row| (row.line, row.begins, &text[row.place]))
                .collect()
        };
        assert_eq!(
            of("a\r\n\nb", 9),
            [(1, true, "a"), (2, true, ""), (3, true, "b")]
        );
        assert_eq!(
            of("ab cd éé", 4),
            [
                (1, true, "ab"),
                (1, false, " cd"),
                (1, false, " é"),
                (1, false, "é")
            ]
        );
        assert_eq!(of("", 4), [(1, true, "")]);
        assert_eq!(of("a\n", 4), of("a", 4));
    }

    #[test]
    fn a_row_is_cut_where_spans_begin_and_end() {
        assert_eq!(
            cut(&(10..20), &[(5..14, 1), (12..30, 2)]),
            [(10..12, vec![1]), (12..14, vec![1, 2]), (14..20, vec![2])]
        );
        assert_eq!(cut(&(3..3), &[(0..9, 1)]), []);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_ends_within_a_letter(
            text in "[a-cA-C “”’…\\-—é\u{ad}\n\r\\[\\]()*]{0,60}", words in "[a-c \"'…\\[\\]é]{0,6}",
            from in 0usize..70, most in 1usize..9,
        ) {
            let found = Searched::new(&text).find(&words, from);
            for place in &found {
                prop_assert!(!text[place.clone()].is_empty());
            }
            prop_assert!(found.windows(2).all(|two| two[0].end <= two[1].start));
            let rows = rows(&text, most);
            let mut shown = String::new();
            for row in &rows {
                let spans: Vec<_> = found.iter().cloned().map(|place| (place, 1)).collect();
                let pieces = cut(&row.place, &spans);
                let again: String = pieces.iter().map(|(piece, _)| &text[piece.clone()]).collect();
                prop_assert_eq!(&again, &text[row.place.clone()]);
                shown.push_str(&again);
            }
            let kept: String = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
            prop_assert_eq!(shown, kept);
        }
    }
}
