//! Whether texts that STIX gives a form have it: binary as base64, hexadecimal digits, addresses.

use crate::spec;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use oxiri::Iri;
use serde_json::Value;

/// Refuses what has not the form that its property's name or place asks for (STIX 2.1, clauses 2.1,
/// 2.5 and 2.8: names that end in `_bin` or `_hex`; addresses are of RFC 3986, or IRIs). What others
/// made up, STIX says nothing of.
///
/// # Errors
/// A sentence with the JSON path.
pub(super) fn check(json: &Value) -> Result<(), String> {
    // An address that was made harmless is none, which its object says.
    let harmless = json["defanged"] == true;
    if json["type"] == "url" && !harmless {
        address(&json["value"], "$.value")?;
    }
    let references = json["external_references"].as_array();
    for (at, reference) in references.into_iter().flatten().enumerate() {
        address(
            &reference["url"],
            &format!("$.external_references[{at}].url"),
        )?;
    }
    match json["type"].as_str().and_then(spec::kind) {
        Some(_) => encoded(json, "$"),
        None => Ok(()),
    }
}

fn address(value: &Value, path: &str) -> Result<(), String> {
    match value.as_str().map(Iri::parse) {
        Some(Err(error)) => Err(format!(
            "{path}: \"{}\" is no URL: {error}",
            value.as_str().unwrap_or_default()
        )),
        _ => Ok(()),
    }
}

fn encoded(json: &Value, path: &str) -> Result<(), String> {
    match json {
        Value::Object(fields) => {
            for (key, value) in fields.iter().filter(|(key, _)| !key.starts_with("x_")) {
                let path = format!("{path}.{key}");
                match value.as_str() {
                    Some(text) if key.ends_with("_bin") => {
                        STANDARD.decode(text).map_err(|error| {
                            format!("{path} is no base64 (RFC 4648, 4): {error}")
                        })?;
                    }
                    Some(text) if key.ends_with("_hex") => {
                        hex::decode(text)
                            .map_err(|error| format!("{path} is no hexadecimal number: {error}"))?;
                    }
                    _ => encoded(value, &path)?,
                }
            }
            Ok(())
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(at, item)| encoded(item, &format!("{path}[{at}]"))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_has_not_its_form_is_named_with_its_path() {
        let reference = |url: &str| {
            json!({"type":"campaign","external_references":[
            {"source_name":"a"},{"source_name":"b","url":url}]})
        };
        let held = |property: &str, value: &str| json!({"type":"artifact",(property):value});
        for (json, wanted) in [
            (reference("https://example.org/é?a=b#c"), None),
            (
                reference("ht tp://x"),
                Some("$.external_references[1].url: \"ht tp://x\" is no URL"),
            ),
            (reference("no address"), Some("is no URL")),
            (
                json!({"type":"url","value":"http://[::1"}),
                Some("$.value: "),
            ),
            (
                json!({"type":"url","value":"hxxp://a[.]b","defanged":true}),
                None,
            ),
            (held("payload_bin", "aGk="), None),
            (
                held("payload_bin", "aGk"),
                Some("$.payload_bin is no base64"),
            ),
            (
                held("payload_bin", "%%"),
                Some("$.payload_bin is no base64"),
            ),
            (held("x_rubbish_bin", "north"), None),
            (json!({"type":"x-depot","waste_bin":"north"}), None),
            (
                json!({"type":"file","extensions":{"windows-pebinary-ext":{"optional_header":
                    {"magic_hex":"0g"}}}}),
                Some(
                    "$.extensions.windows-pebinary-ext.optional_header.magic_hex is no hexadecimal",
                ),
            ),
        ] {
            let found = check(&json).err();
            assert_eq!(found.is_some(), wanted.is_some(), "{json}: {found:?}");
            if let (Some(found), Some(wanted)) = (found, wanted) {
                assert!(found.contains(wanted), "{found}");
            }
        }
    }
}
