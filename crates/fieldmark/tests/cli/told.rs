//! What the commands tell of what they did and found, in the words of its reader.

use crate::site::Site;

#[test]
fn a_loosening_that_is_refused_is_told_as_one_that_would_be() {
    let site = Site::empty();
    site.write(
        "place.ttl",
        "<https://w3id.org/fieldmark/id/location--00000000-0000-4000-8000-000000000001>
           a <http://docs.oasis-open.org/cti/ns/stix#Location> ;
           <http://www.w3.org/2004/02/skos/core#prefLabel> \"Place\"@en .",
    );
    site.run(&["import", "place.ttl", "--marking", "tlp:red"])
        .well();
    let refused = site.run(&["import", "place.ttl", "--marking", "tlp:clear"]);
    assert_eq!(refused.code, Some(1), "{}", refused.out);
    assert!(refused.out.contains("  would loosen "), "{}", refused.out);
    assert!(!refused.out.contains("  loosened "), "{}", refused.out);
    let loosened = site
        .run(&[
            "import",
            "place.ttl",
            "--marking",
            "tlp:clear",
            "--loosen",
            "cleared",
        ])
        .well();
    assert!(loosened.contains("  loosened "), "{loosened}");
}

/// What names kinds, ties and derivations comes from the ontology, in the reader's language.
#[test]
fn a_french_dossier_has_no_word_of_code_in_it() {
    let site = Site::empty();
    let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../seed-data");
    site.run(&["import", seed]).well();
    let read = |subject: &str| site.run(&["dossier", subject, "--lang", "fr"]).well();
    let campaign = read("MPs campaign 2023");
    for wanted in [
        "Affirmation d'identité de réseau\u{202f}: Réseau de robots",
        "concorde avec C15a",
        " — vise (cible principale) → Premier ministre du Canada",
        "avis reçus par le MRR Canada\u{202f}: 1 — ",
    ] {
        assert!(campaign.contains(wanted), "{wanted}: {campaign}");
    }
    let terms = [
        "SameNetwork",
        "concursWith",
        "derivedFrom",
        "jointWith",
        "carried-out-by",
        "operates-on",
        "related-to",
        "primary target",
        "notices",
    ];
    for term in terms {
        assert!(!campaign.contains(term), "{term}: {campaign}");
    }
    // An impact keeps its level where its assessor's own claims are listed, too.
    let made = read("RRM Canada");
    assert!(
        made.contains("effet sur les parlementaires canadiens · faible\n"),
        "{made}"
    );
}
