//! `cargo xtask codegen`: the vocabulary as Rust constants and the closed lists of the domain as
//! Rust enums, written from the ontology.
//!
//! The ontology is the one place where a term is named; a constant for a term it does not label
//! cannot be had. This command must not depend on the crate it writes into, or a slip in the
//! generated file could never be mended by running it again.

mod lists;
mod ontology;
mod questions;

use crate::machine;
use anyhow::{Context, Result, bail};
use ontology::{Ontology, compact, edges, nouns, plain};
use oxrdf::vocab::{rdf, rdfs};
use oxrdf::{Graph, NamedNode, NamedNodeRef, NamedOrBlankNodeRef, TermRef};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// The generated files, under the workspace.
const VOCABULARY: &str = "crates/fieldmark-rdf/src/vocab.rs";
const LISTS: &str = "crates/fieldmark-model/src/lists.rs";

/// The saved questions, whose lists are written out.
const QUESTIONS: &str = "queries";

/// The terms, under the workspace.
const ONTOLOGY: &str = "ontology/fieldmark.ttl";

const FM: &str = "https://w3id.org/fieldmark/ns#";
const OWL: &str = "http://www.w3.org/2002/07/owl#";
const SKOS: &str = "http://www.w3.org/2004/02/skos/core#";

/// Writes the generated files, or with `check` only says how they differ from the ontology.
/// Gives a sentence of what it found or did.
pub fn run(root: &Path, check: bool) -> Result<String> {
    machine::component("rustfmt")?;
    let source = root.join(ONTOLOGY);
    let text = fs::read_to_string(&source).with_context(|| format!("{ONTOLOGY} cannot be read"))?;
    let ontology = Ontology::read(&text)?;
    let mut files = vec![
        (VOCABULARY.to_owned(), rustfmt(&vocabulary(&ontology)?)?),
        (LISTS.to_owned(), rustfmt(&lists::lists(&ontology)?)?),
    ];
    let families = questions::Families::of(&ontology)?;
    for entry in fs::read_dir(root.join(QUESTIONS)).context("queries/ cannot be read")? {
        let path = entry?.path();
        if path.extension().is_none_or(|ending| ending != "rq") {
            continue;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let text = fs::read_to_string(&path)?;
        let filled = families
            .fill(&text)
            .with_context(|| format!("queries/{name}"))?;
        files.push((format!("{QUESTIONS}/{name}"), filled));
    }
    files.sort();
    let mut said = Vec::new();
    for (file, wanted) in &files {
        said.extend(one(root, file, wanted, check)?);
    }
    if said.is_empty() {
        return Ok(format!("{} files say what {ONTOLOGY} says", files.len()));
    }
    Ok(said.join("; "))
}

/// Writes one generated file, or checks it; says what it wrote.
fn one(root: &Path, file: &str, wanted: &str, check: bool) -> Result<Option<String>> {
    let target = root.join(file);
    let present = match fs::read_to_string(&target) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        read => read.with_context(|| format!("{file} cannot be read"))?,
    };
    if present == wanted {
        return Ok(None);
    }
    if check {
        bail!(
            "{file} is not what {ONTOLOGY} gives:\n{}run `cargo xtask codegen`",
            difference(&present, wanted)
        );
    }
    fs::write(&target, wanted).with_context(|| format!("{file} cannot be written"))?;
    Ok(Some(format!(
        "{file} written: {} lines",
        wanted.lines().count()
    )))
}

/// A term on its way to being a constant.
struct Constant {
    name: String,
    iri: NamedNode,
    compact: String,
    label: String,
}

/// The three modules of the vocabulary.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Classes,
    Properties,
    Values,
}

