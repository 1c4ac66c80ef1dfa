//! What is filled in, asked for step by step: what there has to be, then what else is known. Names are
//! completed from the base, terms chosen from those there are, and the whole is judged before it is
//! written.

use super::super::text::{items, plain};
use super::said::{Said, add};
use super::{Desktop, form};
use crate::cli::writing::SaidArgs;
use crate::door::{Door, address};
use crate::language::Language;
use anyhow::{Context, Result};
use fieldmark_model::Edtf;
use inquire::autocompletion::{Autocomplete, Replacement};
use inquire::validator::Validation;
use inquire::{CustomUserError, InquireError, MultiSelect, Select, Text};
use serde_json::Value;
use std::io::IsTerminal;
use std::sync::Arc;
use tokio::runtime::Handle;

/// What is asked for.
#[derive(Clone, Copy)]
pub enum Asked<'a> {
    /// A claim, of a kind where it is said.
    Claim { kind: Option<&'a str> },
    /// What somebody says on another's claim.
    Answer,
    /// What somebody says on two names.
    Same,
    /// A record, of a noun where it is said.
    Record { noun: Option<&'a str> },
}

/// Whether there is a person to ask.
pub fn somebody_is_there() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// What follows from the claim that is answered, and is not asked.
const FOLLOWS: [&str; 8] = [
    "subject",
    "object",
    "objectText",
    "level",
    "aliasRelation",
    "polarity",
    "disputes",
    "concursWith",
];

/// What is nearly always known, and chosen already where one is asked what else is.
const USUAL: [&str; 3] = ["assertedAt", "locator", "basis"];

/// Asks; none where the asked one gives up.
pub async fn step_by_step(
    on: &Desktop,
    door: &Arc<Door>,
    asked: Asked<'_>,
    args: &SaidArgs,
) -> Result<Option<Said>> {
    let asking = Asking {
        lang: on.language,
        door: Arc::clone(door),
        runtime: Handle::current(),
    };
    let (asked, marking) = (owned(asked), args.marking.clone());
    let said = tokio::task::spawn_blocking(move || asking.all(asked, marking)).await?;
    match said {
        Ok(said) => Ok(Some(said)),
        Err(error) => match error.downcast_ref::<InquireError>() {
            Some(InquireError::OperationCanceled | InquireError::OperationInterrupted) => {
                super::print(
                    on.language
                        .say("Nothing was written.\n", "Rien n’a été écrit.\n"),
                )?;
                Ok(None)
            }
            _ => Err(error),
        },
    }
}

/// Whether what was shown is to be written.
pub async fn agreed(lang: Language) -> Result<bool> {
    let question = lang.say("Write it?", "L’écrire ?");
    let answer = tokio::task::spawn_blocking(move || {
        let yes = lang.say("yes", "oui");
        let no = lang.say("no", "non");
        let chosen = Select::new(question, vec![yes, no]).prompt();
        chosen.map(|chosen| chosen == yes)
    });
    match answer.await? {
        Err(InquireError::OperationCanceled | InquireError::OperationInterrupted) => Ok(false),
        answer => Ok(answer?),
    }
}

enum Wanted {
    Claim(Option<String>),
    Answer,
    Same,
    Record(Option<String>),
}

fn owned(asked: Asked<'_>) -> Wanted {
    match asked {
        Asked::Claim { kind } => Wanted::Claim(kind.map(str::to_owned)),
        Asked::Answer => Wanted::Answer,
        Asked::Same => Wanted::Same,
        Asked::Record { noun } => Wanted::Record(noun.map(str::to_owned)),
    }
}

/// One who asks, on a thread of its own.
#[derive(Clone)]
struct Asking {
    lang: Language,
    door: Arc<Door>,
    runtime: Handle,
}

/// A row to choose from: the name it is filled in by, and how it reads.
#[derive(Clone)]
struct Row {
    name: String,
    label: String,
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.label)
    }
}

impl Asking {
    fn all(&self, wanted: Wanted, marking: Option<String>) -> Result<Said> {
        let mut said = Said::new();
        let name = match &wanted {
            Wanted::Claim(kind) => self.one_of("kind", kind.clone(), &mut said)?,
            Wanted::Record(noun) => self.one_of("noun", noun.clone(), &mut said)?,
            Wanted::Answer | Wanted::Same => "attribution".to_owned(),
        };
        let is_about = matches!(wanted, Wanted::Answer | Wanted::Same);
        let follows = |name: &str| is_about && FOLLOWS.contains(&name);
        let form = self.runtime.block_on(form::form(&self.door, &name))?;
        let slots: Vec<&Value> = items(&form["slots"])
            .filter(|slot| !follows(name_of(slot)))
            .collect();
        let wanted_first = |slot: &&&Value| slot["needed"] == true || slot["either"] == true;
        let mut later = Vec::new();
        for slot in &slots {
            let is_one = ["withoutWords", "quotation"].contains(&name_of(slot));
            // What a claim says is said once: the object, or words for it, or a level.
            let is_said = match name_of(slot) {
                "objectText" => said.contains_key("object"),
                "level" => said.contains_key("object") || said.contains_key("objectText"),
                _ => false,
            };
            match wanted_first(&slot) && !is_one && !is_said {
                true => self.slot(slot, &mut said)?,
                false => later.push(*slot),
            }
        }
        let else_known = self.what_else(&later)?;
        for slot in later {
            if else_known.iter().any(|name| name == name_of(slot)) {
                self.slot(slot, &mut said)?;
            }
        }
        let marking = match (marking, wanted) {
            (Some(marking), _) => Some(marking),
            // It follows from the claim that is answered.
            (None, Wanted::Answer) => None,
            (None, _) => Some(self.marking()?),
        };
        said.extend(marking.map(|marking| ("marking".to_owned(), marking.into())));
        Ok(said)
    }

