//! The fonts that a PDF is set in: Typst's own for Latin, Greek and Cyrillic, and those that
//! `cargo xtask web` put into this binary, for Chinese, Arabic and Hebrew names.

use fieldmark_rdf::name::is_unseen;
use rust_embed::Embed;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

#[derive(Embed)]
#[folder = "fonts/"]
struct Files;

/// The family that texts are set in; what it lacks is looked for in the others.
const TEXT: &str = "Libertinus Serif";
/// The family of ids.
const CODE: &str = "DejaVu Sans Mono";

/// Every font there is.
pub(super) struct Fonts {
    pub(super) book: LazyHash<FontBook>,
    pub(super) fonts: Vec<Font>,
}

impl Fonts {
    /// All of them, read when the first PDF is made.
    pub(super) fn all() -> &'static Self {
        static ALL: LazyLock<Fonts> = LazyLock::new(Fonts::read);
        &ALL
    }

    fn read() -> Self {
        let shipped = typst_assets::fonts().map(Bytes::new);
        let wanted = |font: &Font| [TEXT, CODE].contains(&font.info().family.as_str());
        let mut fonts: Vec<Font> = shipped.flat_map(Font::iter).filter(wanted).collect();
        for name in Files::iter().filter(|name| name.ends_with(".woff2")) {
            let Some(file) = Files::get(&name) else {
                continue;
            };
            match wuff::decompress_woff2(&file.data) {
                Ok(read) => fonts.extend(Font::iter(Bytes::new(read))),
                Err(error) => tracing::warn!(font = %name, %error, "left out of every PDF"),
            }
        }
        Self {
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
        }
    }

    /// The families, in the order in which a character is looked for in them.
    pub(super) fn families(&self) -> Vec<&str> {
        let mut families: Vec<&str> = Vec::new();
        for font in &self.fonts {
            let family = font.info().family.as_str();
            if !families.contains(&family) {
                families.push(family);
            }
        }
        families
    }

    /// The characters of a text that none of them draws.
    pub(super) fn lacking(&self, text: &str) -> BTreeSet<char> {
        let seen = |c: &char| !c.is_control() && !c.is_whitespace() && !is_shapeless(*c);
        let drawn = |c: &char| {
            let point = u32::from(*c);
            let mut fonts = self.fonts.iter();
            fonts.any(|font| font.info().coverage.contains(point))
        };
        let all: BTreeSet<char> = text.chars().filter(seen).collect();
        all.into_iter().filter(|c| !drawn(c)).collect()
    }
}

/// Whether a character has no shape of its own: what names pass over, deprecated controls, variation
/// selectors, tags.
fn is_shapeless(c: char) -> bool {
    is_unseen(c)
        || matches!(c, '\u{206a}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_drawn_in_any_script_that_was_put_into_this_binary() {
        assert!(
            Fonts::all()
                .lacking("Évaluateur Ωμέγα Сергей “x” → γ ✗")
                .is_empty()
        );
        let names = "刘欣習近平محمدشלום";
        let wanted = match Files::iter().any(|name| name.ends_with(".woff2")) {
            true => 0,
            // Built without Node.js: each Chinese letter is told of on the paper. Of the others
            // Typst's own fonts have these.
            false => 5,
        };
        assert_eq!(Fonts::all().lacking(names).len(), wanted);
    }
}
