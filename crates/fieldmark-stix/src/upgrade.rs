//! STIX 2.0 as 2.1 (OASIS, STIX 2.1, appendix on changes): what has the same meaning under another
//! name. What the object said is kept as it came in; this is what is read of it.

use serde_json::{Map, Value, json};

/// Why an object is read as one of STIX 2.1 that does not say it is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is one of STIX 2.0, which states no version of its own.
    Older,
    /// It says its type for its version: OpenTAXII (0.9.3) gives out every object so.
    Misstated,
}

/// Whether and why an object is read as one of STIX 2.1 that does not say it is one.
///
/// ```
/// use fieldmark_stix::upgrade::{Why, why};
/// let object = serde_json::json!({"type":"report","spec_version":"report"});
/// assert_eq!(why(object.as_object().unwrap()), Some(Why::Misstated));
/// ```
pub fn why(object: &Map<String, Value>) -> Option<Why> {
    match (object.get("type"), object.get("spec_version")) {
        (Some(_), None) if object.contains_key("created") => Some(Why::Older),
        (Some(kind), Some(version)) if kind == version => Some(Why::Misstated),
        _ => None,
    }
}

/// Makes an object that [`why`] has a reason for one of 2.1.
///
/// ```
/// let mut object = serde_json::json!({"type":"indicator","created":"2017-01-01T00:00:00.000Z","labels":["benign"]});
/// fieldmark_stix::upgrade::upgrade(object.as_object_mut().unwrap());
/// assert_eq!(object["indicator_types"][0], "benign");
/// assert_eq!(object["pattern_type"], "stix");
/// ```
pub fn upgrade(object: &mut Map<String, Value>) {
    let older = why(object) == Some(Why::Older);
    object.insert("spec_version".into(), "2.1".into());
    if !older {
        return;
    }
    let kind = object["type"].as_str().unwrap_or_default().to_owned();
    // The labels of 2.0 were the closed kinds of these types.
    let kinds = match kind.as_str() {
        "indicator" => Some("indicator_types"),
        "malware" => Some("malware_types"),
        "report" => Some("report_types"),
        "threat-actor" => Some("threat_actor_types"),
        "tool" => Some("tool_types"),
        _ => None,
    };
    if let Some(kinds) = kinds.filter(|kinds| !object.contains_key(*kinds))
        && let Some(labels) = object.get("labels").filter(|labels| labels.is_array())
    {
        let labels = labels.clone();
        object.insert(kinds.into(), labels);
    }
    let mut default = |key: &str, value: Value| {
        object.entry(key).or_insert(value);
    };
    match kind.as_str() {
        "indicator" => default("pattern_type", "stix".into()),
        // In 2.0 malware was one thing or a family, and nothing said which.
        "malware" => default("is_family", json!(false)),
        _ => {}
    }
}
