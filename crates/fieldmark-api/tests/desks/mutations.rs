//! Mutations of GraphQL: what REST writes, written there.

use crate::case::{Case, MPS};
use crate::writing::{REPORT, RRM, fresh, post};
use serde_json::{Value, json};

async fn mutate(case: &Case, mutation: &str, variables: Value) -> Value {
    let query = format!("mutation($claim: ClaimInput) {{ {mutation} }}");
    let query = match variables.is_null() {
        true => format!("mutation {{ {mutation} }}"),
        false => query.replace("ClaimInput)", "ClaimInput!)"),
    };
    let body = json!({"query": query, "variables": variables});
    let answer = post(case, "/graphql", body).await.json();
    assert!(answer["errors"].is_null(), "{answer:#}");
    answer["data"].clone()
}

#[tokio::test]
async fn graphql_writes_what_rest_does() {
    let case = fresh();
    let claim = json!({"kind": "ATTRIBUTION", "subject": MPS, "object": "Ministry of Public Security",
        "assessor": [RRM], "verbatim": [{"text": "points to the MPS"}, {"text": "indique le MSP", "lang": "fr"}],
        "source": [REPORT], "assertedAt": "2023-09-15", "basis": ["ownAnalysis"], "marking": "tlp:clear"});
    let said = mutate(
        &case,
        "assertClaim(claim: $claim, reason: \"read again\", idempotencyKey: \"k\") { id version verdict repeated \
         record { id ... on Claim { verbatim { text lang } polarity } } changes { property after { value lang } } findings { message } }",
        json!({ "claim": claim }),
    )
    .await;
    let said = &said["assertClaim"];
    assert_eq!(said["verdict"], "added", "{said:#}");
    assert_eq!(
        said["record"]["verbatim"].as_array().unwrap().len(),
        2,
        "{said:#}"
    );
    let id = said["id"].as_str().unwrap();
    let version = said["version"].as_str().unwrap();
    let revised = mutate(
        &case,
        &format!("reviseClaim(id: \"{id}\", version: \"{version}\", change: {{ confidence: [{{text: \"moderate\"}}], basis: null }}) {{ verdict version changes {{ property before {{ value }} }} }}"),
        Value::Null,
    )
    .await;
    let revised = &revised["reviseClaim"];
    assert_eq!(revised["verdict"], "revised", "{revised:#}");
    assert_eq!(
        revised["changes"][0],
        json!({"property": "basis", "before": [{"value": "own analysis"}]})
    );
    let late = mutate(&case, &format!("withdrawClaim(id: \"{id}\", version: \"{version}\") {{ verdict findings {{ message }} }}"), Value::Null).await;
    assert_eq!(late["withdrawClaim"]["verdict"], "conflict", "{late:#}");
    let rest = mutate(
        &case,
        &format!(
            "d: dispute(id: \"{id}\", claim: {{assessor: [\"{RRM}\"], verbatim: [{{text: \"no\"}}], source: [\"{REPORT}\"]}}) {{ verdict }} \
             c: concur(id: \"{id}\", claim: {{assessor: [\"{RRM}\"], verbatim: [{{text: \"yes\"}}], source: [\"{REPORT}\"]}}) {{ verdict }} \
             r: createRecord(noun: BOT_NETWORK, record: {{prefLabel: [{{text: \"Winter net\"}}], marking: \"tlp:clear\", source: [\"{REPORT}\"]}}) {{ verdict findings {{ message }} }} \
             l: linkRecords(from: \"Winter net\", to: \"Facebook\", by: \"uses\", link: {{marking: \"tlp:clear\", source: [\"{REPORT}\"]}}) {{ verdict findings {{ message }} }} \
             s: proposeSame(one: \"Winter net\", other: \"infrastructure--edc0dec8-aae7-54a9-8600-4b0db65dfa7b\", claim: {{assessor: [\"{RRM}\"], verbatim: [{{text: \"same\"}}], source: [\"{REPORT}\"], marking: \"tlp:clear\"}}) {{ verdict findings {{ message }} record {{ ... on Claim {{ kind }} }} }}"
        ),
        Value::Null,
    )
    .await;
    for one in ["d", "c", "r", "l", "s"] {
        assert_eq!(rest[one]["verdict"], "added", "{rest:#}");
    }
    assert_eq!(rest["s"]["record"]["kind"], "SAME_NETWORK");
    let again = mutate(
        &case,
        "assertClaim(claim: $claim, reason: \"read again\", idempotencyKey: \"k\") { id repeated }",
        json!({ "claim": claim }),
    )
    .await;
    assert_eq!(again["assertClaim"], json!({"id": id, "repeated": true}));
    let body = json!({"query": "mutation { withdrawClaim(id: \"Facebook\") { verdict } }"});
    let wrong = post(&case, "/graphql", body).await.json();
    assert_eq!(wrong["data"]["withdrawClaim"], Value::Null);
    assert_eq!(
        wrong["errors"][0]["extensions"]["code"], "BAD_USER_INPUT",
        "{wrong:#}"
    );
}
