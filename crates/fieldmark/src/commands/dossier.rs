//! `dossier`: every claim about a subject, what agrees beside what does not.

use super::Desktop;
use super::claims::{claim, proposition};
use super::text::{Language, items};
use crate::door::address;
use anyhow::Result;
use serde_json::Value;
use std::process::ExitCode;

/// Asks for it and prints it.
pub async fn run(on: &Desktop, subject: &str, seen: Option<&str>) -> Result<ExitCode> {
    let door = on.filled_door().await?;
    let answer = door
        .get(&address(&["api", "v1", "dossier", subject], &[]), seen)
        .await?
        .json_about(&[subject])?;
    on.print(&answer, |dossier| text(on.language, dossier))
}

fn text(lang: Language, dossier: &Value) -> String {
    let subject = &dossier["subject"];
    let mut out = format!("{}\n", lang.name_and_id(subject));
    let mut any = false;
    for thing in items(&dossier["propositions"]) {
        any = true;
        let number = |key: &str| thing[key].as_u64().unwrap_or_default();
        let counts = match lang {
            Language::En => format!(
                "affirmed by {}, denied by {}; {}",
                lang.count(number("affirmed"), ["claim", "claims"], ["", ""]),
                number("denied"),
                lang.count(number("sources"), ["source", "sources"], ["", ""]),
            ),
            Language::Fr => format!(
                "{}, {} ; {}",
                lang.count(
                    number("affirmed"),
                    ["", ""],
                    ["affirmation", "affirmations"]
                ),
                lang.count(number("denied"), ["", ""], ["négation", "négations"]),
                lang.count(number("sources"), ["", ""], ["source", "sources"]),
            ),
        };
        let dissent = if number("affirmed") > 0 && number("denied") > 0 {
            lang.say("  DISSENT", "  DISSENSION")
        } else {
            ""
        };
        out.push_str(&format!(
            "\n{}\n  {counts}{dissent}\n",
            proposition(lang, thing)
        ));
        for one in items(&thing["claims"]) {
            out.push_str(&claim(lang, one, "  "));
        }
    }
    if !any {
        out.push_str(lang.say(
            "  No claims about it.\n",
            "  Aucune affirmation à son sujet.\n",
        ));
    }
    out
}
