//! The rules that SHACL Core cannot say.

use super::{Finding, plain};
use fieldmark_analysis::release::Policies;
use fieldmark_model::{Edtf, RecordId};
use fieldmark_rdf::record::Record;
use fieldmark_rdf::vocab::{self, properties};
use oxrdf::{GraphName, NamedNodeRef, Term};

/// What is wrong with a record by rules of our own: defined policies, ids that fit their class, dates that
/// exist and intervals that do not end before they begin.
pub(super) fn own_rules(
    record: &Record,
    unknown: &[&str],
    policies: &Policies,
    place: impl Fn(Option<NamedNodeRef<'_>>) -> Option<u64>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for policy in unknown {
        let quad = record.quads().iter().find(
            |q| matches!(&q.graph_name, GraphName::NamedNode(node) if node.as_str() == *policy),
        );
        findings.push(plain(
            place(quad.map(|q| q.predicate.as_ref())),
            format!(
                "nobody defined the release policy <{policy}>: use a TLP marking definition's IRI, or define it as a marking definition with fm:tlp"
            ),
        ));
    }
    findings.extend(stated_markings(record, policies, &place));
    let noun = record.noun();
    let fits = vocab::NOUNS
        .iter()
        .any(|(name, _, types)| *name == noun.name() && types.contains(&record.id().stix_type()));
    let is_claim = noun == fieldmark_model::Noun::Claim;
    if !fits && !is_claim && noun != fieldmark_model::Noun::Record {
        let wanted: Vec<&str> = vocab::NOUNS
            .iter()
            .filter(|(name, ..)| *name == noun.name())
            .flat_map(|(.., types)| types.iter().copied())
            .collect();
        findings.push(plain(
            place(None),
            format!(
                "{} says it is a {}, whose ids begin with {}--",
                record.id(),
                noun.name(),
                wanted.join("-- or ")
            ),
        ));
    }
    for quad in record.quads() {
        if let Term::Literal(literal) = &quad.object
            && let Some(why) = unprintable(quad.predicate.as_ref(), literal.value())
        {
            findings.push(Finding {
                property: Some(quad.predicate.as_str().to_owned()),
                ..plain(place(Some(quad.predicate.as_ref())), why.to_owned())
            });
        }
        if let Term::Literal(literal) = &quad.object
            && literal.datatype().as_str() == EDTF
            && let Err(error) = Edtf::parse(literal.value())
        {
            findings.push(Finding {
                property: Some(quad.predicate.as_str().to_owned()),
                ..plain(place(Some(quad.predicate.as_ref())), error.to_string())
            });
        }
    }
    for (from, to) in [
        (properties::FM_VALID_FROM, properties::FM_VALID_TO),
        (properties::STIX_FIRST_SEEN, properties::STIX_LAST_SEEN),
    ] {
        if let (Some(begin), Some(end)) = (date(record, from), date(record, to))
            && end.is_before(&begin)
        {
            findings.push(Finding {
                property: Some(to.as_str().to_owned()),
                ..plain(
                    place(Some(to)),
                    format!("the interval ends ({end}) before it begins ({begin}): swap or mend the dates"),
                )
            });
        }
    }
    findings
}

/// Why a text cannot be kept as it is: no text has NUL or other signs that only steer a terminal,
/// and a name is one line, or it could pass for another in a table, a log or a header.
fn unprintable(property: NamedNodeRef<'_>, text: &str) -> Option<&'static str> {
    let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if text.chars().any(steers) {
        return Some("it holds a control character, such as NUL: take it out");
    }
    let is_name = [
        properties::SKOS_PREF_LABEL,
        properties::SKOS_ALT_LABEL,
        properties::RDFS_LABEL,
        properties::DCTERMS_TITLE,
    ]
    .contains(&property);
    (is_name && text.contains(['\n', '\r', '\t', '\u{2028}', '\u{2029}']))
        .then_some("a name is one line: take the line break or tab out")
}

const EDTF: &str = "http://id.loc.gov/datatypes/edtf/EDTF";

fn date(record: &Record, property: NamedNodeRef<'_>) -> Option<Edtf> {
    record.objects(property).find_map(|term| match term {
        Term::Literal(literal) => Edtf::parse(literal.value()).ok(),
        _ => None,
    })
}

/// What a record states of STIX's markings must hold in its release policies as well: a record
/// that says it is TLP:RED and stands under TLP:CLEAR is not to be guessed at.
fn stated_markings(
    record: &Record,
    policies: &Policies,
    place: &impl Fn(Option<NamedNodeRef<'_>>) -> Option<u64>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if record.id().stix_type() == "marking-definition" {
        return findings;
    }
    for quad in record.quads() {
        let name = quad.predicate.as_str().strip_prefix(vocab::STIX);
        if !name.is_some_and(|name| name.to_ascii_lowercase().contains("marking")) {
            continue;
        }
        // The marking of a part stands at the part, which leads here by a name of its own.
        if name.is_some_and(|name| name.starts_with("granular_marking"))
            && matches!(&quad.object, Term::NamedNode(node)
                if RecordId::owner_of(node.as_str()).as_ref() == Some(record.id()))
        {
            continue;
        }
        let marking = match &quad.object {
            Term::NamedNode(node) => RecordId::from_iri(node.as_str())
                .filter(|id| id.stix_type() == "marking-definition"),
            _ => None,
        };
        let why = match marking {
            None => Some(
                "a marking of it cannot be read: write stix:object_marking_refs with a marking definition's IRI".to_owned(),
            ),
            Some(id) => policies.get(&id.iri()).and_then(|stated| {
                let under = record.policies().into_iter().find(|policy| {
                    policies
                        .get(policy)
                        .is_some_and(|policy| !policy.is_as_strict_as(stated))
                })?;
                Some(format!(
                    "it says that it is marked {id}, and a statement of it stands under <{under}>, which shows it to more people: put every statement in the graph of the marking, or mend the marking"
                ))
            }),
        };
        findings.extend(why.map(|why| Finding {
            property: Some(quad.predicate.as_str().to_owned()),
            ..plain(place(Some(quad.predicate.as_ref())), why)
        }));
    }
    findings
}
