//! What can go wrong while answering, and what a stranger hears of it.

use crate::problem::{Problem, listed};
use async_graphql::{Pos, ServerError};
use fieldmark_model::{Noun, RecordId};
use fieldmark_store::StoreError;
use fieldmark_store::read::ReadError;
use fieldmark_store::sparql::SparqlError;

/// Why a field has no value. Cheap to clone, because one failed batch answers many fields.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    /// A record that was named and is not there; also said of what the caller may not see.
    #[error(
        "no record \"{text}\": give an id (campaign--…), an IRI, a DISARM number or a name{}", nearest(.near)
    )]
    NotFound {
        /// What was asked for.
        text: String,
        /// The records whose names are nearest: id, noun, name.
        near: Vec<(RecordId, Noun, String)>,
    },
    /// A name that several records bear.
    #[error("\"{text}\" is the name of several records; ask again with one of these ids: {}", listed(.candidates))]
    Ambiguous {
        /// The name as given.
        text: String,
        /// The records that bear it: id, noun, label.
        candidates: Vec<(RecordId, Noun, String)>,
    },
    /// An argument that cannot be used.
    #[error("{0}")]
    BadInput(String),
    /// A bound that was passed.
    #[error("{0}")]
    Limit(String),
    /// Ours to mend; the cause is in the log.
    #[error("this could not be answered; the cause is in the server's log")]
    Internal,
}

impl Fault {
    /// The word in `extensions.code`, stable for programs.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "NOT_FOUND",
            Self::Ambiguous { .. } => "AMBIGUOUS_NAME",
            Self::BadInput(_) => "BAD_USER_INPUT",
            Self::Limit(_) => "LIMIT_EXCEEDED",
            Self::Internal => "INTERNAL_SERVER_ERROR",
        }
    }

    /// The error in GraphQL's own form.
    pub(super) fn at(&self, place: Option<Pos>) -> ServerError {
        let mut error = coded(ServerError::new(self.to_string(), place), self.code());
        if let Self::Ambiguous { candidates, .. } = self
            && let Some(extensions) = &mut error.extensions
        {
            let ids: Vec<_> = candidates
                .iter()
                .map(|(id, ..)| async_graphql::Value::from(id.as_str()))
                .collect();
            extensions.set("candidates", async_graphql::Value::List(ids));
        }
        error
    }

    /// A cause that is ours: logged here, where it stops, and not told.
    pub(super) fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(%cause, "a GraphQL field could not be answered");
        Self::Internal
    }
}

impl From<ReadError> for Fault {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::BadCursor => {
                Self::BadInput("this is no cursor of this list: start again without one".into())
            }
            ReadError::NoScale { .. } => Self::BadInput(error.to_string()),
            ReadError::NotFound(text) => Self::NotFound {
                text,
                near: Vec::new(),
            },
            ReadError::Ambiguous {
                value, candidates, ..
            } => Self::Ambiguous {
                text: value,
                candidates,
            },
            ReadError::NoRecord { value, near, .. } => Self::NotFound { text: value, near },
            ReadError::Sparql(
                SparqlError::TimedOut { .. }
                | SparqlError::OverBudget { .. }
                | SparqlError::Busy { .. }
                | SparqlError::Cancelled,
            ) => Self::Limit(error.to_string()),
            ReadError::NoParameter { .. }
            | ReadError::Missing { .. }
            | ReadError::BadValue { .. } => Self::BadInput(error.to_string()),
            ReadError::Sparql(_) | ReadError::Engine(_) => Self::internal(error),
        }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Moment(error) => Self::BadInput(error.to_string()),
            StoreError::Busy | StoreError::Moments(_) => Self::Limit(error.to_string()),
            error => Self::internal(error),
        }
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        match problem.status().as_u16() {
            status @ 400..500 if status != 429 => Self::BadInput(problem.detail().to_owned()),
            429 | 503 => Self::Limit(problem.detail().to_owned()),
            // It was logged where it became a problem.
            _ => Self::Internal,
        }
    }
}

/// Sets `extensions.code` unless something more precise is there.
pub(super) fn coded(mut error: ServerError, code: &str) -> ServerError {
    let extensions = error.extensions.get_or_insert_default();
    if extensions.get("code").is_none() {
        extensions.set("code", code);
    }
    error
}

fn nearest(near: &[(RecordId, Noun, String)]) -> String {
    match near {
        [] => String::new(),
        near => format!("; the nearest: {}", listed(near)),
    }
}
