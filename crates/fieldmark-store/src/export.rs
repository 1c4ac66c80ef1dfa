//! Export: the statements of a view's records, as they can be read back in.

use crate::engine::{each, states_type};
use crate::error::StoreError;
use crate::view::View;
use fieldmark_model::RecordId;
use fieldmark_model::id::ID_BASE;
use fieldmark_rdf::ontology::shared_triples;
use fieldmark_rdf::vocab::{EDGES, properties};
use oxigraph::model::{GraphNameRef, NamedNode, NamedOrBlankNode, Quad, Term, Triple};
use oxigraph::store::StorageError;
use std::collections::{BTreeSet, HashSet};

impl View {
    /// Hands on what stands about some records and their parts, subject by subject in order of their
    /// text, the direct edges of relationships among it; of the whole view, which is all
    /// [stated](Self::stated) records, the ontology as well. Whoever loads it finds what a query of
    /// the view finds.
    pub fn each_shown<E: From<StoreError>>(
        &self,
        ids: &BTreeSet<RecordId>,
        is_whole: bool,
        with: &mut dyn FnMut(Vec<Triple>) -> Result<(), E>,
    ) -> Result<(), E> {
        let terms = match is_whole {
            true => self.of_terms()?,
            false => Vec::new(),
        };
        // No record's name comes between those of terms on one side of where records begin.
        let comes_first =
            |triple: &Triple| triple.subject.to_string().as_str() < format!("<{ID_BASE}").as_str();
        let (before, after): (Vec<Triple>, Vec<Triple>) = terms.into_iter().partition(comes_first);
        with(before)?;
        for id in ids {
            with(self.triples_of([id])?)?;
        }
        with(after)
    }

    /// What it states of the ontology's terms, as the engine keeps it: 0.90 is 0.9.
    fn of_terms(&self) -> Result<Vec<Triple>, StoreError> {
        let terms: HashSet<NamedOrBlankNode> =
            shared_triples().map(|triple| triple.subject).collect();
        let graph = Some(GraphNameRef::DefaultGraph);
        let mut out = Vec::new();
        for term in &terms {
            for quad in self
                .engine()
                .quads_for_pattern(Some(term.as_ref()), None, None, graph)
            {
                out.push(self.taken(quad)?);
            }
        }
        Ok(out)
    }

    /// The statements about the records `of`, or about all records: what can be imported again.
    /// Terms of the ontology and the direct edges that follow from relationships are left out.
    /// Sorted by subject, so that the same view always gives the same order. Memory grows with
    /// the answer.
    pub fn statements(&self, of: Option<&BTreeSet<RecordId>>) -> Result<Vec<Triple>, StoreError> {
        let mut triples = Vec::new();
        for triple in self.triples(of)? {
            let NamedOrBlankNode::NamedNode(subject) = &triple.subject else {
                continue;
            };
            let owner = RecordId::owner_of(subject.as_str());
            if owner.is_some_and(|owner| of.is_none_or(|wanted| wanted.contains(&owner)))
                && !self.follows_from_a_relationship(&triple)?
            {
                triples.push(triple);
            }
        }
        triples.sort_by_cached_key(ToString::to_string);
        Ok(triples)
    }

    /// The records it states something of, in order.
    pub fn stated(&self) -> Result<BTreeSet<RecordId>, StoreError> {
        let mut ids = BTreeSet::new();
        each(self.engine(), properties::RDF_TYPE, None, |subject, _| {
            ids.extend(RecordId::from_iri(subject.as_str()));
        })
        .map_err(|error| self.trouble(&error))?;
        Ok(ids)
    }

    /// Whether it states something of a record.
    pub fn states(&self, id: &RecordId) -> Result<bool, StoreError> {
        states_type(self.engine(), id).map_err(|why| self.trouble(&why))
    }

    /// The records whose statements, or those of their parts, lead to one, in order.
    pub fn leading_to(&self, id: &RecordId) -> Result<BTreeSet<RecordId>, StoreError> {
        let node = NamedNode::new_unchecked(id.iri());
        let graph = Some(GraphNameRef::DefaultGraph);
        let mut from = BTreeSet::new();
        let engine = self.engine();
        for quad in engine.quads_for_pattern(None, None, Some(node.as_ref().into()), graph) {
            let triple = Triple::from(quad.map_err(|error| self.trouble(&error))?);
            let NamedOrBlankNode::NamedNode(subject) = &triple.subject else {
                continue;
            };
            if let Some(owner) = RecordId::owner_of(subject.as_str())
                && owner != *id
                && !self.follows_from_a_relationship(&triple)?
            {
                from.insert(owner);
            }
        }
        Ok(from)
    }

    fn triples(&self, of: Option<&BTreeSet<RecordId>>) -> Result<Vec<Triple>, StoreError> {
        let Some(of) = of else {
            return self.all_triples();
        };
        self.triples_of(of)
    }

    fn all_triples(&self) -> Result<Vec<Triple>, StoreError> {
        let graph = Some(GraphNameRef::DefaultGraph);
        let engine = self.engine();
        let mut out = Vec::new();
        for quad in engine.quads_for_pattern(None, None, None, graph) {
            out.push(self.taken(quad)?);
        }
        Ok(out)
    }

    /// What it states of some records and their parts.
    fn triples_of<'i>(
        &self,
        ids: impl IntoIterator<Item = &'i RecordId>,
    ) -> Result<Vec<Triple>, StoreError> {
        let graph = Some(GraphNameRef::DefaultGraph);
        let engine = self.engine();
        let mut out = Vec::new();
        // A record's children are reached from it, so following its own objects finds them all.
        let ids = ids.into_iter();
        let mut open: Vec<NamedNode> = ids.map(|id| NamedNode::new_unchecked(id.iri())).collect();
        let mut seen: HashSet<NamedNode> = open.iter().cloned().collect();
        while let Some(subject) = open.pop() {
            for quad in engine.quads_for_pattern(Some(subject.as_ref().into()), None, None, graph) {
                let triple = self.taken(quad)?;
                if let Term::NamedNode(object) = &triple.object
                    && object
                        .as_str()
                        .strip_prefix(ID_BASE)
                        .is_some_and(|local| local.contains('#'))
                    && seen.insert(object.clone())
                {
                    open.push(object.clone());
                }
                out.push(triple);
            }
        }
        Ok(out)
    }

    fn follows_from_a_relationship(&self, triple: &Triple) -> Result<bool, StoreError> {
        let NamedOrBlankNode::NamedNode(subject) = &triple.subject else {
            return Ok(false);
        };
        if !EDGES
            .iter()
            .any(|(_, edge)| *edge == triple.predicate.as_ref())
        {
            return Ok(false);
        }
        let graph = GraphNameRef::DefaultGraph;
        for quad in self.engine().quads_for_pattern(
            None,
            Some(properties::STIX_SOURCE_REF),
            Some(subject.as_ref().into()),
            Some(graph),
        ) {
            let relationship = quad.map_err(|error| self.trouble(&error))?.subject;
            let ends_there = oxigraph::model::QuadRef::new(
                relationship.as_ref(),
                properties::STIX_TARGET_REF,
                triple.object.as_ref(),
                graph,
            );
            if self
                .engine()
                .contains(ends_there)
                .map_err(|error| self.trouble(&error))?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn taken(&self, quad: Result<Quad, StorageError>) -> Result<Triple, StoreError> {
        quad.map(Triple::from).map_err(|error| self.trouble(&error))
    }

    fn trouble(&self, error: &impl ToString) -> StoreError {
        StoreError::Behind {
            audience: self.audience().to_owned(),
            why: error.to_string(),
        }
    }
}
