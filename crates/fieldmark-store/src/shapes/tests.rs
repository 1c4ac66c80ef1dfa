use super::peer::Peer;
use super::*;
use fieldmark_rdf::ontology::SHAPES;
use fieldmark_rdf::vocab::properties::RDF_TYPE;
use oxrdf::{BlankNode, GraphName, Literal, NamedOrBlankNode};
use std::collections::BTreeSet;

#[test]
fn what_cannot_be_checked_is_refused_by_its_name() {
    let shape = |rule: &str| {
        compile::compile(&format!(
            "@prefix sh: <http://www.w3.org/ns/shacl#> . <x:s> a sh:NodeShape ; {rule} ."
        ))
        .err()
        .map(|error| error.to_string())
    };
    assert_eq!(shape("sh:minCount 1"), None);
    for (rule, wanted) in [
        ("sh:closed true", "sh:closed is not checked here"),
        ("sh:pattern \"(\"", "x:s"),
        ("sh:pattern \"a\" ; sh:flags \"x\"", "sh:flags may be"),
        ("sh:nodeKind sh:BlankNode", "sh:nodeKind"),
        ("sh:not <x:t>", "sh:not"),
        ("sh:path ( <x:a> <x:b> )", "sh:path may be one property"),
    ] {
        let error = shape(rule).unwrap();
        assert!(error.contains(wanted), "{rule}: {error}");
    }
    assert!(compile::compile("not turtle").is_err());
}

/// Every shape's rule is broken by something: each class that is a target, with each property that a
/// shape is about, with values of every kind.
fn samples() -> Vec<Quad> {
    let shapes = Shapes::embedded();
    let text = |text: &str| Term::from(Literal::new_simple_literal(text));
    let tagged = |text: &str, tag: &str| {
        Term::from(Literal::new_language_tagged_literal_unchecked(text, tag))
    };
    let typed = |text: &str, kind: &str| {
        Term::from(Literal::new_typed_literal(
            text,
            NamedNode::new_unchecked(kind),
        ))
    };
    let xsd =
        |text: &str, kind: &str| typed(text, &format!("http://www.w3.org/2001/XMLSchema#{kind}"));
    let node = |iri: &str| Term::from(NamedNode::new_unchecked(iri));
    let id = "https://w3id.org/fieldmark/id/campaign--3f2b1c9e-0d5a-4b7e-9c1d-2a6f8e4b7c10";
    let long = "x".repeat(200);
    let single = vec![
        text("x"),
        text(&long),
        text(" "),
        text("attributed-to"),
        text("highly likely"),
        tagged("x", "en"),
        tagged("highly likely", "en"),
        xsd("1", "integer"),
        xsd("-1", "integer"),
        xsd("7", "integer"),
        xsd("2.5", "decimal"),
        xsd("one", "integer"),
        xsd("true", "boolean"),
        xsd("false", "boolean"),
        xsd("https://example.org/", "anyURI"),
        typed("2023-08", "http://id.loc.gov/datatypes/edtf/EDTF"),
        typed("soon", "http://id.loc.gov/datatypes/edtf/EDTF"),
        node("x:y"),
        node(id),
        node("https://w3id.org/fieldmark/scale/icd203/likely"),
    ];
    let mut values: Vec<Vec<Term>> = single.iter().map(|value| vec![value.clone()]).collect();
    values.push(vec![text("x"), text("y")]);
    values.push(vec![tagged("x", "en"), tagged("y", "en")]);
    values.push(vec![xsd("1", "integer"), xsd("2", "integer")]);
    values.push(vec![node(id), node("x:y")]);
    let paths: BTreeSet<&NamedNode> = shapes
        .shapes
        .iter()
        .filter_map(|s| s.path.as_ref())
        .collect();
    let mut classes: Vec<Option<&NamedNode>> = shapes.by_class.keys().map(Some).collect();
    classes.sort();
    classes.push(None);
    let mut quads = Vec::new();
    let mut number = 0;
    let mut sample = |class: Option<&NamedNode>, said: &[(&NamedNode, &Term)]| {
        number += 1;
        // Every other node of no statement but its class is a blank one.
        let subject = match said.is_empty() {
            true => NamedOrBlankNode::from(BlankNode::new_unchecked(format!("b{number}"))),
            false => NamedNode::new_unchecked(format!("x:{number}")).into(),
        };
        let class = class.map(|class| (RDF_TYPE, Term::from(class.clone())));
        let said = said
            .iter()
            .map(|(path, value)| (path.as_ref(), (*value).clone()));
        for (property, value) in class.into_iter().chain(said) {
            let quad = Quad::new(
                subject.clone(),
                property.into_owned(),
                value,
                GraphName::DefaultGraph,
            );
            quads.push(quad);
        }
    };
    let middle = xsd("1.5", "decimal");
    for class in classes {
        sample(class, &[]);
        for path in &paths {
            let named: Vec<Vec<Term>> = shapes.named(path).into_iter().map(|v| vec![v]).collect();
            for some in values.iter().chain(&named) {
                let mut said: Vec<(&NamedNode, &Term)> = some.iter().map(|v| (*path, v)).collect();
                // What two properties say of each other.
                let above = ordered(shapes)
                    .into_iter()
                    .filter(|(least, _)| least == path);
                said.extend(above.map(|(_, most)| (most, &middle)));
                sample(class, &said);
            }
        }
        // What a choice between shapes is about is stated two by two.
        for about in class.iter().flat_map(|class| shapes.choices(class)) {
            for (one, other) in about
                .iter()
                .flat_map(|a| about.iter().map(move |b| (*a, *b)))
            {
                if one >= other {
                    continue;
                }
                let (first, then) = (shapes.named(one), shapes.named(other));
                for a in single.iter().chain(&first) {
                    for b in single.iter().chain(&then) {
                        sample(class, &[(one, a), (other, b)]);
                    }
                }
            }
        }
    }
    quads
}