/// The vocabulary, not yet formatted.
fn vocabulary(ontology: &Ontology) -> Result<String> {
    let Ontology {
        graph, prefixes, ..
    } = ontology;
    let mut parts: BTreeMap<Part, BTreeMap<String, Constant>> = BTreeMap::new();
    for iri in labelled(graph) {
        let Some((prefix, local)) = compact(prefixes, iri.as_str()) else {
            // The ontology's own IRI and whatever stands outside its prefixes is no term.
            continue;
        };
        let part = part_of(graph, iri, local)?;
        let name = screaming(prefix, local);
        let constant = Constant {
            name: name.clone(),
            iri: iri.into_owned(),
            compact: format!("{prefix}:{local}"),
            label: english(graph, iri)
                .with_context(|| format!("{prefix}:{local} has no English label"))?,
        };
        if let Some(other) = parts.entry(part).or_default().insert(name, constant) {
            bail!(
                "{} and <{}> would both be the constant {}",
                other.iri,
                iri.as_str(),
                other.name
            );
        }
    }

    let mut out = String::new();
    out.push_str(
        "//! The vocabulary: every term the ontology names, as a constant.\n\
         //!\n\
         //! Written by `cargo xtask codegen` from `ontology/fieldmark.ttl`; change that file, not this one.\n\
         //! Long because it is one constant a term.\n\n\
         use oxrdf::NamedNodeRef;\n\n",
    );
    let names: Vec<_> = prefixes.keys().map(|prefix| upper(prefix)).collect();
    for ((prefix, namespace), name) in prefixes.iter().zip(&names) {
        writeln!(out, "/// The namespace of `{prefix}:`.")?;
        writeln!(out, "pub const {name}: &str = {namespace:?};")?;
    }
    out.push_str("\n/// Every prefix and its namespace, by prefix.\n");
    out.push_str("pub const PREFIXES: &[(&str, &str)] = &[\n");
    for (prefix, name) in prefixes.keys().zip(&names) {
        writeln!(out, "({prefix:?}, {name}),")?;
    }
    out.push_str("];\n");

    for (part, module, says) in [
        (Part::Classes, "classes", "What a record or a term can be."),
        (
            Part::Properties,
            "properties",
            "What can be said of a record.",
        ),
        (
            Part::Values,
            "values",
            "The members of closed lists, and the lists.",
        ),
    ] {
        writeln!(out, "\n/// {says}\npub mod {module} {{")?;
        out.push_str("use oxrdf::NamedNodeRef;\n");
        for constant in parts.get(&part).into_iter().flat_map(BTreeMap::values) {
            writeln!(
                out,
                "\n/// `{}`: {}.",
                constant.compact,
                constant.label.trim_end_matches('.')
            )?;
            writeln!(
                out,
                "pub const {}: NamedNodeRef<'static> = NamedNodeRef::new_unchecked({:?});",
                constant.name,
                constant.iri.as_str()
            )?;
        }
        out.push_str("}\n");
    }

    out.push_str(
        "\n/// The nouns of the domain: name, the class that tells it from the others, and the\n\
         /// types its ids may have.\n\
         pub const NOUNS: &[(&str, NamedNodeRef<'static>, &[&str])] = &[\n",
    );
    for (noun, (class, types)) in nouns(graph)? {
        let constant = constant_of(prefixes, &class)?;
        writeln!(out, "({noun:?}, classes::{constant}, &{types:?}),")?;
    }
    out.push_str(
        "];\n\n/// What a relationship's type means as a direct edge, by type.\n\
         pub const EDGES: &[(&str, NamedNodeRef<'static>)] = &[\n",
    );
    for (kind, property) in edges(graph)? {
        let constant = constant_of(prefixes, &property)?;
        writeln!(out, "({kind:?}, properties::{constant}),")?;
    }
    out.push_str(
        "];\n\n/// How one claim stands to another.\n\
         pub const DERIVATIONS: &[NamedNodeRef<'static>] = &[\n",
    );
    for property in ontology.under(rdfs::SUB_PROPERTY_OF, &format!("{FM}bearsOn"))? {
        writeln!(out, "properties::{},", constant_of(prefixes, &property)?)?;
    }
    out.push_str("];\n");
    Ok(out)
}

/// Every IRI with an English or any other label, in order of IRI.
fn labelled(graph: &Graph) -> BTreeSet<NamedNodeRef<'_>> {
    [rdfs::LABEL, pref_label()]
        .into_iter()
        .flat_map(|property| graph.triples_for_predicate(property))
        .filter_map(|triple| match triple.subject {
            NamedOrBlankNodeRef::NamedNode(node) => Some(node),
            NamedOrBlankNodeRef::BlankNode(_) => None,
        })
        .collect()
}

