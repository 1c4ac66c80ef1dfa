use super::families::{broadening, feature_families};
use super::features::Features;
use super::holdings::Touched;
use fieldmark_rdf::vocab::properties::RDF_TYPE;
use oxigraph::store::Store;
use oxrdf::{GraphName, NamedNode, Term, Triple};
use proptest::prelude::*;

/// Few things, so that changes meet: two that have features, two that have and carry them, and
/// three that only are features.
fn thing(n: usize) -> NamedNode {
    let kinds = [
        "campaign",
        "incident",
        "infrastructure",
        "infrastructure",
        "attack-pattern",
        "attack-pattern",
        "identity",
    ];
    let kind = kinds[n % kinds.len()];
    NamedNode::new_unchecked(crate::testing::id(kind, n as u8).iri())
}

/// One statement that has to do with features, of all that the ontology's families know.
fn statement((subject, which, object): (usize, usize, usize)) -> Triple {
    let edges = feature_families()
        .iter()
        .flat_map(|f| f.edges.iter().chain(&f.through));
    let linked = edges.chain(broadening()).map(|edge| (edge.clone(), None));
    let classes = feature_families().iter().flat_map(|f| &f.classes);
    let typed = classes.map(|class| (RDF_TYPE.into_owned(), Some(class.clone())));
    let all: Vec<(NamedNode, Option<NamedNode>)> = linked.chain(typed).collect();
    let (property, class) = all[which % all.len()].clone();
    let object = class.unwrap_or_else(|| thing(object));
    Triple::new(thing(subject), property, Term::from(object))
}

/// Whether two are the same in all that an answer could show.
pub(crate) fn same(one: &Features, other: &Features) -> Result<(), TestCaseError> {
    prop_assert_eq!(&one.holders, &other.holders);
    prop_assert_eq!(&one.features, &other.features);
    prop_assert_eq!(&one.rings, &other.rings);
    prop_assert_eq!(one.index.population(), other.index.population());
    for holder in 0..one.holders.len() as u32 {
        prop_assert_eq!(one.index.profile(holder), other.index.profile(holder));
    }
    for feature in 0..one.features.len() as u32 {
        prop_assert_eq!(one.index.holders(feature), other.index.holders(feature));
        prop_assert_eq!(one.index.weight(feature), other.index.weight(feature));
    }
    for n in 0..7 {
        let id = fieldmark_model::RecordId::from_iri(thing(n).as_str());
        let commonplace = |of: &Features| id.as_ref().is_some_and(|id| of.is_commonplace(id));
        prop_assert_eq!(commonplace(one), commonplace(other));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Each change flips a few statements: those that stand go, the others come.
    #[test]
    fn features_brought_up_to_a_change_are_those_read_anew(
        changes in prop::collection::vec(prop::collection::vec((0_usize..7, 0_usize..200, 0_usize..7), 1..12), 1..8),
        asked in prop::collection::vec(any::<bool>(), 8),
    ) {
        let store = Store::new().unwrap();
        let mut known = Features::read(&store).unwrap();
        let mut since = Touched::default();
        for (change, asked) in changes.into_iter().zip(asked) {
            let mut touched = Touched::default();
            for one in change {
                let triple = statement(one);
                touched.note(&triple);
                let quad = triple.in_graph(GraphName::DefaultGraph);
                if store.contains(&quad).unwrap() {
                    store.remove(&quad).unwrap();
                } else {
                    store.insert(&quad).unwrap();
                }
            }
            since.and(touched);
            // Several changes may pass before anybody asks.
            if asked {
                known = known.after(&std::mem::take(&mut since), &store).unwrap();
                same(&known, &Features::read(&store).unwrap())?;
            }
        }
        let last = known.after(&since, &store).unwrap();
        same(&last, &Features::read(&store).unwrap())?;
    }
}

/// A network that somebody calls narrower than another is still one of its own: only families that
/// are nested take what is broader for theirs.
#[test]
fn what_is_broader_counts_in_nested_families_alone() {
    let store = Store::new().unwrap();
    let (campaign, network, broader) = (thing(0), thing(2), thing(3));
    let carried = feature_families()
        .iter()
        .find(|family| family.name == "network")
        .unwrap();
    assert!(!carried.nested);
    let say = |subject: &NamedNode, property: &NamedNode, object: &NamedNode| {
        let triple = Triple::new(subject.clone(), property.clone(), object.clone());
        store
            .insert(&triple.in_graph(GraphName::DefaultGraph))
            .unwrap();
    };
    say(&campaign, &carried.edges[0], &network);
    say(&thing(1), &carried.edges[0], &broader);
    say(&network, &broadening()[0], &broader);
    let features = Features::read(&store).unwrap();
    let id = |node: &NamedNode| fieldmark_model::RecordId::from_iri(node.as_str()).unwrap();
    let profile = |node| features.index.profile(features.holder(&id(node)).unwrap());
    assert_eq!(profile(&campaign).features().len(), 1);
    assert_eq!(profile(&thing(1)).features().len(), 1);
}
