//! Saved questions: one file each in `queries/`, with a header that declares its parameters.
//!
//! The file is SPARQL that runs unbound in any tool. Here its parameters are bound in the parsed
//! algebra, never in the text.

mod columns;
mod header;

pub use columns::heading;

use crate::error::ReadError;
use crate::read::Resolved;
use crate::sparql::{Cut, Prepared, Rows, bind};
use crate::view::View;
use fieldmark_model::Edtf;
use oxrdf::{Literal, NamedNode, Term};
use rust_embed::RustEmbed;
use spargebra::Query;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// What a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An id, an IRI or a name.
    Record,
    /// Words.
    String,
    /// A whole number.
    Integer,
    /// An EDTF date: `2023`, `2023-09`, `2023-09-06`.
    Date,
    /// A BCP 47 language tag.
    Language,
    /// A technique by number, id or name.
    Technique,
}

impl Kind {
    /// Its name in headers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::String => "string",
            Self::Integer => "integer",
            Self::Date => "date",
            Self::Language => "language",
            Self::Technique => "technique",
        }
    }
}

/// Whether a parameter must be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// It must.
    Required,
    /// Left out, it means all.
    Optional,
    /// Left out, it has this value.
    Default(String),
}

/// One parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Its name, and the variable's.
    pub name: String,
    /// What it takes.
    pub kind: Kind,
    /// Whether it must be given.
    pub need: Need,
    /// What it is for, in English.
    pub en: String,
    /// The same in French.
    pub fr: String,
}

/// One saved question.
#[derive(Clone, Debug)]
pub struct Question {
    /// Its name, which is the file's.
    pub name: String,
    /// What it asks, in English.
    pub summary_en: String,
    /// The same in French.
    pub summary_fr: String,
    /// Its parameters, in the order of the header.
    pub params: Vec<Param>,
    /// The variable that is bound to what is dated first, where nobody says of which record they ask.
    pub dated: Option<String>,
    /// The whole file.
    pub text: String,
    query: Query,
}

/// A question file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("queries/{name}.rq:{line}: {message}")]
pub struct BadQuestion {
    name: String,
    line: usize,
    message: String,
}

/// How many records a question about everything in order of time is answered with.
const FIRST: usize = 500;

#[derive(RustEmbed)]
#[folder = "../../queries"]
struct Files;

/// Every question this program ships, by name.
///
/// # Panics
/// When an embedded file is not a question, which a test rules out.
pub fn catalogue() -> &'static [Question] {
    static CATALOGUE: OnceLock<Vec<Question>> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        let mut all: Vec<Question> = Files::iter()
            .filter_map(|file| Some((file.strip_suffix(".rq")?.to_owned(), file)))
            .map(|(name, file)| {
                let bytes = Files::get(&file).expect("a listed file is embedded").data;
                let text = String::from_utf8_lossy(&bytes).into_owned();
                Question::parse(&name, text).unwrap_or_else(|error| panic!("{error}"))
            })
            .collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    })
}

/// The question of that name.
pub fn find(name: &str) -> Option<&'static Question> {
    catalogue().iter().find(|question| question.name == name)
}

impl Question {
    /// Reads a question's file.
    pub fn parse(name: &str, text: String) -> Result<Self, BadQuestion> {
        header::parse(name, text)
    }
}

impl View {
    /// Asks a question. Names of records are resolved in this view; what is left out and optional
    /// means all. The same question is answered once for each state of the view.
    pub fn ask(
        &self,
        question: &Question,
        args: &BTreeMap<String, String>,
    ) -> Result<Arc<Rows>, ReadError> {
        if let Some(name) = args
            .keys()
            .find(|name| !question.params.iter().any(|p| p.name == **name))
        {
            let known: Vec<&str> = question.params.iter().map(|p| p.name.as_str()).collect();
            return Err(ReadError::NoParameter {
                question: question.name.clone(),
                name: name.clone(),
                known: if known.is_empty() {
                    "none".into()
                } else {
                    known.join(", ")
                },
            });
        }
        let mut query = question.query.clone();
        for param in &question.params {
            let value = match (args.get(&param.name), &param.need) {
                (Some(value), _) => value,
                (None, Need::Default(value)) => value,
                (None, Need::Optional) => continue,
                (None, Need::Required) => {
                    return Err(ReadError::Missing {
                        question: question.name.clone(),
                        name: param.name.clone(),
                        about: param.en.clone(),
                    });
                }
            };
            bind::fill(&mut query, &param.name, &[self.term(param, value)?]);
        }
        let of_one = |param: &Param| param.kind == Kind::Record && args.contains_key(&param.name);
        let dated = question.dated.as_ref();
        let dated = dated.filter(|_| !question.params.iter().any(of_one));
        let asked = (question.name.clone(), args.clone());
        self.answers().get(asked, || {
            let more = dated.map(|variable| self.first_dated(&mut query, variable, args));
            let more = more.transpose()?.flatten();
            let mut rows = self.select(&Prepared::from_query(query))?;
            let lasts = rows.cut.is_none();
            rows.cut = rows.cut.or(more);
            Ok((rows, lasts))
        })
    }

    /// Narrows a question about everything to what is dated first between `from` and `to`; says so
    /// where there is more. To sort all dates of a large base would cost more than anybody may ask for.
    fn first_dated(
        &self,
        query: &mut Query,
        variable: &str,
        args: &BTreeMap<String, String>,
    ) -> Result<Option<Cut>, ReadError> {
        let day = |name: &str| args.get(name).and_then(|date| Edtf::parse(date).ok());
        let (from, to) = (day("from"), day("to"));
        let calendar = self.calendar(from.as_ref(), to.as_ref(), FIRST)?;
        let told: Vec<Term> = calendar
            .first
            .iter()
            .map(|id| NamedNode::new_unchecked(id.iri()).into())
            .collect();
        bind::fill(query, variable, &told);
        Ok((told.len() == FIRST).then_some(Cut::Dates(calendar.total, FIRST)))
    }

    fn term(&self, param: &Param, value: &str) -> Result<Term, ReadError> {
        let bad = |wanted: &str| ReadError::BadValue {
            name: param.name.clone(),
            value: value.to_owned(),
            wanted: wanted.to_owned(),
        };
        let plain = |text: &str| Term::from(Literal::new_simple_literal(text));
        match param.kind {
            Kind::Record | Kind::Technique => {
                let found = self.resolve(value)?;
                let (name, value) = (param.name.clone(), value.to_owned());
                match found {
                    Resolved::One(id) => Ok(NamedNode::new_unchecked(id.iri()).into()),
                    Resolved::Many(candidates) => Err(ReadError::Ambiguous {
                        name,
                        value,
                        candidates,
                    }),
                    Resolved::None(near) => Err(ReadError::NoRecord { name, value, near }),
                }
            }
            Kind::String => Ok(plain(value)),
            Kind::Integer => match value.parse::<i64>() {
                Ok(number) => Ok(Literal::from(number).into()),
                Err(_) => Err(bad("a whole number, such as 20")),
            },
            Kind::Date => match Edtf::parse(value) {
                Ok(date) => Ok(plain(date.as_str())),
                Err(error) => Err(bad(&error.to_string())),
            },
            Kind::Language => {
                let fits = !value.is_empty()
                    && value.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
                if fits {
                    Ok(plain(value))
                } else {
                    Err(bad("a language tag, such as en or zh-Hans"))
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
