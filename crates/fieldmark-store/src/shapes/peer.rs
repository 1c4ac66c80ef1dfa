//! The same by the `shacl` crate, to which the outcome is held equal.

use super::{Localised, Violation};
use fieldmark_rdf::ontology::local;
use oxrdf::{NamedNode, Quad, Term};
use rudof_rdf::rdf_core::term::Object;
use rudof_rdf::rdf_core::{RDFFormat, SHACLPath};
use rudof_rdf::rdf_impl::{OxigraphInMemory, ReaderMode};
use shacl::ir::IRSchema;
use shacl::rdf::ShaclParser;
use shacl::validator::processor::{GraphValidation, ShaclProcessor};
use shacl::validator::report::ValidationResult;
use shacl::validator::store::Graph;
use shacl::validator::{ShaclConfig, ShaclValidationMode};

/// Compiled shapes.
pub struct Peer(IRSchema);

impl Peer {
    /// Compiles shapes.
    pub fn parse(text: &str) -> Result<Self, String> {
        let fault = |error: &dyn std::fmt::Display| error.to_string();
        let graph = OxigraphInMemory::from_str(text, &RDFFormat::Turtle, None, &ReaderMode::Strict)
            .map_err(|error| fault(&error))?;
        let parsed = ShaclParser::new(graph)
            .parse()
            .map_err(|error| fault(&error))?;
        IRSchema::compile(&parsed)
            .map(Self)
            .map_err(|error| fault(&error))
    }

    /// Every violation among the statements, in order of node, property and rule. Graph names are
    /// passed over: a policy says who may see a statement, not whether it is well made.
    pub fn check(&self, quads: &[Quad]) -> Result<Vec<Violation>, String> {
        let mut graph = OxigraphInMemory::new();
        for Quad {
            subject,
            predicate,
            object,
            ..
        } in quads
        {
            graph
                .add_triple_ref(subject, predicate, object)
                .map_err(|error| error.to_string())?;
        }
        let report = GraphValidation::new(Graph::from(graph))
            .validate(&self.0, &ShaclValidationMode::Native, &ShaclConfig::new())
            .map_err(|error| error.to_string())?;
        let mut violations: Vec<Violation> = report
            .results()
            .iter()
            .map(|result| self.violation(result))
            .collect();
        violations.sort_by_cached_key(|v| {
            (
                v.focus.to_string(),
                v.path.clone(),
                v.rule,
                v.message.clone(),
                v.value.clone(),
            )
        });
        violations.dedup();
        Ok(violations)
    }

    fn violation(&self, result: &ValidationResult) -> Violation {
        let path = match result.path() {
            Some(SHACLPath::Predicate { pred }) => Some(NamedNode::new_unchecked(pred.as_str())),
            _ => None,
        };
        // For some rules (sh:or, sh:not, sh:uniqueLang) the result carries the validator's own
        // words; the shape always has ours.
        let messages = result
            .source()
            .and_then(|shape| self.0.get_shape(shape)?.message())
            .unwrap_or_else(|| result.message());
        let said = |language: &str| {
            messages
                .iter()
                .find(|(tag, _)| tag.as_ref().is_some_and(|tag| tag.to_string() == language))
                .map(|(_, text)| text.clone())
        };
        let rule = rule(result.constraint_component());
        let en = said("en").unwrap_or_else(|| format!("{rule} is not met"));
        Violation {
            focus: term(result.focus_node()),
            path,
            value: result.value().map(|value| term(value).to_string()),
            message: Localised {
                fr: said("fr").unwrap_or_else(|| en.clone()),
                en,
            },
            rule,
        }
    }
}

/// `sh:minCount` for `sh:MinCountConstraintComponent`.
fn rule(component: &Object) -> &'static str {
    let text = match component {
        Object::Iri(iri) => iri.as_str(),
        _ => "",
    };
    let name = local(text);
    let name = name.strip_suffix("ConstraintComponent").unwrap_or(name);
    let mut letters = name.chars();
    let first = letters
        .next()
        .map_or(String::new(), |letter| letter.to_lowercase().to_string());
    format!("sh:{first}{}", letters.as_str()).leak()
}

fn term(object: &Object) -> Term {
    Term::from(object.clone())
}
