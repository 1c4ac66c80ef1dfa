//! What is filled in on the command line or in a file, as the desk takes it.

use super::super::toml_file;
use crate::cli::writing::SaidArgs;
use anyhow::{Result, bail};
use serde_json::{Map, Value};
use std::path::Path;

/// What is filled in, by name.
pub type Said = Map<String, Value>;

/// What is given: the file's values, those of the command line before them.
pub fn given(args: &SaidArgs) -> Result<Said> {
    let mut said = filled(args.from.as_deref(), &args.set)?;
    if let Some(marking) = &args.marking {
        said.insert("marking".to_owned(), marking.as_str().into());
    }
    Ok(said)
}

/// The values of a file, and those of the command line before them.
pub fn filled(from: Option<&Path>, set: &[String]) -> Result<Said> {
    let mut said = match from {
        Some(path) => file(path)?,
        None => Said::new(),
    };
    let mut first = Said::new();
    for one in set {
        let (name, value) = pair(one)?;
        add(&mut first, name, value);
    }
    said.extend(first);
    Ok(said)
}

fn file(path: &Path) -> Result<Said> {
    let table = toml_file::read(path)?;
    // Dates may stand without quotation marks.
    let said = table
        .into_iter()
        .filter_map(|(name, value)| Some((name, json(value)?)));
    Ok(said.collect())
}

/// A value of TOML as JSON; an empty text is one that was not filled in.
fn json(value: toml::Value) -> Option<Value> {
    Some(match value {
        toml::Value::String(text) if text.trim().is_empty() => return None,
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(truth) => truth.into(),
        toml::Value::Datetime(time) => time.to_string().into(),
        toml::Value::Array(values) => values.into_iter().filter_map(json).collect(),
        toml::Value::Table(table) => {
            let fields = table.into_iter();
            Value::Object(
                fields
                    .filter_map(|(name, value)| Some((name, json(value)?)))
                    .collect(),
            )
        }
    })
}

/// `name=value`, or `name@lang=value` for words in a language.
fn pair(text: &str) -> Result<(&str, Value)> {
    let Some((name, value)) = text.split_once('=') else {
        bail!("--set {text}: write NAME=VALUE, such as basis=ownAnalysis");
    };
    Ok(match name.split_once('@') {
        Some((name, lang)) => {
            let words = [(lang.to_owned(), Value::from(value))];
            (name, Value::Object(words.into_iter().collect()))
        }
        None => (name, value.into()),
    })
}

/// One more value of a name.
pub fn add(said: &mut Said, name: &str, value: Value) {
    match said.get_mut(name) {
        None => {
            said.insert(name.to_owned(), value);
        }
        Some(Value::Array(values)) => values.push(value),
        Some(one) => {
            let first = std::mem::take(one);
            *one = Value::Array(vec![first, value]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_set_goes_before_the_file_and_what_is_empty_was_not_filled_in() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("claim.toml");
        let text = "basis = \"review\"\nassertedAt = 2023-09-15\nlocator = \"\"\nverbatim = { en = \"x\", fr = \"\" }\n";
        std::fs::write(&path, text).unwrap();
        let args = |set: &[&str]| SaidArgs {
            from: Some(path.clone()),
            set: set.iter().map(ToString::to_string).collect(),
            marking: Some("tlp:green".to_owned()),
            terms: crate::cli::writing::TermsArgs {
                dry_run: false,
                propose: false,
                reason: None,
                loosen: None,
                key: None,
            },
        };
        let said = given(&args(&[
            "basis=ownAnalysis",
            "basis=reported",
            "objectText@fr=a=b",
        ]))
        .unwrap();
        assert_eq!(
            Value::Object(said),
            json!({"basis": ["ownAnalysis", "reported"], "assertedAt": "2023-09-15",
                "verbatim": {"en": "x"}, "objectText": {"fr": "a=b"}, "marking": "tlp:green"})
        );
        let error = given(&args(&["basis"])).unwrap_err().to_string();
        assert!(error.contains("NAME=VALUE"), "{error}");
        std::fs::write(&path, "a = 1\nb = [\n").unwrap();
        let error = given(&args(&[])).unwrap_err().to_string();
        assert!(
            error.contains("claim.toml:2") || error.contains("claim.toml:3"),
            "{error}"
        );
    }
}