    /// The kind or noun, chosen where it is not said.
    fn one_of(&self, of: &str, known: Option<String>, said: &mut Said) -> Result<String> {
        if let Some(known) = known {
            return Ok(known);
        }
        let path = address(&["api", "v1", "forms"], &[]);
        let forms = self.get(&path)?;
        let key = if of == "kind" { "claims" } else { "records" };
        let rows = rows(&forms[key]);
        let question = match of {
            "kind" => self
                .lang
                .say("What is the claim about?", "Sur quoi porte l’affirmation ?"),
            _ => self.lang.say("What is it?", "Qu’est-ce ?"),
        };
        let row = Select::new(question, rows).with_page_size(12).prompt()?;
        said.insert(of.to_owned(), row.name.as_str().into());
        Ok(row.name)
    }

    fn what_else(&self, slots: &[&Value]) -> Result<Vec<String>> {
        let rows: Vec<Row> = slots
            .iter()
            .map(|slot| Row {
                name: name_of(slot).to_owned(),
                label: label_of(slot),
            })
            .collect();
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let usual: Vec<usize> = (0..rows.len())
            .filter(|at| USUAL.contains(&rows[*at].name.as_str()))
            .collect();
        let question = self.lang.say("What else is known?", "Que sait-on encore ?");
        let help = self.lang.say(
            "space chooses, type to filter, enter goes on",
            "espace choisit, tapez pour filtrer, entrée continue",
        );
        let chosen = MultiSelect::new(question, rows)
            .with_default(&usual)
            .with_help_message(help)
            .prompt()?;
        Ok(chosen.into_iter().map(|row| row.name).collect())
    }

    fn marking(&self) -> Result<String> {
        let question = self.lang.say("Who may see it?", "Qui peut le voir ?");
        let levels = [
            "tlp:clear",
            "tlp:green",
            "tlp:amber",
            "tlp:amber+strict",
            "tlp:red",
        ];
        // Nothing is shown to many by a key that was pressed in haste.
        let levels = levels.to_vec();
        let last = levels.len() - 1;
        let marking = Select::new(question, levels)
            .with_starting_cursor(last)
            .prompt()?;
        Ok(marking.to_owned())
    }

    /// One property: a value, or as many as there are.
    fn slot(&self, slot: &Value, said: &mut Said) -> Result<()> {
        let name = name_of(slot);
        let many = slot["many"] == true;
        let needed = slot["needed"] == true;
        let mut count = 0;
        loop {
            let Some(value) = self.value(slot, needed && count == 0, count > 0, said)? else {
                return Ok(());
            };
            add(said, name, value);
            count += 1;
            if !many || slot["holds"] == "term" && count >= items(&slot["terms"]).count() {
                return Ok(());
            }
        }
    }

    fn value(
        &self,
        slot: &Value,
        needed: bool,
        another: bool,
        said: &Said,
    ) -> Result<Option<Value>> {
        let mut question = label_of(slot);
        if another {
            question = format!("{question}, {}", self.lang.say("another", "un autre"));
        }
        question.push_str(self.lang.colon());
        let says = slot["about"].as_str().or(slot["says"].as_str());
        let says = plain(says.unwrap_or_default());
        let skip = self.lang.say("enter for none", "entrée pour aucun");
        let help = match needed {
            true => says,
            false => format!("{says} ({skip})"),
        };
        match slot["holds"].as_str() {
            Some("term" | "scale") => {
                self.term(&question, rows(&slot["terms"]), needed, name_of(slot))
            }
            Some("band") => {
                let of = match name_of(slot) {
                    "band" => said.get("scale"),
                    _ => said.get("assumedScale"),
                };
                let of = of.and_then(Value::as_str).unwrap_or_default();
                let bands = items(&slot["terms"]).filter(|term| term["of"] == of);
                let bands: Vec<Row> = bands.map(row).collect();
                match bands.is_empty() {
                    true => Ok(None),
                    false => self.term(&question, bands, needed, "band"),
                }
            }
            Some("boolean") => Ok(Some(true.into())),
            holds => self.text(&question, &help, holds, needed),
        }
    }

