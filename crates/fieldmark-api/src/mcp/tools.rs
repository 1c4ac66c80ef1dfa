//! The tools: what each is for, what it takes, and the request to the desks that it is.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, header};
use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use serde_json::{Value, json};
use std::sync::Arc;

/// One tool.
pub(super) struct Told {
    pub name: &'static str,
    title: &'static str,
    about: &'static str,
    takes: &'static [Argument],
}

/// One argument: its name, its type in JSON Schema, whether it has to be there, what it is.
struct Argument(&'static str, &'static str, bool, &'static str);

const KNOWN_AT: Argument = Argument(
    "knownAt",
    "string",
    false,
    "As the ledger had it then: a date or a time with its zone; now unless said.",
);

/// Every tool.
pub(super) const TOOLS: [Told; 9] = [
    Told {
        name: "search",
        title: "Find records",
        about: "Finds campaigns, actors, networks, claims, reports and other records by names and quoted words, in any script.",
        takes: &[
            Argument(
                "text",
                "string",
                true,
                "Words that occur in a name or in quoted words.",
            ),
            Argument(
                "noun",
                "string",
                false,
                "Only this noun, such as Campaign, Claim or Organization.",
            ),
            Argument(
                "first",
                "integer",
                false,
                "How many at most; 25 unless said.",
            ),
        ],
    },
    Told {
        name: "show",
        title: "Show a record",
        about: "One record or claim with everything stated of it: words, assessor, likelihood, dates, sources and what it is linked to.",
        takes: &[
            Argument(
                "record",
                "string",
                true,
                "An id, an IRI, a number such as C27, or a name.",
            ),
            KNOWN_AT,
        ],
    },
    Told {
        name: "dossier",
        title: "Who says what about a subject",
        about: "Every claim about a campaign, network or name, proposition by proposition: who says so, in what words, how surely, on which independent lines of evidence, and who dissents.",
        takes: &[
            Argument("subject", "string", true, "An id or a name."),
            Argument(
                "assertedBy",
                "string",
                false,
                "Only what had been asserted by the end of this date.",
            ),
            Argument(
                "scale",
                "string",
                false,
                "The scale whose words headlines use, such as icd203.",
            ),
            Argument(
                "lens",
                "string",
                false,
                "What else is taken for the subject: own (nothing), strict, near or wide. Each thing taken for it is told with the claims that say so.",
            ),
            KNOWN_AT,
        ],
    },
    Told {
        name: "overlap",
        title: "What links two campaigns",
        about: "What two campaigns share, item by item with who says so, how rare each is and what chance would give; without `with`, the campaigns that share most. Shared techniques alone never show one actor.",
        takes: &[
            Argument("of", "string", true, "The campaign: an id or a name."),
            Argument("with", "string", false, "The other one."),
            Argument(
                "shuffles",
                "integer",
                false,
                "How often the population is shuffled to see what chance gives; 0 for not at all.",
            ),
        ],
    },
    Told {
        name: "path",
        title: "How two records are linked",
        about: "The hops that lead from one record to another, each with the claim or relationship that says it.",
        takes: &[
            Argument("from", "string", true, "Where to begin: an id or a name."),
            Argument("to", "string", true, "Where to end: an id or a name."),
            Argument("hops", "integer", false, "How many hops at most."),
        ],
    },
    Told {
        name: "ask",
        title: "Ask a saved question",
        about: "Answers a saved question; without a name, lists the questions with their parameters.",
        takes: &[
            Argument(
                "question",
                "string",
                false,
                "Its name, such as asserted-before or timeline.",
            ),
            Argument(
                "parameters",
                "object",
                false,
                "Its parameters by name, each a text.",
            ),
            Argument("first", "integer", false, "How many rows at most."),
        ],
    },
    Told {
        name: "sparql",
        title: "Ask in SPARQL",
        about: "A SPARQL 1.1 query, read only, over what you may see: OASIS's STIX ontology, PROV-O, SKOS and fm: (https://w3id.org/fieldmark/ns#). A claim is an fm:Claim with fm:subject, fm:object, fm:assessor and fm:verbatim. Use LIMIT.",
        takes: &[Argument(
            "query",
            "string",
            true,
            "The query, prefixes and all.",
        )],
    },
    Told {
        name: "form",
        title: "What can be proposed",
        about: "What a claim of a kind or a record of a noun may say, for the tool propose; without a name, the kinds and nouns.",
        takes: &[Argument(
            "name",
            "string",
            false,
            "A kind of claim such as attribution, or a noun such as campaign.",
        )],
    },
    Told {
        name: "propose",
        title: "Propose a claim or a change",
        about: "Proposes to a person: nothing changes until they take it. Quote the source to the letter in verbatim, name its report and the place in it, and who says it as assessor; never propose your own judgement as somebody's claim.",
        takes: &[
            Argument(
                "order",
                "string",
                true,
                "assertClaim, createRecord, reviseRecord, withdrawClaim, dispute, concur or attachEvidence.",
            ),
            Argument(
                "of",
                "string",
                false,
                "The claim or record it is about, for all but assertClaim and createRecord.",
            ),
            Argument(
                "said",
                "object",
                false,
                "What is said, by name, as the tool form lists it, with kind or noun, and marking (tlp:clear to tlp:red).",
            ),
            Argument(
                "reason",
                "string",
                false,
                "Why, in one line, for the person who decides.",
            ),
            Argument(
                "version",
                "string",
                false,
                "The version of the record that is changed.",
            ),
        ],
    },
];

/// The tools as the protocol lists them.
pub(super) fn listed() -> Vec<Tool> {
    let tools = TOOLS.iter().map(|tool| {
        let properties = tool.takes.iter().map(|Argument(name, kind, _, about)| {
            (
                (*name).to_owned(),
                json!({"type": kind, "description": about}),
            )
        });
        let properties: serde_json::Map<String, Value> = properties.collect();
        let needed = tool
            .takes
            .iter()
            .filter(|Argument(_, _, needed, _)| *needed);
        let needed: Vec<&str> = needed.map(|Argument(name, ..)| *name).collect();
        let schema = json!({"type": "object", "properties": properties, "required": needed,
            "additionalProperties": false});
        let schema: JsonObject = schema.as_object().cloned().unwrap_or_default();
        let writes = tool.name == "propose";
        let annotations = ToolAnnotations::with_title(tool.title)
            .read_only(!writes)
            .destructive(false)
            .idempotent(!writes)
            .open_world(false);
        Tool::new(tool.name, tool.about, Arc::new(schema))
            .with_title(tool.title)
            .with_annotations(annotations)
    });
    tools.collect()
}

/// Why a call is no request.
pub(super) enum Amiss {
    /// No tool has that name.
    NoTool,
    /// Its arguments cannot be used; what to do.
    Arguments(String),
}

/// The request that a call is. `client` is the assistant's program by name and version.
pub(super) fn request(
    name: &str,
    arguments: &JsonObject,
    client: Option<(String, String)>,
) -> Result<Request, Amiss> {
    let tool = TOOLS
        .iter()
        .find(|tool| tool.name == name)
        .ok_or(Amiss::NoTool)?;
    let given = Given::of(tool, arguments).map_err(Amiss::Arguments)?;
    let path = |parts: &[&str]| format!("/api/v1/{}", encoded(parts));
    let get = |path: String, query: &[(&str, Option<String>)]| {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        let said = query
            .iter()
            .filter_map(|(name, value)| Some((name, value.as_deref()?)));
        for (name, value) in said {
            pairs.append_pair(name, value);
        }
        let query = pairs.finish();
        let uri = if query.is_empty() {
            path
        } else {
            format!("{path}?{query}")
        };
        Request::builder()
            .uri(uri)
            .header(header::ACCEPT, "application/json")
            .body(Body::empty())
    };
    let of = |name: &str| given.text(name);
    let needed = |name: &str| of(name).unwrap_or_default();
    let known_at = || ("knownAt", of("knownAt"));
    let request = match name {
        "search" => get(
            path(&["search"]),
            &[
                ("text", of("text")),
                ("noun", of("noun")),
                ("first", of("first")),
            ],
        ),
        "show" => get(path(&["records", &needed("record")]), &[known_at()]),
        "dossier" => get(
            path(&["dossier", &needed("subject")]),
            &[
                ("assertedBy", of("assertedBy")),
                ("lens", of("lens")),
                ("scale", of("scale")),
                known_at(),
            ],
        ),
        "overlap" => get(
            path(&["overlap", &needed("of")]),
            &[("with", of("with")), ("shuffles", of("shuffles"))],
        ),
        "path" => get(
            path(&["path"]),
            &[("from", of("from")), ("to", of("to")), ("hops", of("hops"))],
        ),
        "ask" => match of("question") {
            None => get(path(&["queries"]), &[]),
            Some(question) => {
                let mut query: Vec<(&str, Option<String>)> = vec![("first", of("first"))];
                let parameters = arguments.get("parameters").and_then(Value::as_object);
                for (name, value) in parameters.into_iter().flatten() {
                    query.push((name, Some(plain(value))));
                }
                get(path(&["queries", &question]), &query)
            }
        },
        "sparql" => Request::builder()
            .method(Method::POST)
            .uri("/sparql")
            .header(header::CONTENT_TYPE, "application/sparql-query")
            .header(
                header::ACCEPT,
                "application/sparql-results+json, application/ld+json;q=0.5",
            )
            .body(Body::from(needed("query"))),
        "form" => match of("name") {
            None => get(path(&["forms"]), &[]),
            Some(name) => get(path(&["forms", &name]), &[]),
        },
        _ => {
            let (client, version) =
                client.unwrap_or_else(|| ("assistant".to_owned(), "unknown".to_owned()));
            let mut proposed = json!({"tool": {"name": client, "version": version}});
            for (name, value) in arguments {
                proposed[name] = value.clone();
            }
            Request::builder()
                .method(Method::POST)
                .uri(path(&["proposals"]))
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(proposed.to_string()))
        }
    };
    request.map_err(|error| Amiss::Arguments(error.to_string()))
}

