//! Views as asserted by a date: what a view shows, without the claims that had not certainly been made
//! by then.
//!
//! Such a view is made of what its audience may see and of nothing else, so it tells nothing that the
//! view does not. It is made again once the view has changed.

use super::build::{self, BuildError};
use super::{Kept, State, View};
use crate::error::StoreError;
use crate::index::answers::Answers;
use fieldmark_model::Edtf;
use fieldmark_model::date::certainly_by;
use fieldmark_rdf::vocab::{classes, properties};
use oxigraph::model::{GraphNameRef, NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use oxigraph::store::Store;
use std::collections::HashSet;
use std::sync::{Arc, Weak};
use std::time::Instant;
use tempfile::TempDir;

/// How the directory of one begins. They are gone with the process.
pub(super) const DIRECTORY: &str = "asserted-";

/// How many statements are loaded at a time.
const BATCH: usize = 100_000;

/// A view as asserted by a date.
pub(super) struct Asserted {
    date: Edtf,
    /// What tells the state of the view it was made of from every other.
    of: Weak<Answers>,
    state: State,
    /// The view of the past it was made of, where it was one.
    past: Option<Arc<super::Past>>,
    /// Where the engine keeps it; removed with it.
    _dir: Option<TempDir>,
}

impl Asserted {
    /// Whether it is what a view shows as asserted by a date.
    pub fn is_of(&self, view: &View, date: &Edtf) -> bool {
        self.date == *date && std::ptr::eq(self.of.as_ptr(), Arc::as_ptr(&view.state.answers))
    }

    /// Whether nobody can ask for it any more, since the view it was made of has changed.
    pub fn is_over(&self) -> bool {
        self.of.strong_count() == 0
    }

    /// Makes it of a view, statement by statement.
    pub fn build(kept: &Kept, view: &View, date: &Edtf) -> Result<Self, StoreError> {
        let started = Instant::now();
        let (store, dir) =
            build::aside(kept.dir.as_deref(), DIRECTORY).map_err(|error| match error {
                BuildError::Engine(why) => kept.trouble(why),
                BuildError::Ledger(error) => error,
            })?;
        let later = later(view.engine(), date).map_err(|why| kept.trouble(why))?;
        let out = without(view.engine(), &store, &later);
        out.map_err(|why| kept.trouble(why))?;
        tracing::info!(
            audience = %kept.audience.name,
            %date,
            left_out = later.len(),
            took_ms = started.elapsed().as_secs_f64() * 1000.0,
            "built a view as asserted by a date"
        );
        Ok(Self {
            date: date.clone(),
            of: Arc::downgrade(&view.state.answers),
            state: State::of(store),
            past: view._past.clone(),
            _dir: dir,
        })
    }

    /// It, as whoever reads `view` reads it.
    pub fn view(self: &Arc<Self>, view: &View) -> View {
        View {
            state: self.state.clone(),
            _past: self.past.clone(),
            _asserted: Some(self.clone()),
            ..view.clone()
        }
    }
}

/// The claims that had not certainly been made by the end of a date, the undated among them.
fn later(store: &Store, date: &Edtf) -> Result<HashSet<NamedNode>, String> {
    let graph = Some(GraphNameRef::DefaultGraph);
    let dated = |claim: &NamedNode, property: NamedNodeRef<'_>| -> Result<Option<Edtf>, String> {
        let claim = Some(claim.as_ref().into());
        for quad in store.quads_for_pattern(claim, Some(property), None, graph) {
            if let Term::Literal(text) = quad.map_err(|error| error.to_string())?.object {
                return Ok(Edtf::parse(text.value()).ok());
            }
        }
        Ok(None)
    };
    let claim = Some(classes::FM_CLAIM.into());
    let claims = store.quads_for_pattern(None, Some(properties::RDF_TYPE), claim, graph);
    let mut later = HashSet::new();
    for quad in claims {
        let NamedOrBlankNode::NamedNode(claim) = quad.map_err(|error| error.to_string())?.subject
        else {
            continue;
        };
        let said = match dated(&claim, properties::FM_ASSERTED_AT)? {
            Some(date) => Some(date),
            None => dated(&claim, properties::FM_PUBLISHED_AT)?,
        };
        if !said.is_some_and(|said| certainly_by(&said, date)) {
            later.insert(claim);
        }
    }
    Ok(later)
}

/// Copies a store without what some records state, what their parts do, and what is stated of them.
fn without(from: &Store, to: &Store, records: &HashSet<NamedNode>) -> Result<(), String> {
    let is_out = |iri: &NamedNode| {
        records.contains(iri)
            || iri
                .as_str()
                .split_once('#')
                .is_some_and(|(whole, _)| records.contains(&NamedNode::new_unchecked(whole)))
    };
    let mut loader = crate::engine::bulk(to, BATCH, 2);
    let mut batch = Vec::new();
    for quad in from.quads_for_pattern(None, None, None, None) {
        let quad = quad.map_err(|error| error.to_string())?;
        let out = matches!(&quad.subject, NamedOrBlankNode::NamedNode(one) if is_out(one))
            || matches!(&quad.object, Term::NamedNode(one) if is_out(one));
        if !out {
            batch.push(quad);
        }
        if batch.len() >= BATCH {
            let batch = std::mem::take(&mut batch);
            loader
                .load_quads(batch)
                .map_err(|error| error.to_string())?;
        }
    }
    loader
        .load_quads(batch)
        .map_err(|error| error.to_string())?;
    loader.commit().map_err(|error| error.to_string())
}
