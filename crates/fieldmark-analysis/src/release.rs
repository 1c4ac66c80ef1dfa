//! Release: from all records to the triples that one audience may see.
//!
//! A record is visible when its type is, and, if it relates others, when what it relates is: a
//! relationship needs both ends, a claim its subject and its object. That is a greatest fixpoint,
//! since claims may be about claims. A reference to a record that is not visible is dropped, but
//! a claim never loses its assessor or its evidence: a hidden one is replaced by a pseudonym that
//! is stable for the audience and means nothing outside it. A relation to a hidden claim leaves
//! its name.

mod merge;
mod past;
mod remark;
mod why;

pub use remark::{Remarked, redefined, remarked};
pub use why::{Why, Withheld, spoken_of};

use fieldmark_model::{Audience, Policy, RecordId, Tlp};
use fieldmark_rdf::record::Record;
use fieldmark_rdf::vocab::{DERIVATIONS, EDGES, classes, properties};
use hmac::{Hmac, KeyInit, Mac};
use oxrdf::{GraphName, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term, Triple};
use sha2::Sha256;
use std::collections::{BTreeMap, HashMap, HashSet};

/// The policies that marking definitions define, by the IRI that graphs are named with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policies(BTreeMap<String, Policy>);

impl Policies {
    /// Takes one record in; anything but a marking definition changes nothing. One without a level of
    /// TLP defines no policy, and what stands under it is shown to nobody but the steward.
    pub fn learn(&mut self, record: &Record) {
        match policy_of(record) {
            Some(policy) => {
                self.0.insert(record.id().iri(), policy);
            }
            None if record.id().stix_type() == "marking-definition" => {
                self.0.remove(&record.id().iri());
            }
            None => {}
        }
    }

    /// The policy of that IRI, if anybody defined it.
    pub fn get(&self, iri: &str) -> Option<&Policy> {
        self.0.get(iri)
    }

    /// Every policy with its IRI.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Policy)> {
        self.0.iter().map(|(iri, policy)| (iri.as_str(), policy))
    }
}

/// The policy that a marking definition states.
pub fn policy_of(record: &Record) -> Option<Policy> {
    if record.id().stix_type() != "marking-definition" {
        return None;
    }
    let text = |term: &Term| match term {
        Term::Literal(literal) => Some(literal.value().to_owned()),
        _ => None,
    };
    let tlp = record.objects(properties::FM_TLP).find_map(text)?;
    Some(Policy {
        tlp: Tlp::parse(&tlp)?,
        releasable_to: record
            .objects(properties::FM_RELEASABLE_TO)
            .filter_map(text)
            .collect(),
    })
}

/// One audience's eyes: what it is, the policies in force, and the key of its pseudonyms.
pub struct Eyes<'a> {
    /// Who looks.
    pub audience: &'a Audience,
    /// The policies in force.
    pub policies: &'a Policies,
    /// The audience's own secret, from which pseudonyms are made.
    pub key: &'a [u8; 32],
}

impl Eyes<'_> {
    /// What must be visible for `record` to be; `None` when its own policies hide it.
    pub fn needs(&self, record: &Record) -> Option<Vec<RecordId>> {
        let mut typed = false;
        let mut relates = false;
        let mut needs = Vec::new();
        let mut withheld_end = false;
        for quad in record.quads() {
            let seen = self.sees(quad);
            let predicate = quad.predicate.as_ref();
            if predicate == properties::RDF_TYPE && is_own(record, quad) && seen {
                typed = true;
                relates |= is_class(&quad.object, RELATING);
            } else if ENDS.contains(&predicate) {
                if seen {
                    needs.extend(record_in(&quad.object));
                } else {
                    withheld_end = true;
                }
            }
        }
        match (typed, relates) {
            (false, _) => None,
            (true, false) => Some(Vec::new()),
            (true, true) if withheld_end => None,
            (true, true) => Some(needs),
        }
    }

    /// The triples of a visible `record`, given which other records are visible.
    pub fn render(&self, record: &Record, visible: impl Fn(&RecordId) -> bool) -> Vec<Triple> {
        let mut out = Vec::new();
        let mut edge = Edge::default();
        for quad in record.quads() {
            let target = record_in(&quad.object).filter(|id| id != record.id());
            let shown = self.sees(quad)
                && target.as_ref().is_none_or(&visible)
                && mentioned(quad).iter().all(&visible);
            let predicate = quad.predicate.as_ref();
            if shown {
                edge.note(quad);
                out.push(triple(quad));
            } else if predicate == properties::FM_ASSESSOR
                || (predicate == properties::FM_EVIDENCE && !self.audience.sees_all)
            {
                // Two claims that rest on one hidden piece of evidence must go on resting on one.
                if let Some(hidden) = record_in(&quad.object) {
                    out.extend(self.pseudonymous(quad, &hidden));
                }
            } else if DERIVATIONS.contains(&predicate) && !self.audience.sees_all {
                // Without this mark a claim that rests on a hidden one would look independent.
                out.push(Triple::new(
                    quad.subject.clone(),
                    properties::FM_DERIVATION_WITHHELD.into_owned(),
                    quad.predicate.clone(),
                ));
            }
        }
        out.extend(edge.triple());
        out
    }

    /// The id that stands for a hidden assessor or piece of evidence: the same for this audience every time (RFC 2104
    /// HMAC-SHA-256 over the id, laid out as a UUID of RFC 9562 version 8).
    pub fn pseudonym(&self, hidden: &RecordId) -> RecordId {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key)
            .unwrap_or_else(|_| unreachable!("HMAC takes keys of every length"));
        mac.update(hidden.as_str().as_bytes());
        let digest = mac.finalize().into_bytes();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        let kind = match hidden.stix_type() {
            "evidence" => "evidence",
            _ => "identity",
        };
        let id = format!(
            "{kind}--{}",
            uuid::Builder::from_custom_bytes(bytes).into_uuid()
        );
        RecordId::parse(&id).unwrap_or_else(|_| unreachable!("a UUID makes an id"))
    }

    fn sees(&self, quad: &Quad) -> bool {
        let policy = match &quad.graph_name {
            GraphName::NamedNode(node) => self.policies.get(node.as_str()),
            _ => None,
        };
        self.audience.sees(policy)
    }

    fn pseudonymous(&self, quad: &Quad, hidden: &RecordId) -> Vec<Triple> {
        let node = NamedNode::new_unchecked(self.pseudonym(hidden).iri());
        let mut out = vec![Triple::new(
            quad.subject.clone(),
            quad.predicate.clone(),
            node.clone(),
        )];
        out.extend(match quad.predicate.as_ref() == properties::FM_EVIDENCE {
            true => withheld(
                &node,
                &[classes::FM_EVIDENCE],
                "withheld evidence",
                "élément de preuve non divulgué",
            ),
            false => withheld(
                &node,
                &[classes::FM_WITHHELD_ASSESSOR, classes::STIX_IDENTITY],
                "withheld assessor",
                "évaluateur non divulgué",
            ),
        });
        out
    }
}

