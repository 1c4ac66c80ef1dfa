//! The closed lists of the domain as Rust enums: nouns, kinds of claim, and how claims stand to
//! one another.

use super::{FM, ONTOLOGY, Ontology, nouns};
use anyhow::{Context, Result};
use oxrdf::vocab::rdfs;
use oxrdf::{NamedNode, NamedNodeRef, TermRef};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// A member of a list.
struct Member {
    /// As Rust and GraphQL call it.
    variant: String,
    /// As answers and addresses call it.
    name: String,
    about: String,
}

/// The file, not yet formatted.
pub(super) fn lists(ontology: &Ontology) -> Result<String> {
    let mut out = String::from(
        "//! The closed lists of the domain.\n\
         //!\n\
         //! Written by `cargo xtask codegen` from `ontology/fieldmark.ttl`; change that file, not this one.\n",
    );
    let mut all = Vec::new();
    for class in by_specificity(ontology)? {
        let noun = ontology.text(&class, "nounName")?;
        all.push(ontology.member(&class, noun)?);
    }
    all.push(Member {
        variant: "Record".to_owned(),
        name: "Record".to_owned(),
        about: "Any other STIX object: kept whole and served under its id.".to_owned(),
    });
    write(
        &mut out,
        "Noun",
        "What kind of thing a record states. Each is a GraphQL type of the same name.\n///\n\
         /// The more specific come before the more general: the first whose class a record states\n\
         /// is what it is (a persona is also a user account).",
        &all,
    )?;
    let claim = format!("{FM}Claim");
    let kinds = ontology.under(rdfs::SUB_CLASS_OF, &claim)?;
    write(
        &mut out,
        "ClaimKind",
        "What a claim is about. The name is the local name of its class.",
        &ontology.members(&kinds)?,
    )?;
    let bears = ontology.under(rdfs::SUB_PROPERTY_OF, &format!("{FM}bearsOn"))?;
    write(
        &mut out,
        "Derivation",
        "How one claim stands to another. The name is the local name of its property.",
        &ontology.members(&bears)?,
    )?;
    let derived = NamedNode::new_unchecked("http://www.w3.org/ns/prov#wasDerivedFrom");
    let rests: Vec<String> = bears
        .iter()
        .filter(|one| {
            let mut above =
                (ontology.graph).objects_for_subject_predicate(one.as_ref(), rdfs::SUB_PROPERTY_OF);
            above.any(|term| term == derived.as_ref().into())
        })
        .map(|one| Ok(format!("Self::{}", capital(local(one)?))))
        .collect::<Result<_>>()?;
    writeln!(
        out,
        "\nimpl Derivation {{\n\
         /// Whether the claim rests on the other (`prov:wasDerivedFrom`).\n\
         pub fn rests(self) -> bool {{ matches!(self, {}) }}\n}}",
        rests.join(" | ")
    )?;
    Ok(out)
}

fn write(out: &mut String, name: &str, about: &str, members: &[Member]) -> Result<()> {
    writeln!(
        out,
        "\n/// {about}\n#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]\npub enum {name} {{"
    )?;
    for member in members {
        writeln!(out, "/// {}\n{},", member.about, member.variant)?;
    }
    writeln!(
        out,
        "}}\n\nimpl {name} {{\n/// Every one.\npub const ALL: [Self; {}] = [",
        members.len()
    )?;
    for member in members {
        writeln!(out, "Self::{},", member.variant)?;
    }
    out.push_str("];\n\n/// Its name.\npub fn name(self) -> &'static str {\nmatch self {\n");
    for member in members {
        writeln!(out, "Self::{} => {:?},", member.variant, member.name)?;
    }
    writeln!(
        out,
        "}}\n}}\n\n/// The one of that name.\npub fn from_name(name: &str) -> Option<Self> {{\n\
         Self::ALL.into_iter().find(|one| one.name() == name)\n}}\n}}"
    )?;
    Ok(())
}

/// The classes of nouns as they are written, but each before what it is a subclass of.
fn by_specificity(ontology: &Ontology) -> Result<Vec<NamedNode>> {
    let mut left: Vec<NamedNode> = nouns(&ontology.graph)?
        .into_values()
        .map(|(class, _)| class)
        .collect();
    left.sort_by_key(|class| ontology.place.get(class));
    let mut out = Vec::new();
    while !left.is_empty() {
        let at = left
            .iter()
            .position(|class| !left.iter().any(|other| ontology.is_under(other, class)))
            .with_context(|| {
                format!("{ONTOLOGY}: nouns are subclasses of one another in a ring")
            })?;
        out.push(left.remove(at));
    }
    Ok(out)
}

impl Ontology {
    fn members(&self, terms: &[NamedNode]) -> Result<Vec<Member>> {
        let each = terms.iter();
        each.map(|term| self.member(term, local(term)?.to_owned()))
            .collect()
    }

    fn member(&self, term: &NamedNode, name: String) -> Result<Member> {
        let definition =
            NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#definition");
        let english = |property| {
            let values = self.graph.objects_for_subject_predicate(term, property);
            values
                .filter_map(|value| match value {
                    TermRef::Literal(text) if text.language() == Some("en") => {
                        Some(text.value().to_owned())
                    }
                    _ => None,
                })
                .min()
        };
        let about = english(definition)
            .or_else(|| english(rdfs::LABEL).map(|label| format!("{}.", capital(&label))))
            .with_context(|| format!("{term} has no English label"))?;
        Ok(Member {
            variant: capital(&name),
            name,
            about,
        })
    }

    /// The one string that `fm:{property}` gives a term.
    fn text(&self, term: &NamedNode, property: &str) -> Result<String> {
        let property = NamedNode::new_unchecked(format!("{FM}{property}"));
        let mut values = self.graph.objects_for_subject_predicate(term, &property);
        values
            .find_map(super::plain)
            .with_context(|| format!("{term} has no {property}"))
    }

    /// Whether a class is a subclass of another, over any number of steps.
    fn is_under(&self, class: &NamedNode, top: &NamedNode) -> bool {
        let (mut open, mut seen) = (vec![class.clone()], BTreeSet::new());
        while let Some(class) = open.pop() {
            let above = (self.graph).objects_for_subject_predicate(&class, rdfs::SUB_CLASS_OF);
            for above in above {
                if let TermRef::NamedNode(above) = above {
                    if above == top.as_ref() {
                        return true;
                    }
                    if seen.insert(above.as_str().to_owned()) {
                        open.push(above.into_owned());
                    }
                }
            }
        }
        false
    }
}

fn local(term: &NamedNode) -> Result<&str> {
    let local = term.as_str().strip_prefix(FM);
    local.with_context(|| format!("{term} is on a list of ours and not in our namespace"))
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