    fn term(
        &self,
        question: &str,
        rows: Vec<Row>,
        needed: bool,
        name: &str,
    ) -> Result<Option<Value>> {
        let none = Row {
            name: String::new(),
            label: self.lang.say("(not said)", "(non dit)").to_owned(),
        };
        let mut all = rows;
        // What is usual comes first: a claim affirms, on no stated scale.
        if let Some(at) = all
            .iter()
            .position(|row| ["affirms", "unstated"].contains(&row.name.as_str()))
        {
            let usual = all.remove(at);
            all.insert(0, usual);
        }
        if !needed {
            all.insert(0, none);
        }
        let chosen = Select::new(question, all).with_page_size(10).prompt();
        let chosen = chosen.with_context(|| name.to_owned())?;
        Ok(Some(chosen.name)
            .filter(|name| !name.is_empty())
            .map(Value::from))
    }

    fn text(
        &self,
        question: &str,
        help: &str,
        holds: Option<&str>,
        needed: bool,
    ) -> Result<Option<Value>> {
        let mut prompt = Text::new(question).with_help_message(help);
        if holds == Some("record") {
            prompt = prompt.with_autocomplete(Names(self.clone()));
        }
        let (asking, is_record, is_date) =
            (self.clone(), holds == Some("record"), holds == Some("date"));
        let prompt = prompt.with_validator(move |text: &str| {
            let text = text.trim();
            Ok(match asking.amiss(text, needed, is_record, is_date) {
                None => Validation::Valid,
                Some(why) => Validation::Invalid(why.into()),
            })
        });
        let text = prompt.prompt()?;
        let text = match is_record {
            true => id_in(text.trim()),
            false => text.trim(),
        };
        Ok(Some(text).filter(|text| !text.is_empty()).map(Value::from))
    }

    /// What is wrong with an answer, if anything is.
    fn amiss(&self, text: &str, needed: bool, is_record: bool, is_date: bool) -> Option<String> {
        if text.is_empty() {
            let why = self.lang.say("this has to be there", "ceci est requis");
            return needed.then(|| why.to_owned());
        }
        if is_date {
            return Edtf::parse(text).err().map(|error| error.to_string());
        }
        if !is_record {
            return None;
        }
        let path = address(&["api", "v1", "resolve"], &[("text", id_in(text))]);
        let found = match self.get(&path) {
            Ok(found) => found,
            Err(error) => return Some(format!("{error:#}")),
        };
        match found["total"].as_u64() {
            Some(1) => None,
            Some(0) | None => Some(
                self.lang
                    .say(
                        "there is no such record; Tab completes names",
                        "il n’y a pas de telle fiche ; Tab complète les noms",
                    )
                    .to_owned(),
            ),
            Some(_) => Some(
                self.lang
                    .say(
                        "several records bear that name: choose one with Tab",
                        "plusieurs fiches portent ce nom : choisissez avec Tab",
                    )
                    .to_owned(),
            ),
        }
    }

    fn get(&self, path: &str) -> Result<Value> {
        self.runtime
            .block_on(async { self.door.get(path, None).await?.json() })
    }
}

fn name_of(slot: &Value) -> &str {
    slot["name"].as_str().unwrap_or_default()
}

fn label_of(slot: &Value) -> String {
    plain(slot["label"].as_str().unwrap_or_default())
}

fn rows(terms: &Value) -> Vec<Row> {
    items(terms).map(row).collect()
}

fn row(term: &Value) -> Row {
    Row {
        name: name_of(term).to_owned(),
        label: label_of(term),
    }
}

/// The id behind a completed name, `Name  [campaign--…]`; else the text.
fn id_in(text: &str) -> &str {
    let inner = text
        .strip_suffix(']')
        .and_then(|text| text.rsplit_once('['));
    inner.map_or(text, |(_, id)| id)
}

/// Completes names of records.
#[derive(Clone)]
struct Names(Asking);

/// How many names are offered.
const OFFERED: &str = "8";

impl Autocomplete for Names {
    fn get_suggestions(&mut self, input: &str) -> Result<Vec<String>, CustomUserError> {
        let input = input.trim();
        if input.is_empty() {
            return Ok(Vec::new());
        }
        let path = address(
            &["api", "v1", "search"],
            &[("text", input), ("first", OFFERED)],
        );
        let found = self.0.get(&path)?;
        let names = items(&found["items"]).map(|hit| {
            let word = |key: &str| plain(hit[key].as_str().unwrap_or_default());
            format!("{}  [{}]", word("label"), word("id"))
        });
        Ok(names.collect())
    }

    fn get_completion(
        &mut self,
        input: &str,
        highlighted: Option<String>,
    ) -> Result<Replacement, CustomUserError> {
        match highlighted {
            Some(one) => Ok(Some(one)),
            None => Ok(self.get_suggestions(input)?.into_iter().next()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_completed_name_is_its_id() {
        assert_eq!(id_in("Alces Lake  [campaign--1]"), "campaign--1");
        assert_eq!(id_in("Alces Lake"), "Alces Lake");
        assert_eq!(id_in("[odd"), "[odd");
    }
}