/// Whether an id is of the kind that [`Eyes::pseudonym`] makes, which no record has: an identity's
/// or a piece of evidence's with a UUID of version 8.
pub fn is_pseudonym(id: &RecordId) -> bool {
    ["identity--", "evidence--"]
        .into_iter()
        .find_map(|kind| id.as_str().strip_prefix(kind))
        .and_then(|uuid| uuid::Uuid::try_parse(uuid).ok())
        .is_some_and(|uuid| uuid.get_version_num() == 8)
}

/// Whether a record relates others, and so stands or falls with them.
pub fn relates(record: &Record) -> bool {
    record.quads().iter().any(|quad| {
        quad.predicate.as_ref() == properties::RDF_TYPE
            && is_own(record, quad)
            && is_class(&quad.object, RELATING)
    })
}

/// What a view says of a pseudonym: what it is, and what to call it in English and French.
fn withheld(node: &NamedNode, kinds: &[NamedNodeRef<'_>], en: &str, fr: &str) -> Vec<Triple> {
    let kinds = kinds
        .iter()
        .map(|kind| (properties::RDF_TYPE, kind.into_owned().into()));
    let names = [(en, "en"), (fr, "fr")].map(|(text, tag)| {
        let name = Literal::new_language_tagged_literal_unchecked(text, tag);
        (properties::SKOS_PREF_LABEL, Term::from(name))
    });
    kinds
        .chain(names)
        .map(|(predicate, object)| Triple::new(node.clone(), predicate.into_owned(), object))
        .collect()
}

/// The greatest set in which every member has what it needs.
pub fn fixpoint(needs: &HashMap<RecordId, Vec<RecordId>>) -> HashSet<RecordId> {
    let mut wanted_by: HashMap<&RecordId, Vec<&RecordId>> = HashMap::new();
    for (id, targets) in needs {
        for target in targets {
            wanted_by.entry(target).or_default().push(id);
        }
    }
    let mut gone: HashSet<&RecordId> = HashSet::new();
    let mut open: Vec<&RecordId> = wanted_by
        .keys()
        .copied()
        .filter(|id| !needs.contains_key(*id))
        .collect();
    while let Some(id) = open.pop() {
        for dependent in wanted_by.get(id).into_iter().flatten() {
            if gone.insert(dependent) {
                open.push(dependent);
            }
        }
    }
    needs
        .keys()
        .filter(|id| !gone.contains(id))
        .cloned()
        .collect()
}

/// Everything `eyes` may see of `records`, as the triples of its view.
///
/// ```
/// use fieldmark_analysis::release::{Eyes, Policies, release};
/// use fieldmark_model::{Audience, RecordId, Tlp};
/// use fieldmark_rdf::{Record, vocab::{classes, properties}};
/// use oxrdf::{Literal, NamedNode, NamedNodeRef, Quad, Term};
/// let policy = |level: Tlp| RecordId::parse(level.marking_id()).unwrap();
/// let node = |id: &RecordId| NamedNode::new_unchecked(id.iri());
/// let say = |id: &RecordId, property: NamedNodeRef<'_>, object: Term, level| {
///     Quad::new(node(id), property, object, node(&policy(level)))
/// };
/// let text = |words: &str| Term::from(Literal::from(words));
/// let mut policies = Policies::default();
/// for level in [Tlp::Clear, Tlp::Amber] {
///     let id = policy(level);
///     let named = say(&id, properties::FM_TLP, text(level.name()), Tlp::Clear);
///     let class = classes::STIX_MARKING_DEFINITION.into();
///     let typed = say(&id, properties::RDF_TYPE, class, Tlp::Clear);
///     policies.learn(&Record::new(id, vec![typed, named])?);
/// }
/// let id = RecordId::derived("campaign", "Alces Lake");
/// let class = classes::STIX_CAMPAIGN.into();
/// let campaign = vec![
///     say(&id, properties::RDF_TYPE, class, Tlp::Clear),
///     say(&id, properties::DCTERMS_DESCRIPTION, text("for partners"), Tlp::Amber),
/// ];
/// let campaign = Record::new(id, campaign)?;
/// let eyes = Eyes { audience: &Audience::public(), policies: &policies, key: &[0; 32] };
/// assert_eq!(release([&campaign], &eyes).len(), 1);
/// # Ok::<(), fieldmark_rdf::record::RecordError>(())
/// ```
pub fn release<'a>(
    records: impl IntoIterator<Item = &'a Record> + Clone,
    eyes: &Eyes<'_>,
) -> HashSet<Triple> {
    let needs = records
        .clone()
        .into_iter()
        .filter_map(|record| Some((record.id().clone(), eyes.needs(record)?)))
        .collect();
    let visible = fixpoint(&needs);
    records
        .into_iter()
        .filter(|record| visible.contains(record.id()))
        .flat_map(|record| eyes.render(record, |id| visible.contains(id)))
        .collect()
}