/// The pairs of properties of which one may not be above the other.
fn ordered(shapes: &Shapes) -> Vec<(&NamedNode, &NamedNode)> {
    let mut pairs = Vec::new();
    for shape in &shapes.shapes {
        for constraint in &shape.constraints {
            if let (Some(path), Constraint::LessThanOrEquals(most)) = (&shape.path, constraint) {
                pairs.push((path, most));
            }
        }
    }
    pairs
}

/// The node, the property, the rule, the value and the sentence.
type Broken = (
    String,
    Option<NamedNode>,
    &'static str,
    Option<String>,
    String,
);
type Told = BTreeSet<Broken>;

fn told(violations: Vec<Violation>) -> Told {
    // What cannot be compared breaks the rule (SHACL, clause 4.5.4); the crate passes it over.
    let incomparable = |v: &Violation| {
        let is_number = |v: &String| v.ends_with("#integer>") || v.ends_with("#decimal>");
        v.rule == "sh:lessThanOrEquals" && !v.value.as_ref().is_some_and(is_number)
    };
    let violations = violations.into_iter().filter(|v| !incomparable(v));
    let told = violations.map(|v| {
        let about_all = ["sh:minCount", "sh:maxCount", "sh:uniqueLang", "sh:hasValue"];
        // Whether a rule about all values names one of them is left to the validator.
        let value = v
            .value
            .filter(|_| !about_all.contains(&v.rule) && !v.rule.contains("qualified"))
            .map(tag_lowered);
        (v.focus.to_string(), v.path, v.rule, value, v.message.en)
    });
    told.collect()
}

/// Of a text its language in lower case, since RDF compares tags so, and the crate writes zh-Hans.
fn tag_lowered(value: String) -> String {
    match value.rsplit_once("\"@") {
        Some((text, tag)) => format!("{text}\"@{}", tag.to_lowercase()),
        None => value,
    }
}

