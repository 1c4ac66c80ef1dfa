//! Small records and bases for tests.

use crate::gate::{Caller, Credential, Role, Writer};
use crate::proposals::{Proposal, TakeUp};
use crate::{Base, Options, Outcome, StoreError};
use fieldmark_model::{Audience, RecordId, Tlp};
use fieldmark_rdf::Record;
use fieldmark_rdf::vocab::{classes, properties};
use oxrdf::{Literal, NamedNode, NamedNodeRef, Quad, Term};
use std::collections::BTreeSet;

/// An empty base with an audience `partner` that sees up to a level, in a directory that goes with it.
pub fn base_with_partner(ceiling: Tlp) -> (Base, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let partner = Audience {
        name: "partner".into(),
        ceiling,
        memberships: BTreeSet::new(),
        sees_all: false,
    };
    let options = Options {
        audiences: vec![partner],
        ..Options::default()
    };
    (Base::open(dir.path(), options).unwrap(), dir)
}

/// Whoever has a token of that name, made just now.
pub fn with_token(base: &Base, name: &str, audience: &str, role: Role) -> Caller {
    let gate = base.gate();
    let operator = gate.enter(Credential::Local).unwrap().operator.unwrap();
    let secret = gate.create_token(&operator, name, audience, role, None);
    gate.enter(Credential::Token(&secret.unwrap())).unwrap()
}

/// What becomes of one proposal that is taken up.
pub fn take(
    base: &Base,
    writer: &Writer,
    proposal: &Proposal,
    loosen: Option<&str>,
    anyway: bool,
) -> Result<Outcome, StoreError> {
    let how = TakeUp {
        loosen: loosen.map(str::to_owned),
        anyway,
        reason: None,
    };
    base.accept(writer, std::slice::from_ref(proposal), &how)?
        .remove(0)
}

/// The `n`th id of a type.
pub fn id(kind: &str, n: u8) -> RecordId {
    RecordId::derived(kind, &n.to_string())
}

/// The policy of a TLP level.
pub fn policy(level: Tlp) -> NamedNode {
    NamedNode::new_unchecked(RecordId::parse(level.marking_id()).unwrap().iri())
}

/// A record as the object of a statement.
pub fn node(id: &RecordId) -> Term {
    NamedNode::new_unchecked(id.iri()).into()
}

/// A record of these statements, each at its level.
pub fn record(id: &RecordId, statements: &[(NamedNodeRef<'_>, Term, Tlp)]) -> Record {
    let quads = statements
        .iter()
        .map(|(predicate, object, level)| {
            Quad::new(
                NamedNode::new_unchecked(id.iri()),
                predicate.into_owned(),
                object.clone(),
                policy(*level),
            )
        })
        .collect();
    Record::new(id.clone(), quads).unwrap()
}

/// A record that has a type and a label.
pub fn thing(id: &RecordId, label: &str, level: Tlp) -> Record {
    record(
        id,
        &[
            (
                properties::RDF_TYPE,
                classes::STIX_CAMPAIGN.into_owned().into(),
                level,
            ),
            (
                properties::SKOS_PREF_LABEL,
                Literal::new_language_tagged_literal_unchecked(label, "en").into(),
                level,
            ),
        ],
    )
}

/// The marking definition of a TLP level.
pub fn definition(level: Tlp) -> Record {
    definition_of(&RecordId::parse(level.marking_id()).unwrap(), level)
}

/// A marking definition of that id, for those who see a TLP level.
pub fn definition_of(id: &RecordId, level: Tlp) -> Record {
    record(
        id,
        &[
            (
                properties::RDF_TYPE,
                classes::STIX_MARKING_DEFINITION.into_owned().into(),
                Tlp::Clear,
            ),
            (
                properties::FM_TLP,
                Literal::from(level.name()).into(),
                Tlp::Clear,
            ),
        ],
    )
}