/// The records that JSON names by their ids, which stand in no statement of their own.
fn mentioned(quad: &Quad) -> Vec<RecordId> {
    let Term::Literal(literal) = &quad.object else {
        return Vec::new();
    };
    if quad.predicate.as_ref() != properties::FM_OTHER_PROPERTIES {
        return Vec::new();
    }
    let text = literal.value();
    let is_type = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.match_indices("--")
        .filter_map(|(at, _)| {
            let kind = text[..at].rfind(|c| !is_type(c)).map_or(0, |end| {
                end + text[end..].chars().next().map_or(1, char::len_utf8)
            });
            RecordId::parse(text.get(kind..at + 2 + UUID)?).ok()
        })
        .collect()
}

/// How long a UUID is.
const UUID: usize = 36;

/// The record that an object belongs to, if it is one of ours.
pub fn record_in(object: &Term) -> Option<RecordId> {
    match object {
        Term::NamedNode(node) => RecordId::owner_of(node.as_str()),
        _ => None,
    }
}

/// The classes of records that relate others.
const RELATING: &[NamedNodeRef<'static>] = &[classes::STIX_RELATIONSHIP, classes::FM_CLAIM];

const ENDS: [NamedNodeRef<'static>; 4] = [
    properties::STIX_SOURCE_REF,
    properties::STIX_TARGET_REF,
    properties::FM_SUBJECT,
    properties::FM_OBJECT,
];

/// The direct edge that a relationship also yields.
#[derive(Default)]
struct Edge<'a> {
    from: Option<&'a NamedNode>,
    to: Option<&'a NamedNode>,
    kind: Option<&'a str>,
}

impl<'a> Edge<'a> {
    fn note(&mut self, quad: &'a Quad) {
        let predicate = quad.predicate.as_ref();
        match &quad.object {
            Term::NamedNode(node) if predicate == properties::STIX_SOURCE_REF => {
                self.from = Some(node)
            }
            Term::NamedNode(node) if predicate == properties::STIX_TARGET_REF => {
                self.to = Some(node)
            }
            Term::Literal(kind) if predicate == properties::STIX_RELATIONSHIP_TYPE => {
                self.kind = Some(kind.value());
            }
            _ => {}
        }
    }

    fn triple(&self) -> Option<Triple> {
        let (_, predicate) = EDGES.iter().find(|(kind, _)| Some(*kind) == self.kind)?;
        Some(Triple::new(
            self.from?.clone(),
            predicate.into_owned(),
            self.to?.clone(),
        ))
    }
}

fn triple(quad: &Quad) -> Triple {
    Triple::new(
        quad.subject.clone(),
        quad.predicate.clone(),
        quad.object.clone(),
    )
}

fn is_own(record: &Record, quad: &Quad) -> bool {
    matches!(&quad.subject, NamedOrBlankNode::NamedNode(node)
        if RecordId::from_iri(node.as_str()).as_ref() == Some(record.id()))
}

fn is_class(object: &Term, classes: &[NamedNodeRef<'_>]) -> bool {
    matches!(object, Term::NamedNode(node) if classes.contains(&node.as_ref()))
}

#[cfg(test)]
mod tests;
