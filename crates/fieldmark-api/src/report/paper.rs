//! A paper before it has a form: headings, sentences, tables and drawings in their order, and what
//! stands at the head of every page.

use crate::answer::claim::Words;
use serde::Serialize;

/// A paper.
#[derive(Debug, Serialize)]
pub(crate) struct Paper {
    /// The language it is written in: `en` or `fr`.
    pub lang: String,
    /// What it is called.
    pub title: String,
    /// What stands at the head of every page: under which marking it stands, for whom it was made
    /// and when.
    pub head: Vec<String>,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// What stands in one place.
#[derive(Debug, Serialize)]
#[serde(tag = "is", rename_all = "lowercase")]
pub(crate) enum Block {
    /// A new page begins.
    Break,
    /// A heading of the first to the third level.
    Heading { level: usize, text: String },
    /// A paragraph.
    Text { text: Text },
    /// Sentences one beneath the other.
    List { items: Vec<Text> },
    /// A table; no row has more cells than it has columns.
    Table {
        columns: Vec<Column>,
        rows: Vec<Vec<Text>>,
    },
    /// A drawing. What it shows is said in words as well, for forms that have no place for one.
    Drawing {
        /// An `svg` element.
        svg: String,
        /// What its classes look like, in CSS.
        style: &'static str,
        /// What it shows.
        about: String,
    },
}

/// A column of a table.
#[derive(Debug, Serialize)]
pub(crate) struct Column {
    /// What it holds.
    pub head: &'static str,
    /// How much of the table's width it takes, beside the others.
    pub share: u8,
}

/// Text of which parts look different.
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
pub(crate) struct Text {
    /// Its parts, one after the other.
    pub parts: Vec<Part>,
}

/// Text of one look.
#[derive(Debug, Serialize)]
pub(crate) struct Part {
    /// What it says, without quotation marks.
    pub text: String,
    /// How it looks.
    #[serde(flatten)]
    pub look: Look,
}

/// How a part of a text looks.
#[derive(Debug, Serialize)]
#[serde(tag = "look", rename_all = "lowercase")]
pub(crate) enum Look {
    /// As what stands around it.
    Plain,
    /// It stands out.
    Strong,
    /// It is an id.
    Code,
    /// Somebody's words to the letter, in their language.
    Quote { lang: String },
}

impl Text {
    /// With this after it.
    pub fn plain(self, text: impl Into<String>) -> Self {
        self.with(text.into(), Look::Plain)
    }

    /// With this after it, standing out.
    pub fn strong(self, text: impl Into<String>) -> Self {
        self.with(text.into(), Look::Strong)
    }

    /// With an id after it.
    pub fn code(self, text: impl Into<String>) -> Self {
        self.with(text.into(), Look::Code)
    }

    /// With somebody's words after it, each in its own language and with its place where that is
    /// said of these words: what stands between them in the source is not ours to leave out with an
    /// ellipsis.
    pub fn words(mut self, words: &[Words]) -> Self {
        for (at, one) in words.iter().enumerate() {
            if at > 0 {
                self = self.plain(" ");
            }
            let lang = one.lang.clone();
            self = self.with(one.text.clone(), Look::Quote { lang });
            if let Some(place) = one.place() {
                self = self.plain(format!(" ({place})"));
            }
        }
        self
    }

    fn with(mut self, text: String, look: Look) -> Self {
        if !text.is_empty() {
            self.parts.push(Part { text, look });
        }
        self
    }
}

impl<T: Into<String>> From<T> for Text {
    fn from(text: T) -> Self {
        Self::default().plain(text)
    }
}

impl Paper {
    /// Adds a heading.
    pub fn heading(&mut self, level: usize, text: impl Into<String>) {
        let text = text.into();
        self.blocks.push(Block::Heading { level, text });
    }

    /// Adds a paragraph.
    pub fn text(&mut self, text: impl Into<Text>) {
        let text = text.into();
        self.blocks.push(Block::Text { text });
    }

    /// Adds sentences under a heading; nothing where there are none.
    pub fn list<T: Into<Text>>(
        &mut self,
        level: usize,
        above: &str,
        items: impl IntoIterator<Item = T>,
    ) {
        let items: Vec<Text> = items.into_iter().map(Into::into).collect();
        if !items.is_empty() {
            self.heading(level, above);
            self.blocks.push(Block::List { items });
        }
    }
}
