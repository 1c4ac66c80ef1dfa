//! The forms of a paper.

use super::paper::Paper;
#[cfg(feature = "pdf")]
use super::pdf;
use super::{docx, html, markdown};
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
    #[cfg(feature = "pdf")]
    Pdf,
}

impl Form {
    /// Every form that this program was built with, by what the name of its file ends in.
    pub const ALL: &[(&str, Self)] = &[
        ("md", Self::Markdown),
        ("html", Self::Html),
        ("docx", Self::Word),
        #[cfg(feature = "pdf")]
        ("pdf", Self::Pdf),
    ];

    /// What the name of its file ends in.
    pub(crate) fn ending(self) -> &'static str {
        let own = Self::ALL.iter().find(|(_, form)| *form == self);
        own.map_or("", |(ending, _)| ending)
    }

    /// A name without its ending, and the form which that asks for.
    ///
    /// # Errors
    /// When it asks for PDF and this program was built without it.
    pub(crate) fn asked(name: &str) -> Result<(&str, Option<Self>), Problem> {
        let found = Self::ALL.iter().find_map(|(ending, form)| {
            let name = name.strip_suffix(ending)?.strip_suffix('.')?;
            Some((name, Some(*form)))
        });
        if found.is_none() && name.ends_with(".pdf") {
            return Err(Problem::bad_request(
                "this program was built without PDF: ask for .html or .docx, or build it with the feature pdf, as a release is",
            ));
        }
        Ok(found.unwrap_or_else(|| (name.strip_suffix(".json").unwrap_or(name), None)))
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
            #[cfg(feature = "pdf")]
            (Self::Pdf, _) => "PDF",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
            Self::Word => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            #[cfg(feature = "pdf")]
            Self::Pdf => "application/pdf",
        }
    }

    /// A paper in this form.
    pub(crate) fn answer(self, paper: Paper) -> Result<Response, Problem> {
        let made = match self {
            Self::Markdown => markdown::markdown(&paper).into_bytes(),
            Self::Html => html::html(&paper).into_bytes(),
            Self::Word => docx::docx(&paper).map_err(|error| Problem::internal(&error))?,
            #[cfg(feature = "pdf")]
            Self::Pdf => pdf::pdf(paper).map_err(|error| Problem::internal(&error))?,
        };
        let head = [
            (CONTENT_TYPE, self.media_type()),
            (VARY, "accept-language, authorization"),
        ];
        Ok((head, made).into_response())
    }
}