fn pref_label() -> NamedNodeRef<'static> {
    NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#prefLabel")
}

/// The English label, on one line.
fn english(graph: &Graph, iri: NamedNodeRef<'_>) -> Option<String> {
    [rdfs::LABEL, pref_label()]
        .into_iter()
        .flat_map(|property| graph.objects_for_subject_predicate(iri, property))
        .filter_map(|term| match term {
            TermRef::Literal(literal)
                if literal
                    .language()
                    .is_some_and(|tag| tag == "en" || tag.starts_with("en-")) =>
            {
                Some(
                    literal
                        .value()
                        .split_whitespace()
                        .collect::<Vec<_>>()
                        .join(" "),
                )
            }
            _ => None,
        })
        .min()
}

/// Which module a term belongs in. A term of someone else's vocabulary may be labelled here
/// without its type being restated; then the case of its first letter tells, as it does there.
fn part_of(graph: &Graph, iri: NamedNodeRef<'_>, local: &str) -> Result<Part> {
    let types: Vec<&str> = graph
        .objects_for_subject_predicate(iri, rdf::TYPE)
        .filter_map(|term| match term {
            TermRef::NamedNode(node) => Some(node.as_str()),
            _ => None,
        })
        .collect();
    let is = |namespace: &str, names: &[&str]| {
        types
            .iter()
            .filter_map(|class| class.strip_prefix(namespace))
            .any(|name| names.contains(&name))
    };
    let class = is(OWL, &["Class"]) || types.contains(&rdfs::CLASS.as_str());
    let property = types.contains(&rdf::PROPERTY.as_str())
        || is(
            OWL,
            &[
                "ObjectProperty",
                "DatatypeProperty",
                "AnnotationProperty",
                "OntologyProperty",
            ],
        );
    match (class, property) {
        (true, true) => bail!("{iri} is stated to be both a class and a property"),
        (true, false) => Ok(Part::Classes),
        (false, true) => Ok(Part::Properties),
        (false, false) if !types.is_empty() => Ok(Part::Values),
        (false, false) if iri.as_str().starts_with(FM) => {
            bail!("{iri} has a label but no rdf:type: is it a class, a property or a value?")
        }
        (false, false) if local.starts_with(|c: char| c.is_ascii_uppercase()) => Ok(Part::Classes),
        (false, false) => Ok(Part::Properties),
    }
}

/// `fm`, `assumedBand` -> `FM_ASSUMED_BAND`.
fn screaming(prefix: &str, local: &str) -> String {
    format!("{}_{}", upper(prefix), upper(local))
}

/// Words run together by case, hyphen or underscore, parted and put in capitals: `icd203Scale` ->
/// `ICD203_SCALE`, `consists-of` -> `CONSISTS_OF`, `aURLList` -> `A_URL_LIST`.
fn upper(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, letter) in letters.iter().enumerate() {
        if !letter.is_ascii_alphanumeric() {
            out.push('_');
            continue;
        }
        let before = at.checked_sub(1).map(|before| letters[before]);
        let after = letters.get(at + 1);
        let starts_word = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase))
            });
        if starts_word {
            out.push('_');
        }
        out.push(letter.to_ascii_uppercase());
    }
    out
}

fn constant_of(prefixes: &BTreeMap<String, String>, iri: &NamedNode) -> Result<String> {
    let (prefix, local) = compact(prefixes, iri.as_str())
        .with_context(|| format!("{iri} is under no prefix of {ONTOLOGY}"))?;
    Ok(screaming(prefix, local))
}

/// `source` as rustfmt would have it.
fn rustfmt(source: &str) -> Result<String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("rustfmt does not start; install it with `rustup component add rustfmt`")?;
    child
        .stdin
        .take()
        .context("rustfmt has no input")?
        .write_all(source.as_bytes())?;
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("rustfmt refused the generated text");
    }
    String::from_utf8(output.stdout).context("rustfmt's output is not UTF-8")
}

