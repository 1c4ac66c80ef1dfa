//! Under which marking an answer stands, whom it was made for, and when.

use fieldmark_model::RecordId;
use fieldmark_store::View;
use fieldmark_store::read::{Marking, ReadError};
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use utoipa::ToSchema;

/// Under which marking an answer stands, whom it was made for, and when.
#[derive(Clone, Serialize, ToSchema)]
pub struct Made {
    /// The strictest marking of all that is shown, such as `TLP:AMBER`.
    pub marking: Option<String>,
    /// The audience it was made for.
    pub audience: String,
    /// When it was made (RFC 3339).
    pub made: String,
}

impl Made {
    /// Of what is shown under `marking`.
    pub fn under(view: &View, marking: &Marking) -> Self {
        Self::now(marking.name(), view.audience())
    }

    /// Of what stands under the marking of this name.
    pub fn now(marking: Option<String>, audience: &str) -> Self {
        Self {
            marking,
            audience: audience.to_owned(),
            made: now(),
        }
    }

    /// Of what is shown of these records.
    pub fn of(view: &View, shown: impl IntoIterator<Item = RecordId>) -> Result<Self, ReadError> {
        Ok(Self::under(view, &view.marking(shown)?))
    }

    /// In one line, as it stands at the head of a paper or a picture.
    pub fn line(&self, lang: &str) -> String {
        let (audience, made) = (&self.audience, &self.made);
        let marking = self.marking.as_deref().unwrap_or("–");
        match lang {
            "fr" => format!("{marking} · fait pour le public « {audience} » le {made}"),
            _ => format!("{marking} · made for the audience “{audience}” on {made}"),
        }
    }
}

/// This moment to the second, in UTC.
fn now() -> String {
    let now = OffsetDateTime::now_utc();
    now.replace_nanosecond(0)
        .unwrap_or(now)
        .format(&Rfc3339)
        .unwrap_or_default()
}
