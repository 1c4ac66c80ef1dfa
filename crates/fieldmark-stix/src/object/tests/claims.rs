//! What an `attributed-to` claims, and what of it is not invented.

use super::*;

fn attributed() -> Value {
    json!({"type":"relationship","spec_version":"2.1",
        "id":"relationship--00000000-0000-4000-8000-000000000002",
        "created":"2023-09-06T10:11:12.5Z","modified":"2023-09-06T10:11:12.5Z",
        "relationship_type":"attributed-to","created_by_ref":ID,"confidence":60,
        "description":"  We assess, with care,\nthat it was them. ",
        "source_ref":"campaign--00000000-0000-4000-8000-000000000003",
        "target_ref":"threat-actor--00000000-0000-4000-8000-000000000004"})
}

#[test]
fn an_attribution_is_its_creators_claim_in_its_own_words() {
    let found = said(&attributed());
    let has = |text: &str| found.iter().any(|said| said.contains(text));
    for wanted in [
        &format!("assessor <https://w3id.org/fieldmark/id/{ID}>"),
        "type <https://w3id.org/fieldmark/ns#Attribution>",
        r#"verbatim "  We assess, with care,\nthat it was them. "@en"#,
        "confidence \"60 of 100, as STIX counts confidence\"@en",
        "confidence \"60\"^^<http://www.w3.org/2001/XMLSchema#integer>",
        "assertedAt \"2023-09-06\"^^",
        "subject <https://w3id.org/fieldmark/id/campaign--",
        "object <https://w3id.org/fieldmark/id/threat-actor--",
    ] {
        assert!(has(wanted), "{wanted} of {found:#?}");
    }
    assert!(!has("source_ref") && !has("band ") && !has("withoutWords"));
}

#[test]
fn labels_of_misp_say_how_likely_an_attribution_is_and_how_sure() {
    let said = |labels: Value| {
        let mut object = attributed();
        object["labels"] = labels;
        object.as_object_mut().unwrap().remove("confidence");
        let (_, placed) = taken(&object, Tlp::Clear).unwrap();
        let value = |property: NamedNodeRef<'_>| {
            let mut quads = placed.iter().map(|placed| &placed.quad);
            let found = quads.find(|quad| quad.predicate.as_ref() == property);
            found.map_or_else(String::new, |quad| match &quad.object {
                Term::NamedNode(node) => fieldmark_rdf::ontology::local(node.as_str()).to_owned(),
                Term::Literal(text) => text.value().to_owned(),
                _ => String::new(),
            })
        };
        [
            properties::FM_SCALE,
            properties::FM_BAND,
            properties::FM_CONFIDENCE,
        ]
        .map(value)
    };
    let likely = "estimative-language:likelihood-probability=\"likely\"";
    let sure = "estimative-language:confidence-in-analytic-judgment=\"moderate\"";
    let french = "vocabulaire-des-probabilites-estimatives:degré-de-probabilité=\"quasi-certaine\"";
    let unjudged = "admiralty-scale:information-credibility=\"6\"";
    for (labels, wanted) in [
        (
            json!([likely, sure, "tlp:clear"]),
            ["icd203", "likely", "moderate"],
        ),
        (json!([french]), ["estimatives-fr", "quasi-certaine", ""]),
        // Of two, neither is picked, and what cannot be judged is no likelihood.
        (json!([likely, french]), ["unstated", "", ""]),
        (json!([unjudged]), ["unstated", "", ""]),
        (json!([]), ["unstated", "", ""]),
    ] {
        assert_eq!(said(labels.clone()), wanted.map(str::to_owned), "{labels}");
    }
}

#[test]
fn what_an_attribution_does_not_say_is_not_invented() {
    let mut json = attributed();
    for key in ["description", "confidence"] {
        json.as_object_mut().unwrap().remove(key);
    }
    let found = said(&json);
    assert!(
        found.contains(
            &"withoutWords \"true\"^^<http://www.w3.org/2001/XMLSchema#boolean>".to_owned()
        )
    );
    assert!(
        !found
            .iter()
            .any(|said| said.starts_with("verbatim") || said.starts_with("confidence"))
    );
    json.as_object_mut().unwrap().remove("created_by_ref");
    let found = said(&json);
    let has = |text: &str| {
        found
            .iter()
            .any(|said| said.starts_with(text) && said.contains("report--"))
    };
    assert!(has("assessorTakenFrom") && has("source"), "{found:?}");
    json["created_by_ref"] = json!("malware--00000000-0000-4000-8000-000000000004");
    let error = taken(&json, Tlp::Clear).unwrap_err();
    assert!(error.contains("only an identity"), "{error}");
}