/// What two validators tell of the same statements differs in nothing.
fn same(peer: &Peer, quads: &[Quad]) -> Told {
    let (ours, theirs) = (
        told(Shapes::embedded().check(quads)),
        told(peer.check(quads).unwrap()),
    );
    let (more, less): (Vec<_>, Vec<_>) = (
        ours.difference(&theirs).take(5).collect(),
        theirs.difference(&ours).take(5).collect(),
    );
    let about = |told: &[&Broken]| {
        let named: BTreeSet<&String> = told.iter().map(|one| &one.0).collect();
        let of = quads
            .iter()
            .filter(|quad| named.contains(&quad.subject.to_string()));
        of.map(ToString::to_string).collect::<Vec<_>>()
    };
    assert!(
        more.is_empty() && less.is_empty(),
        "only ours: {more:#?} {:?}\nonly theirs: {less:#?} {:?}",
        about(&more),
        about(&less)
    );
    ours
}

#[test]
fn every_rule_is_broken_by_a_sample_and_the_shacl_crate_tells_the_same() {
    let peer = Peer::parse(SHAPES).unwrap();
    let samples = samples();
    let mut broken: BTreeSet<(String, &'static str)> = BTreeSet::new();
    let mut rest = samples.as_slice();
    while !rest.is_empty() {
        // A part ends where a node does.
        let mut end = rest.len().min(4_000);
        while end < rest.len() && rest[end].subject == rest[end - 1].subject {
            end += 1;
        }
        let (part, more) = rest.split_at(end);
        rest = more;
        let told = same(&peer, part).into_iter();
        broken.extend(told.map(|(_, _, rule, _, message)| (message, rule)));
    }
    let shapes = Shapes::embedded();
    let kept: Vec<String> = shapes
        .targets()
        .flat_map(|shape| {
            let message = &shape.message.en;
            let rules = shape.constraints.iter().map(check::rule);
            rules
                .filter(|rule| !matches!(*rule, "sh:property" | "sh:qualifiedValueShape"))
                .filter(|rule| !broken.contains(&(message.clone(), *rule)))
                .map(|rule| format!("{rule}: {message}"))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(
        kept.is_empty(),
        "{} rules no sample breaks: {kept:#?}",
        kept.len()
    );
}

#[test]
fn mutated_records_of_the_case_are_told_the_same_by_the_shacl_crate() {
    let peer = Peer::parse(SHAPES).unwrap();
    let case = concat!(env!("CARGO_MANIFEST_DIR"), "/../../seed-data");
    let mut quads: Vec<Quad> = Vec::new();
    for entry in std::fs::read_dir(case).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "trig") {
            let bytes = std::fs::read(&path).unwrap();
            let parser = oxttl::TriGParser::new();
            quads.extend(parser.for_slice(&bytes).map(Result::unwrap));
        }
    }
    assert!(quads.len() > 1_000);
    // Each statement changed once, in turns: away, or with another's value.
    let mutated = |turn: usize| -> Vec<Quad> {
        let one = |(at, quad): (usize, &Quad)| {
            let mut quad = quad.clone();
            match (at + turn) % 7 {
                0 => return None,
                1 => quad.object = quads[(at * 31 + turn) % quads.len()].object.clone(),
                2 => quad.predicate = quads[(at * 17 + turn) % quads.len()].predicate.clone(),
                _ => {}
            }
            Some(quad)
        };
        quads.iter().enumerate().filter_map(one).collect()
    };
    let mut broken = 0;
    for turn in 0..7 {
        broken += same(&peer, &mutated(turn)).len();
    }
    assert!(broken > 500, "{broken}");
    let sound: Vec<Violation> = Shapes::embedded().check(&quads);
    assert_eq!(sound, []);
}

impl Shapes {
    /// The values that shapes of a property name.
    fn named(&self, path: &NamedNode) -> Vec<Term> {
        let of = self.shapes.iter().filter(|s| s.path.as_ref() == Some(path));
        let lists = |constraint: &Constraint| match constraint {
            Constraint::In(list) => list.clone(),
            Constraint::HasValue(value) => vec![value.clone()],
            _ => Vec::new(),
        };
        let mut named: Vec<Term> = Vec::new();
        for constraint in of.flat_map(|shape| &shape.constraints) {
            named.extend(lists(constraint));
            if let Constraint::Not(shape) = constraint {
                named.extend(self.shapes[*shape].constraints.iter().flat_map(lists));
            }
        }
        named.sort_by_key(ToString::to_string);
        named.dedup();
        named
    }

    /// The properties that each choice between shapes is about, of those held against a class.
    fn choices(&self, class: &NamedNode) -> Vec<BTreeSet<&NamedNode>> {
        let held = self.by_class[class]
            .iter()
            .flat_map(|shape| &self.shapes[*shape].constraints);
        let choices = held.filter_map(|constraint| match constraint {
            Constraint::Or(either) => Some(either),
            _ => None,
        });
        choices
            .map(|either| {
                let mut paths = BTreeSet::new();
                let mut open = either.clone();
                while let Some(shape) = open.pop() {
                    paths.extend(&self.shapes[shape].path);
                    for constraint in &self.shapes[shape].constraints {
                        match constraint {
                            Constraint::Property(shape) | Constraint::Not(shape) => {
                                open.push(*shape)
                            }
                            _ => {}
                        }
                    }
                }
                paths
            })
            .collect()
    }

    /// The shapes that are held against nodes, and those of their properties.
    fn targets(&self) -> impl Iterator<Item = &Shape> {
        let mut open: Vec<usize> = self.by_class.values().flatten().copied().collect();
        open.extend(self.by_property.iter().map(|(_, shape)| shape));
        let mut seen = BTreeSet::new();
        while let Some(shape) = open.pop() {
            if seen.insert(shape) {
                let properties = self.shapes[shape].constraints.iter();
                open.extend(properties.filter_map(|constraint| match constraint {
                    Constraint::Property(property) => Some(*property),
                    _ => None,
                }));
            }
        }
        seen.into_iter().map(|shape| &self.shapes[shape])
    }
}

/// A report may list as many as an object has room for, and a value be compared with as many.
#[test]
fn a_record_of_very_many_statements_is_checked_once_for_each() {
    let shapes = compile::compile(
        "@prefix sh: <http://www.w3.org/ns/shacl#> .
         <x:s> a sh:NodeShape ; sh:targetSubjectsOf <x:low> ; sh:property <x:p> , <x:m> .
         <x:p> a sh:PropertyShape ; sh:path <x:low> ; sh:lessThanOrEquals <x:high> ; sh:message \"low\"@en , \"bas\"@fr .
         <x:m> a sh:PropertyShape ; sh:path <x:high> ; sh:maxCount 199999 ; sh:message \"many\"@en , \"trop\"@fr .",
    )
    .unwrap();
    let node = |iri: &str| NamedNode::new_unchecked(iri);
    let graphs = [node("x:g"), node("x:h")].map(GraphName::from);
    let quad = |property: &str, number: i64, graph: &GraphName| {
        Quad::new(
            node("x:a"),
            node(property),
            Literal::from(number),
            graph.clone(),
        )
    };
    let mut quads: Vec<Quad> = (1..200_000)
        .flat_map(|number| graphs.iter().map(move |graph| (number, graph)))
        .flat_map(|(number, graph)| [quad("x:high", number, graph), quad("x:low", -number, graph)])
        .collect();
    assert_eq!(shapes.check(&quads).len(), 0);
    quads.push(quad("x:low", 2, &graphs[0]));
    quads.push(quad("x:high", 200_000, &graphs[0]));
    let broken: Vec<_> = shapes
        .check(&quads)
        .into_iter()
        .map(|v| (v.rule, v.value))
        .collect();
    let two = Term::from(Literal::from(2)).to_string();
    assert_eq!(
        broken,
        [("sh:maxCount", None), ("sh:lessThanOrEquals", Some(two))]
    );
    // One that cannot be compared is not above, nor is it below.
    quads.push(Quad::new(
        node("x:a"),
        node("x:high"),
        Literal::new_simple_literal("much"),
        GraphName::DefaultGraph,
    ));
    assert_eq!(shapes.check(&quads).len(), 200_001);
}
