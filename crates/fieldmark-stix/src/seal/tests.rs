use super::*;
use proptest::prelude::*;

const SECRET: [u8; 32] = [7; 32];
const BUNDLE: &str = r#"{"type":"bundle","id":"bundle--1","objects":[
 {"type":"identity","id":"identity--1","modified":"2024-01-01T00:00:00.000Z","name":"One","x":1.50},
 {"type":"identity","id":"identity--2","modified":"2024-01-01T00:00:00.000Z","name":"Two"}]}"#;

fn public_key() -> [u8; 32] {
    key(&public(&SECRET)).unwrap()
}

fn checked(bundle: &str) -> Checked {
    let seal = seal(BUNDLE.as_bytes(), &SECRET, "Desk A", "2024-02-01T00:00:00Z").unwrap();
    check(bundle.as_bytes(), seal.as_bytes(), &public_key()).unwrap()
}

#[test]
fn layout_may_change_and_who_and_when_are_said() {
    let laid_out: Value = serde_json::from_str(BUNDLE).unwrap();
    let Checked::Sound(said) = checked(&format!("{laid_out:#}")) else {
        panic!("the same values were called changed");
    };
    assert_eq!(
        (said.by.as_str(), said.at.as_str(), said.objects),
        ("Desk A", "2024-02-01T00:00:00Z", 2)
    );
}

#[test]
fn what_changed_is_named() {
    let cases = [
        (
            BUNDLE.replace("\"One\"", "\"Une\""),
            "identity--1 2024-01-01T00:00:00.000Z: name was changed",
        ),
        (
            BUNDLE.replace(",\"x\":1.50", ""),
            "identity--1 2024-01-01T00:00:00.000Z: x was taken out",
        ),
        (
            BUNDLE.replace("\"Two\"", "\"Two\",\"y\":0"),
            "identity--2 2024-01-01T00:00:00.000Z: y was put in",
        ),
        (
            BUNDLE.replace("bundle--1", "bundle--9"),
            "$: id was changed",
        ),
    ];
    for (bundle, wanted) in cases {
        let Checked::Changed(_, found) = checked(&bundle) else {
            panic!("unnoticed: {wanted}");
        };
        assert_eq!(found, [wanted]);
    }
    let Checked::Changed(_, found) = checked(&BUNDLE.replace("identity--2", "identity--3")) else {
        panic!("unnoticed: another object");
    };
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn a_seal_by_another_key_or_a_changed_seal_is_forged() {
    let good = seal(BUNDLE.as_bytes(), &SECRET, "Desk A", "2024-02-01T00:00:00Z").unwrap();
    let other = key(&public(&[8; 32])).unwrap();
    for (seal, public) in [
        (good.clone(), other),
        (good.replace("Desk A", "Desk B"), public_key()),
    ] {
        assert_eq!(
            check(BUNDLE.as_bytes(), seal.as_bytes(), &public),
            Ok(Checked::Forged)
        );
    }
}

#[test]
fn what_programs_would_read_differently_is_not_sealed() {
    for (bundle, wanted) in [
        (r#"{"type":"bundle","type":"x"}"#, "twice"),
        (r#"{"type":"bundle","n":9007199254740993}"#, "2^53"),
        (
            r#"{"type":"bundle","objects":[{"name":"x"}]}"#,
            "$.objects[0] has no id",
        ),
        (
            r#"{"objects":[{"id":"a"},{"id":"a"}]}"#,
            "twice in one version",
        ),
    ] {
        let error = seal(bundle.as_bytes(), &SECRET, "", "")
            .unwrap_err()
            .to_string();
        assert!(error.contains(wanted), "{error}");
    }
}

proptest! {
    #[test]
    fn any_changed_byte_of_a_bundle_is_noticed(at in 0..BUNDLE.len(), byte in b' '..b'~') {
        let mut bytes = BUNDLE.as_bytes().to_vec();
        prop_assume!(bytes[at] != byte);
        bytes[at] = byte;
        let seal = seal(BUNDLE.as_bytes(), &SECRET, "", "").unwrap();
        let same = serde_json::from_slice::<Value>(&bytes).ok() == serde_json::from_str(BUNDLE).ok();
        match check(&bytes, seal.as_bytes(), &public_key()) {
            Ok(Checked::Sound(_)) => prop_assert!(same),
            Ok(Checked::Changed(_, found)) => prop_assert!(!same && !found.is_empty()),
            Ok(Checked::Forged) => prop_assert!(false, "the seal did not change"),
            Err(_) => prop_assert!(!same),
        }
    }
}