/// Arguments that fit their tool.
struct Given<'a>(&'a JsonObject);

impl<'a> Given<'a> {
    fn of(tool: &Told, arguments: &'a JsonObject) -> Result<Self, String> {
        let names = || tool.takes.iter().map(|Argument(name, ..)| *name);
        for (name, value) in arguments {
            let Some(Argument(_, kind, ..)) = tool.takes.iter().find(|one| one.0 == name) else {
                let names: Vec<&str> = names().collect();
                return Err(format!("{name}: {} takes {}", tool.name, names.join(", ")));
            };
            let fits = match *kind {
                "string" => value.is_string(),
                "integer" => value.is_u64(),
                _ => value.is_object(),
            };
            if !fits && !value.is_null() {
                return Err(format!("{name}: of type {kind} is wanted"));
            }
        }
        let given = Self(arguments);
        let lacks = tool
            .takes
            .iter()
            .find(|one| one.2 && given.text(one.0).is_none());
        match lacks {
            Some(Argument(name, _, _, about)) => Err(format!("{name} is needed: {about}")),
            None => Ok(given),
        }
    }

    fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).filter(|value| !value.is_null()).map(plain)
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Parts of a path, each as one segment.
fn encoded(parts: &[&str]) -> String {
    let parts = parts.iter().map(|part| {
        let encoded: String = form_urlencoded::byte_serialize(part.as_bytes()).collect();
        encoded.replace('+', "%20")
    });
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(name: &str, arguments: Value) -> Result<String, String> {
        let arguments = arguments.as_object().cloned().unwrap_or_default();
        match request(name, &arguments, None) {
            Ok(request) => Ok(request.uri().to_string()),
            Err(Amiss::NoTool) => Err("no tool".to_owned()),
            Err(Amiss::Arguments(why)) => Err(why),
        }
    }

    /// What a tool asks for, the address takes: a name of one that the other does not know would be
    /// found out by an assistant alone.
    #[test]
    fn every_argument_is_one_that_its_address_takes() {
        let (_, document) = crate::rest::described().split_for_parts();
        let document = serde_json::to_value(document).unwrap();
        let mut asked = 0;
        for tool in TOOLS
            .iter()
            .filter(|tool| !["propose", "sparql"].contains(&tool.name))
        {
            let arguments = tool.takes.iter().map(|Argument(name, kind, ..)| {
                let value = match *kind {
                    "integer" => json!(1),
                    "object" => json!({}),
                    _ => json!("x"),
                };
                ((*name).to_owned(), value)
            });
            let address = address(tool.name, Value::Object(arguments.collect())).unwrap();
            let (path, query) = address.split_once('?').unwrap_or((&address, ""));
            let paths = document["paths"].as_object().unwrap();
            let (_, described) = paths
                .iter()
                .find(|(known, _)| {
                    let (known, path) = (known.split('/'), path.split('/'));
                    known.clone().count() == path.clone().count()
                        && known.zip(path).all(|(a, b)| a == b || a.starts_with('{'))
                })
                .unwrap_or_else(|| panic!("{}: nobody answers {path}", tool.name));
            let known = described["get"]["parameters"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            for (name, _) in form_urlencoded::parse(query.as_bytes()) {
                let is_known = known.iter().any(|one| one["name"] == *name);
                assert!(is_known, "{}: {path} takes no {name}", tool.name);
                asked += 1;
            }
        }
        assert!(asked > 8, "{asked}");
    }

    #[test]
    fn a_call_is_an_address_of_the_desks() {
        for (name, arguments, wanted) in [
            (
                "search",
                json!({"text": "a b", "first": 3}),
                "/api/v1/search?text=a+b&first=3",
            ),
            (
                "show",
                json!({"record": "../x?y"}),
                "/api/v1/records/..%2Fx%3Fy",
            ),
            ("ask", json!({}), "/api/v1/queries"),
            (
                "ask",
                json!({"question": "asserted-before", "parameters": {"before": "2023-09-06"}}),
                "/api/v1/queries/asserted-before?before=2023-09-06",
            ),
            (
                "form",
                json!({"name": "attribution"}),
                "/api/v1/forms/attribution",
            ),
        ] {
            assert_eq!(address(name, arguments).as_deref(), Ok(wanted));
        }
        for (name, arguments, why) in [
            ("search", json!({}), "text is needed"),
            ("search", json!({"txt": "a"}), "search takes text"),
            ("search", json!({"text": 1}), "of type string"),
            ("drop", json!({}), "no tool"),
        ] {
            let said = address(name, arguments).unwrap_err();
            assert!(said.contains(why), "{said}");
        }
    }
}
