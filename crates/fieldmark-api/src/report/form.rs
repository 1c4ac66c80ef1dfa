//! The forms of a paper.

use super::paper::Paper;
use super::{docx, html, markdown, pdf};
use crate::problem::Problem;
use axum::http::header::{CONTENT_TYPE, VARY};
use axum::response::{IntoResponse, Response};

/// In what form a paper is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Markdown.
    Markdown,
    /// One HTML file that needs no other.
    Html,
    /// Word (Office Open XML).
    Word,
    /// PDF.
    Pdf,
}

impl Form {
    /// Every form, by what the name of its file ends in.
    pub const ALL: [(&str, Self); 4] = [
        ("md", Self::Markdown),
        ("html", Self::Html),
        ("docx", Self::Word),
        ("pdf", Self::Pdf),
    ];

    /// A name without its ending, and the form which that asks for.
    pub(crate) fn asked(name: &str) -> (&str, Option<Self>) {
        let found = Self::ALL.into_iter().find_map(|(ending, form)| {
            let name = name.strip_suffix(ending)?.strip_suffix('.')?;
            Some((name, Some(form)))
        });
        found.unwrap_or_else(|| (name.strip_suffix(".json").unwrap_or(name), None))
    }

    /// Whether it is text that a terminal shows.
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Markdown | Self::Html)
    }

    /// What it is called where it is offered.
    pub(crate) fn label(self, lang: &str) -> &'static str {
        match (self, lang) {
            (Self::Markdown, _) => "Markdown",
            (Self::Html, "fr") => "un fichier HTML",
            (Self::Html, _) => "one HTML file",
            (Self::Word, _) => "Word",
            (Self::Pdf, _) => "PDF",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
            Self::Word => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Pdf => "application/pdf",
        }
    }

    /// A paper in this form.
    pub(crate) fn answer(self, paper: Paper) -> Result<Response, Problem> {
        let made = match self {
            Self::Markdown => markdown::markdown(&paper).into_bytes(),
            Self::Html => html::html(&paper).into_bytes(),
            Self::Word => docx::docx(&paper).map_err(|error| Problem::internal(&error))?,
            Self::Pdf => pdf::pdf(paper).map_err(|error| Problem::internal(&error))?,
        };
        let head = [
            (CONTENT_TYPE, self.media_type()),
            (VARY, "accept-language, authorization"),
        ];
        Ok((head, made).into_response())
    }
}
