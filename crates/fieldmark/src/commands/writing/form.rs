//! What may be filled in, as a file to start from.

use super::super::text::{items, plain};
use super::{Desktop, print};
use crate::door::{Door, address};
use crate::language::Language;
use anyhow::Result;
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::ExitCode;

/// The form of a kind of claim or of a noun.
pub async fn form(door: &Door, name: &str) -> Result<Value> {
    let path = address(&["api", "v1", "forms", name], &[]);
    door.get(&path, None).await?.json()
}

/// Prints it as TOML: what is needed to be filled in, the rest as comments.
pub async fn print_form(on: &Desktop, door: &Door, of: &str, name: &str) -> Result<ExitCode> {
    let form = form(door, name).await?;
    if on.json {
        return on.print(&form, |_| String::new());
    }
    print(&template(on.language, of, &form))?;
    Ok(ExitCode::SUCCESS)
}

fn template(lang: Language, of: &str, form: &Value) -> String {
    let name = plain(form["name"].as_str().unwrap_or_default());
    let mut out = format!("{of} = \"{name}\"\n\n# ");
    out.push_str(lang.say(
        "Who may see it: tlp:clear, tlp:green, tlp:amber, tlp:amber+strict, tlp:red or a marking's id.",
        "Qui peut le voir : tlp:clear, tlp:green, tlp:amber, tlp:amber+strict, tlp:red ou l’identifiant d’un marquage.",
    ));
    out.push_str("\nmarking = \"\"\n");
    for slot in items(&form["slots"]) {
        let word = |key: &str| plain(slot[key].as_str().unwrap_or_default());
        let need = match (slot["needed"] == true, slot["either"] == true) {
            (true, _) => lang.say(" (needed)", " (requis)"),
            (_, true) => lang.say(" (this or another)", " (ceci ou un autre)"),
            _ => "",
        };
        out.push_str(&format!(
            "\n# {}{need}{} {}\n",
            word("label"),
            lang.colon(),
            word("says")
        ));
        let mut terms: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for term in items(&slot["terms"]) {
            let of = term["of"].as_str().map_or_else(String::new, plain);
            let name = plain(term["name"].as_str().unwrap_or_default());
            terms.entry(of).or_default().push(name);
        }
        for (of, terms) in terms {
            let of = match of.is_empty() {
                true => of,
                false => format!("{of}{} ", lang.colon()),
            };
            out.push_str(&format!("# {of}{}\n", terms.join(", ")));
        }
        let comment = if slot["needed"] == true { "" } else { "# " };
        let value = match (slot["holds"].as_str(), slot["many"] == true) {
            (Some("words"), _) => "{ en = \"\" }",
            (Some("parts"), _) => "[{ verbatim = \"\", locator = \"\" }]",
            (Some("boolean"), _) => "true",
            (_, true) => "[\"\"]",
            _ => "\"\"",
        };
        out.push_str(&format!("{comment}{} = {value}\n", word("name")));
    }
    out
}
