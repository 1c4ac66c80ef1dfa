//! The reads' own queries: parsed once, bound by filling `VALUES ?x { UNDEF }`.

use super::{ReadError, record, terms};
use crate::sparql::{PARSER, bind};
use crate::view::View;
use fieldmark_model::RecordId;
use oxigraph::sparql::{QueryResults, SparqlEvaluator};
use oxrdf::Term;
use spargebra::Query;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// A query of this crate. Its text is ours, so no budget is put on it: what it costs follows from
/// what is bound.
pub struct Fixed {
    text: &'static str,
    parsed: OnceLock<Query>,
}

impl Fixed {
    /// A query, which is parsed when it is first run.
    pub const fn new(text: &'static str) -> Self {
        Self {
            text,
            parsed: OnceLock::new(),
        }
    }

    /// # Panics
    /// When the text is not SPARQL, which any test that reads shows.
    fn parsed(&self) -> &Query {
        self.parsed.get_or_init(|| {
            let parser = PARSER.clone();
            parser
                .parse_query(self.text)
                .expect("the read's query is SPARQL")
        })
    }

    /// The records that it finds beside each of some: of a query whose first column is `?of`, which is
    /// bound, and whose second is what stands beside it, or a child of that.
    pub fn beside<'r>(
        &self,
        view: &View,
        of: impl IntoIterator<Item = &'r RecordId>,
    ) -> Result<BTreeMap<RecordId, BTreeSet<RecordId>>, ReadError> {
        let mut found: BTreeMap<RecordId, BTreeSet<RecordId>> = BTreeMap::new();
        self.run(view, &[("of", terms(of))], |row| {
            let [of, Some(Term::NamedNode(beside))] = row else {
                return;
            };
            if let (Some(of), Some(beside)) =
                (record(of.as_ref()), RecordId::owner_of(beside.as_str()))
            {
                found.entry(of).or_default().insert(beside);
            }
        })?;
        Ok(found)
    }

    /// Runs it; `each` gets the values in the order of the SELECT clause.
    pub fn run(
        &self,
        view: &View,
        bound: &[(&str, Vec<Term>)],
        mut each: impl FnMut(&[Option<Term>]),
    ) -> Result<(), ReadError> {
        let mut query = self.parsed().clone();
        for (name, values) in bound {
            if values.is_empty() {
                return Ok(());
            }
            bind::fill(&mut query, name, values);
        }
        let results = SparqlEvaluator::new()
            .for_query(query)
            .on_store(view.engine())
            .execute()
            .map_err(ReadError::engine)?;
        let QueryResults::Solutions(solutions) = results else {
            return Err(ReadError::engine("the read's query is no SELECT"));
        };
        for solution in solutions {
            each(solution.map_err(ReadError::engine)?.values());
        }
        Ok(())
    }
}
