//! In which language the command line speaks.

use crate::cli::Global;

/// The language of headings and labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    En,
    /// French.
    Fr,
}

impl Language {
    /// The one asked for; English unless it says French.
    pub fn of(global: &Global) -> Self {
        match global.language.as_deref() {
            Some("fr") => Self::Fr,
            _ => Self::En,
        }
    }

    /// Its BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
        }
    }

    /// The words of this language.
    pub fn say(self, en: &'static str, fr: &'static str) -> &'static str {
        match self {
            Self::En => en,
            Self::Fr => fr,
        }
    }

    /// A count with its noun, in the singular or the plural. French counts nothing and one alike.
    pub fn count(self, n: u64, en: [&str; 2], fr: [&str; 2]) -> String {
        match self {
            Self::En => format!("{n} {}", en[usize::from(n != 1)]),
            Self::Fr => format!("{n} {}", fr[usize::from(n > 1)]),
        }
    }

    /// A colon as the language sets it.
    pub fn colon(self) -> &'static str {
        fieldmark_api::answer::words::colon(self.tag())
    }
}
