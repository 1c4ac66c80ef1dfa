//! Under which marking an answer stands, whom it was made for, and when.

use fieldmark_model::RecordId;
use fieldmark_store::View;
use fieldmark_store::read::{Marking, ReadError};
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use utoipa::ToSchema;

/// Under which marking an answer stands, and whom it was made for. Without the time: equal answers
/// are equal bytes.
#[derive(Clone, Serialize, ToSchema)]
pub struct Shown {
    /// The strictest marking of all that is shown, such as `TLP:AMBER`.
    pub marking: Option<String>,
    /// The audience it was made for.
    pub audience: String,
}

impl Shown {
    /// Of what is shown under `marking`.
    pub fn under(view: &View, marking: &Marking) -> Self {
        Self {
            marking: marking.name(),
            audience: view.audience().to_owned(),
        }
    }

    /// Of what is shown of these records.
    pub fn of(view: &View, shown: impl IntoIterator<Item = RecordId>) -> Result<Self, ReadError> {
        Ok(Self::under(view, &view.marking(shown)?))
    }

    /// On paper, now.
    pub fn now(self) -> Made {
        Made {
            shown: self,
            made: now(),
        }
    }
}

/// What a paper, a page or a picture says of itself: also when it was made.
#[derive(Clone, Serialize, ToSchema)]
pub struct Made {
    /// Its marking and its audience.
    #[serde(flatten)]
    pub shown: Shown,
    /// When it was made (RFC 3339).
    pub made: String,
}

impl Made {
    /// In one line, as it stands at the head.
    pub fn line(&self, lang: &str) -> String {
        let Shown { marking, audience } = &self.shown;
        let marking = marking.as_deref().unwrap_or("–");
        let made = &self.made;
        match lang {
            "fr" => format!("{marking} · fait pour le public « {audience} » le {made}"),
            _ => format!("{marking} · made for the audience “{audience}” on {made}"),
        }
    }
}

/// This moment to the second, in UTC: to be read.
pub(crate) fn now() -> String {
    let now = OffsetDateTime::now_utc();
    let second = now.replace_nanosecond(0).unwrap_or(now);
    second.format(&Rfc3339).unwrap_or_default()
}

/// This moment, in UTC, as exactly as the clock has it: to be asked about. A second that has only
/// begun would leave out what was written in it.
pub(crate) fn right_now() -> String {
    let now = OffsetDateTime::now_utc();
    now.format(&Rfc3339).unwrap_or_default()
}
