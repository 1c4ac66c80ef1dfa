//! A paper as PDF, set by Typst: tagged for those who have it read to them, its markings at the head
//! of every page. How it looks is said in `paper.typ`.

use super::fonts::Fonts;
use super::paper::{Block, Paper};
use super::say;
use serde_json::json;
use thiserror::Error;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Dict, Duration, IntoValue, Str};
use typst::syntax::{FileId, Source};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World, comemo};
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;

const TEMPLATE: &str = include_str!("paper.typ");

/// Why a paper has not become a PDF.
#[derive(Debug, Error)]
#[error("the PDF was not made: {0}")]
pub(crate) struct PdfError(String);

/// Writes it. Characters that no font here draws are named on a last line. Memory and time grow with
/// its length: about a millisecond for each row of a table.
///
/// # Errors
/// When it cannot be set.
pub(crate) fn pdf(mut paper: Paper) -> Result<Vec<u8>, PdfError> {
    let fonts = Fonts::all();
    tell_of_lacking(&mut paper, fonts);
    let press = Press::of(&paper, fonts);
    let set = typst::compile::<PagedDocument>(&press).output;
    let made = set.and_then(|document| typst_pdf::pdf(&document, &PdfOptions::default()));
    // What was worked out is remembered for a document that is set again and again; ours is another
    // each time.
    comemo::evict(0);
    made.map_err(|errors| {
        let said = errors
            .iter()
            .map(|one: &SourceDiagnostic| one.message.to_string());
        PdfError(said.collect::<Vec<_>>().join("; "))
    })
}

/// Says on the paper which characters of it no font here draws.
fn tell_of_lacking(paper: &mut Paper, fonts: &Fonts) {
    let said = serde_json::to_string(&paper).unwrap_or_default();
    let lacking = fonts.lacking(&said);
    if lacking.is_empty() {
        return;
    }
    let told = say(
        &paper.lang,
        "No font of this program draws these characters; the HTML file of this paper has them:",
        "Aucune police de ce programme ne dessine ces caractères ; le fichier HTML de ce document les a :",
    );
    let lacking = lacking.iter().map(|c| format!("U+{:04X}", u32::from(*c)));
    let lacking = lacking.collect::<Vec<_>>().join(", ");
    let text = format!("{told} {lacking}.").into();
    paper.blocks.push(Block::Text { text });
}

/// What Typst is to know of the world: a template, a paper and fonts. No file, no clock.
struct Press {
    library: LazyHash<Library>,
    template: Source,
    fonts: &'static Fonts,
}

impl Press {
    fn of(paper: &Paper, fonts: &'static Fonts) -> Self {
        let mut paper = json!(paper);
        for block in paper["blocks"].as_array_mut().into_iter().flatten() {
            // A drawing is a document of its own, so its style has to stand in it.
            if let (Some(svg), Some(style)) = (block["svg"].as_str(), block["style"].as_str()) {
                block["svg"] = json!(svg.replacen('>', &format!("><style>{style}</style>"), 1));
            }
        }
        let mut inputs = Dict::new();
        let mut give = |name: &str, value: String| {
            inputs.insert(Str::from(name), Str::from(value).into_value());
        };
        give("paper", paper.to_string());
        give("fonts", json!(fonts.families()).to_string());
        Self {
            library: LazyHash::new(Library::builder().with_inputs(inputs).build()),
            template: Source::detached(TEMPLATE),
            fonts,
        }
    }
}

impl World for Press {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        match id == self.template.id() {
            true => Ok(self.template.clone()),
            false => Err(FileError::AccessDenied),
        }
    }

    fn file(&self, _: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::paper::{Column, Text};
    use super::*;

    fn paper(text: &str) -> Paper {
        let mut paper = Paper {
            lang: "fr".to_owned(),
            title: "#essai".to_owned(),
            head: vec!["TLP:GREEN".to_owned()],
            blocks: Vec::new(),
        };
        paper.heading(1, text);
        let cell = || Text::default().strong(text).code("a--b");
        paper.list(2, "Liste", [cell()]);
        paper.blocks.push(Block::Table {
            columns: vec![
                Column {
                    head: "un",
                    share: 1,
                },
                Column {
                    head: "deux",
                    share: 2,
                },
            ],
            rows: (0..3).map(|_| vec![cell(), Text::default()]).collect(),
        });
        paper.blocks.push(Block::Drawing {
            svg: r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="9" height="9"><rect class="back" width="9" height="9"/></svg>"#.to_owned(),
            style: ".back { fill: #fff } @media print { .back { fill: #000 } }",
            about: "un carré".to_owned(),
        });
        paper.blocks.push(Block::Break);
        paper.text(text);
        paper
    }

    #[test]
    fn whatever_it_says_it_is_set_and_read_as_no_markup() {
        let hostile = [
            "#panic() $x$ *a* _b_ `c` @d <e> \\ // /* ] [ \u{202e}evil\u{200b}",
            "",
            "A\u{0}\u{7}B",
        ];
        for text in hostile {
            let made = pdf(paper(text)).unwrap();
            assert!(made.starts_with(b"%PDF-1.7"), "{text}");
        }
        let long = "word".repeat(2_500);
        assert!(pdf(paper(&long)).is_ok());
    }

    #[test]
    fn equal_papers_are_equal_bytes() {
        assert_eq!(pdf(paper("é")).unwrap(), pdf(paper("é")).unwrap());
    }

    #[test]
    fn what_no_font_draws_is_said() {
        let mut one = paper("Ж é \u{10FFFD}");
        let before = one.blocks.len();
        tell_of_lacking(&mut one, Fonts::all());
        assert_eq!(one.blocks.len(), before + 1);
        let said = serde_json::to_string(&one.blocks.last()).unwrap();
        assert!(
            said.contains("U+10FFFD") && !said.contains("U+0416"),
            "{said}"
        );
    }
}
