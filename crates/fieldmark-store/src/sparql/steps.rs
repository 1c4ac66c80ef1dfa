//! A view for property paths that are open at both ends.
//!
//! The engine follows such a path to its end before it gives a first row, and goes on through all
//! that is left when one of its steps fails: four of them ran 29 s against a budget of 8. So each
//! step looks at the budget and throws when it is used up.

use super::budget::Budget;
use oxigraph::store::{StorageError, Store};
use oxrdf::{GraphNameRef, NamedOrBlankNodeRef, Term};
use spareval::{InternalQuad, QueryableDataset};
use spargebra::algebra::{GraphPattern, PropertyPathExpression};
use spargebra::term::TermPattern;
use std::sync::Arc;

/// A store that is read one watched step at a time.
pub struct Steps {
    pub store: Store,
    pub budget: Arc<Budget>,
}

impl<'a> QueryableDataset<'a> for Steps {
    type InternalTerm = Term;
    type Error = StorageError;

    fn internal_quads_for_pattern(
        &self,
        subject: Option<&Term>,
        predicate: Option<&Term>,
        object: Option<&Term>,
        graph_name: Option<Option<&Term>>,
    ) -> impl Iterator<Item = Result<InternalQuad<Term>, StorageError>> + use<'a> {
        let budget = self.budget.clone();
        budget.pass(0);
        let subject = subject.map(|term| match term {
            Term::NamedNode(node) => Some(NamedOrBlankNodeRef::from(node.as_ref())),
            Term::BlankNode(node) => Some(NamedOrBlankNodeRef::from(node.as_ref())),
            _ => None,
        });
        let predicate = predicate.map(|term| match term {
            Term::NamedNode(node) => Some(node.as_ref()),
            _ => None,
        });
        // A view is its default graph; nothing else in it is anybody's to read.
        let possible = !matches!(subject, Some(None))
            && !matches!(predicate, Some(None))
            && matches!(graph_name, Some(None));
        let quads = possible.then(|| {
            self.store.quads_for_pattern(
                subject.flatten(),
                predicate.flatten(),
                object.map(Term::as_ref),
                Some(GraphNameRef::DefaultGraph),
            )
        });
        quads.into_iter().flatten().map(move |quad| {
            budget.pass(0);
            let quad = quad?;
            Ok(InternalQuad {
                subject: quad.subject.into(),
                predicate: quad.predicate.into(),
                object: quad.object,
                graph_name: None,
            })
        })
    }

    fn internalize_term(&self, term: Term) -> Result<Term, StorageError> {
        Ok(term)
    }

    fn externalize_term(&self, term: Term) -> Result<Term, StorageError> {
        Ok(term)
    }
}

/// Whether a pattern is a path of any length that is open at both ends.
pub fn is_open(pattern: &GraphPattern) -> bool {
    let open =
        |end: &TermPattern| matches!(end, TermPattern::Variable(_) | TermPattern::BlankNode(_));
    matches!(pattern, GraphPattern::Path { subject, path, object }
        if open(subject) && open(object) && has_closure(path))
}

fn has_closure(path: &PropertyPathExpression) -> bool {
    use PropertyPathExpression as Path;
    match path {
        Path::NamedNode(_) | Path::NegatedPropertySet(_) => false,
        Path::ZeroOrMore(_) | Path::OneOrMore(_) => true,
        Path::Reverse(inner) | Path::ZeroOrOne(inner) => has_closure(inner),
        Path::Sequence(a, b) | Path::Alternative(a, b) => has_closure(a) || has_closure(b),
    }
}
