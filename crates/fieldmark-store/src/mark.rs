//! How far a view has followed the ledger, kept inside the view itself.

use crate::ledger::Hash;
use fieldmark_model::Audience;
use oxigraph::model::{GraphName, GraphNameRef, Literal, NamedNode, NamedNodeRef, Quad, Term};
use oxigraph::store::{Store, Transaction};
use sha2::{Digest, Sha256};

const GRAPH: NamedNodeRef<'static> = NamedNodeRef::new_unchecked("urn:fieldmark:view");
const STANDS: NamedNodeRef<'static> = NamedNodeRef::new_unchecked("urn:fieldmark:view#stands");

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

    /// Reads the mark of a store; `None` when it has none. What is loaded brings its mark with it, and
    /// those before are taken away by the next transaction: of several, the latest counts.
    pub(crate) fn read(store: &Store) -> Result<Option<Self>, String> {
        let graph = Some(GraphNameRef::NamedNode(GRAPH));
        let mut last: Option<Self> = None;
        for quad in store.quads_for_pattern(Some(GRAPH.into()), Some(STANDS), None, graph) {
            let Term::Literal(said) = quad.map_err(|error| error.to_string())?.object else {
                continue;
            };
            let Some(mark) = Self::parse(said.value()) else {
                continue;
            };
            if last.as_ref().is_none_or(|last| last.seq < mark.seq) {
                last = Some(mark);
            }
        }
        Ok(last)
    }

    fn parse(said: &str) -> Option<Self> {
        let mut parts = said.splitn(3, ' ');
        Some(Self {
            seq: parts.next()?.parse().ok()?,
            hash: hash_of(parts.next()?)?,
            rules: parts.next()?.to_owned(),
        })
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
        transaction.insert(&self.quad());
        Ok(())
    }

    /// The mark as a statement of the private graph.
    pub(super) fn quad(&self) -> Quad {
        let said = format!("{} {} {}", self.seq, hex::encode(self.hash), self.rules);
        Quad::new(
            NamedNode::from(GRAPH),
            STANDS.into_owned(),
            Literal::from(said),
            GraphName::from(GRAPH.into_owned()),
        )
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_mark_counts_and_a_transaction_leaves_one() {
        let store = Store::new().unwrap();
        let mark = |seq| Mark::now((seq, Hash::default()), &Audience::steward(), &[3; 32]);
        assert_eq!(Mark::read(&store), Ok(None));
        for seq in [3, 5, 4] {
            store.insert(&mark(seq).quad()).unwrap();
        }
        assert_eq!(Mark::read(&store), Ok(Some(mark(5))));
        let mut transaction = store.start_transaction().unwrap();
        mark(6).write(&mut transaction).unwrap();
        transaction.commit().unwrap();
        assert_eq!(Mark::read(&store), Ok(Some(mark(6))));
        assert_eq!(store.len().unwrap(), 1);
    }
}
