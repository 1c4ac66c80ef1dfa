//! How far a view has followed the ledger, kept inside the view itself.

use crate::ledger::Hash;
use fieldmark_model::Audience;
use oxigraph::model::{GraphName, GraphNameRef, Literal, NamedNode, NamedNodeRef, Quad, Term};
use oxigraph::store::{Store, Transaction};
use sha2::{Digest, Sha256};

const GRAPH: NamedNodeRef<'static> = NamedNodeRef::new_unchecked("urn:fieldmark:view");
const SEQ: NamedNodeRef<'static> = NamedNodeRef::new_unchecked("urn:fieldmark:view#seq");
const HASH: NamedNodeRef<'static> = NamedNodeRef::new_unchecked("urn:fieldmark:view#hash");
const RULES: NamedNodeRef<'static> = NamedNodeRef::new_unchecked("urn:fieldmark:view#rules");

/// Changes when the release function changes, so that views made by an older one are made again.
const RELEASE: &str = "release 3";

/// The last entry a view holds, and the rules it was made by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Sequence number of the last entry it holds; 0 for none.
    pub seq: u64,
    /// That entry's hash.
    pub hash: Hash,
    rules: String,
}

impl Mark {
    /// The mark of a view of `audience` that holds everything up to `head`.
    pub fn now(head: (u64, Hash), audience: &Audience, key: &[u8; 32]) -> Self {
        Self {
            seq: head.0,
            hash: head.1,
            rules: rules(audience, key),
        }
    }

    /// Whether the view was made by today's rules for this audience.
    pub fn fits(&self, audience: &Audience, key: &[u8; 32]) -> bool {
        self.rules == rules(audience, key)
    }

    /// Reads the mark of a store; `None` when it has none.
    pub(crate) fn read(store: &Store) -> Result<Option<Self>, String> {
        let text = |predicate: NamedNodeRef<'static>| -> Result<Option<String>, String> {
            store
                .quads_for_pattern(
                    Some(GRAPH.into()),
                    Some(predicate),
                    None,
                    Some(GraphNameRef::NamedNode(GRAPH)),
                )
                .next()
                .transpose()
                .map_err(|error| error.to_string())
                .map(|quad| match quad?.object {
                    Term::Literal(literal) => Some(literal.value().to_owned()),
                    _ => None,
                })
        };
        let (Some(seq), Some(hash), Some(rules)) = (text(SEQ)?, text(HASH)?, text(RULES)?) else {
            return Ok(None);
        };
        Ok(seq
            .parse()
            .ok()
            .zip(hash_of(&hash))
            .map(|(seq, hash)| Self { seq, hash, rules }))
    }

    /// The same of a view that is being brought elsewhere in several transactions: one that is found
    /// so was not brought to the end, and is made anew.
    pub(super) fn unfinished(self) -> Self {
        Self {
            rules: "unfinished".to_owned(),
            ..self
        }
    }

    /// Replaces the store's mark within the transaction that brings it there.
    pub(super) fn write(&self, transaction: &mut Transaction<'_>) -> Result<(), String> {
        transaction
            .clear_graph(GRAPH)
            .map_err(|error| error.to_string())?;
        for quad in self.quads() {
            transaction.insert(&quad);
        }
        Ok(())
    }

    /// The mark as statements of the private graph.
    pub(super) fn quads(&self) -> [Quad; 3] {
        let say = |predicate: NamedNodeRef<'static>, text: &str| {
            Quad::new(
                NamedNode::from(GRAPH),
                predicate.into_owned(),
                Literal::from(text),
                GraphName::from(GRAPH.into_owned()),
            )
        };
        [
            say(SEQ, &self.seq.to_string()),
            say(HASH, &hex::encode(self.hash)),
            say(RULES, &self.rules),
        ]
    }
}

fn rules(audience: &Audience, key: &[u8; 32]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(RELEASE);
    hasher.update(format!("{audience:?}"));
    hasher.update(key);
    for text in fieldmark_rdf::ontology::IN_EVERY_VIEW {
        hasher.update(text);
    }
    hex::encode(hasher.finalize())
}

fn hash_of(text: &str) -> Option<Hash> {
    let mut hash = Hash::default();
    hex::decode_to_slice(text, &mut hash).ok()?;
    Some(hash)
}