/// The lines that only one of two texts has, at most twenty of each.
fn difference(present: &str, wanted: &str) -> String {
    let left: BTreeSet<&str> = present.lines().collect();
    let right: BTreeSet<&str> = wanted.lines().collect();
    let mut out = String::new();
    for (mark, only) in [
        ("- ", left.difference(&right).collect::<Vec<_>>()),
        ("+ ", right.difference(&left).collect::<Vec<_>>()),
    ] {
        for line in only.iter().take(20) {
            out.push_str(mark);
            out.push_str(line);
            out.push('\n');
        }
        if only.len() > 20 {
            out.push_str(&format!("{mark}… {} more lines\n", only.len() - 20));
        }
    }
    if out.is_empty() {
        out.push_str("  the same lines in another order or number\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"
        @prefix fm: <https://w3id.org/fieldmark/ns#> .
        @prefix stix: <http://docs.oasis-open.org/cti/ns/stix#> .
        @prefix owl: <http://www.w3.org/2002/07/owl#> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
        stix:Campaign a owl:Class ; rdfs:label "campaign"@en, "campagne"@fr ;
            fm:nounName "Campaign" ; fm:idType "campaign" .
        stix:consists-of a owl:ObjectProperty ; rdfs:label "consists of"@en ;
            fm:relationshipType "consists-of" .
        skos:prefLabel rdfs:label "name"@en .
        fm:disputes a owl:ObjectProperty ; rdfs:label "disputes"@en ;
            rdfs:subPropertyOf fm:bearsOn .
        fm:veryLow a skos:Concept ; skos:prefLabel "very low"@en, "très faible"@fr .
    "#;

    fn generated(ontology: &str) -> Result<String> {
        vocabulary(&Ontology::read(ontology)?)
    }

    #[test]
    fn names_are_parted_where_a_reader_would_part_them() {
        for (local, constant) in [
            ("assumedBand", "FM_ASSUMED_BAND"),
            ("consists-of", "FM_CONSISTS_OF"),
            ("source_ref", "FM_SOURCE_REF"),
            ("EDTF", "FM_EDTF"),
            ("URLList", "FM_URL_LIST"),
            ("icd203Scale", "FM_ICD203_SCALE"),
        ] {
            assert_eq!(screaming("fm", local), constant);
        }
    }

    #[test]
    fn each_term_lands_in_its_module_with_its_label() {
        let text = generated(SMALL).expect("the small ontology is well formed");
        for line in [
            "/// `stix:Campaign`: campaign.",
            "pub const STIX_CAMPAIGN: NamedNodeRef<'static> = NamedNodeRef::new_unchecked(\"http://docs.oasis-open.org/cti/ns/stix#Campaign\");",
            "pub const SKOS_PREF_LABEL: NamedNodeRef<'static> = NamedNodeRef::new_unchecked(\"http://www.w3.org/2004/02/skos/core#prefLabel\");",
            "/// `fm:veryLow`: very low.",
            "(\"Campaign\", classes::STIX_CAMPAIGN, &[\"campaign\"]),",
            "(\"consists-of\", properties::STIX_CONSISTS_OF),",
        ] {
            assert!(text.lines().any(|have| have == line), "{line} is missing");
        }
        let modules: Vec<_> = text.split("pub mod ").collect();
        assert!(modules[1].contains("STIX_CAMPAIGN"));
        assert!(modules[2].contains("SKOS_PREF_LABEL"));
        assert!(modules[3].contains("FM_VERY_LOW"));
    }

    #[test]
    fn a_term_of_ours_without_a_type_is_refused() {
        let error = generated(&format!("{SMALL} fm:lost rdfs:label \"lost\"@en ."))
            .expect_err("fm:lost says nothing of what it is");
        assert!(error.to_string().contains("ns#lost"), "{error}");
    }

    #[test]
    fn a_term_with_only_a_french_label_is_refused() {
        let error = generated(&format!(
            "{SMALL} fm:perdu a owl:Class ; rdfs:label \"perdu\"@fr ."
        ))
        .expect_err("fm:perdu has no English label");
        assert!(format!("{error:#}").contains("fm:perdu"), "{error:#}");
    }

    #[test]
    fn the_check_names_the_line_that_differs() {
        assert_eq!(difference("a\nb\n", "a\nc\n"), "- b\n+ c\n");
    }
}
