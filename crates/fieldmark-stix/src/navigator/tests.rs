use super::*;

fn one(code: &str, disarm: bool, retired: bool) -> Used {
    Used {
        code: code.into(),
        numbered: true,
        name: format!("name of {code}"),
        disarm,
        retired: retired.then(|| "1.6".into()),
        by: BTreeSet::from(["North".to_owned()]),
    }
}

fn codes(layer: &Value) -> Vec<&str> {
    let list = layer["techniques"].as_array().unwrap();
    list.iter()
        .map(|technique| technique["techniqueID"].as_str().unwrap())
        .collect()
}

fn hidden(layer: &Value) -> Vec<&str> {
    let list = layer["metadata"].as_array().unwrap();
    list.iter()
        .map(|entry| entry["name"].as_str().unwrap())
        .collect()
}

#[test]
fn the_built_in_matrix_has_257_techniques() {
    assert_eq!(IN_DISARM_NAVIGATOR.lines().count(), 257);
    assert!(in_disarm_navigator("T0002") && !in_disarm_navigator("T0143.003"));
}

#[test]
fn what_the_disarm_navigator_lacks_is_listed_and_its_parent_offered() {
    let used = [
        one("T0049", true, false),
        one("T0049.004", true, false),
        one("T0097.109", true, false),
        one("T0143.003", true, false),
        one("T1566", false, false),
    ];
    let layer = layer(Navigator::Disarm, "case", &used);
    assert_eq!(layer["versions"]["layer"], "4.4");
    assert_eq!(layer["versions"]["attack"], "1");
    assert_eq!(layer["domain"], "DISARM");
    assert_eq!(codes(&layer), ["T0049", "T0049.004", "T0097"]);
    assert_eq!(
        hidden(&layer),
        [
            "not shown: T0097.109",
            "not shown: T0143.003",
            "not shown: T1566"
        ]
    );
    let parent = &layer["techniques"][2]["comment"];
    assert!(parent.as_str().unwrap().contains("T0097.109"), "{parent}");
    assert!(layer["techniques"][0].get("tactic").is_none());
}

#[test]
fn the_attack_navigator_lacks_what_was_retired() {
    let used = [one("T0143.003", true, false), one("T0000", true, true)];
    let layer = layer(Navigator::Attack, "case", &used);
    assert_eq!(layer["versions"]["layer"], "4.5");
    assert_eq!(layer["domain"], "disarm");
    assert_eq!(codes(&layer), ["T0143.003"]);
    assert_eq!(hidden(&layer), ["not shown: T0000"]);
}

#[test]
fn a_technique_without_a_number_is_listed_too() {
    let nameless = Used {
        numbered: false,
        ..one("A way of their own", false, false)
    };
    for navigator in [Navigator::Disarm, Navigator::Attack] {
        let layer = layer(navigator, "case", std::slice::from_ref(&nameless));
        assert_eq!(hidden(&layer), ["not shown: A way of their own"]);
        let why = layer["metadata"][0]["value"].as_str().unwrap();
        assert!(why.contains("it has no number"), "{why}");
    }
}
