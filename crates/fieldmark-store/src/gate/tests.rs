use super::*;

fn gate() -> (tempfile::TempDir, Gate) {
    let dir = tempfile::tempdir().unwrap();
    let audiences = vec![Audience::public(), Audience::steward()];
    let gate = Gate::open(&dir.path().join("gate.sqlite"), audiences).unwrap();
    (dir, gate)
}

#[test]
fn a_token_opens_its_audience_until_it_is_revoked() {
    let (_dir, gate) = gate();
    let operator = gate.enter(Credential::Local).unwrap().operator.unwrap();
    let secret = gate
        .create_token(&operator, "desk", "public", Role::Writer, None)
        .unwrap();
    let caller = gate.enter(Credential::Token(&secret)).unwrap();
    assert_eq!(
        (caller.name.as_str(), caller.reader.audience()),
        ("desk", "public")
    );
    assert!(caller.writer.is_some() && caller.operator.is_none());
    assert!(matches!(
        gate.create_token(&operator, "desk", "public", Role::Reader, None),
        Err(GateError::Taken(_))
    ));
    gate.revoke_token(&operator, "desk").unwrap();
    assert!(matches!(
        gate.enter(Credential::Token(&secret)),
        Err(GateError::BadToken)
    ));
    assert!(gate.tokens_list(&operator).unwrap()[0].revoked);
}

#[test]
fn an_operator_is_not_thereby_a_steward() {
    let (_dir, gate) = gate();
    let operator = gate.enter(Credential::Local).unwrap().operator.unwrap();
    let secret = gate
        .create_token(&operator, "ops", "public", Role::Operator, None)
        .unwrap();
    let caller = gate.enter(Credential::Token(&secret)).unwrap();
    assert!(caller.operator.is_some() && caller.reader.steward().is_none());
    assert!(matches!(
        gate.step_down(&caller.reader, "steward"),
        Err(GateError::NotSteward)
    ));
}

#[test]
fn an_operator_reaches_no_further_than_their_token() {
    let (_dir, gate) = gate();
    let local = gate.enter(Credential::Local).unwrap().operator.unwrap();
    let make = |operator: &Operator, name: &str, audience: &str, role| {
        gate.create_token(operator, name, audience, role, None)
    };
    let secret = make(&local, "ops", "public", Role::Operator).unwrap();
    make(&local, "desk", "steward", Role::Writer).unwrap();
    let caller = gate.enter(Credential::Token(&secret)).unwrap();
    let ops = caller.operator.unwrap();
    for role in Role::ALL {
        let error = make(&ops, "up", "steward", role).unwrap_err();
        let absent = make(&ops, "up", "nobody", role).unwrap_err();
        let told = |error: GateError| error.to_string().replace("nobody", "steward");
        assert_eq!(told(error), told(absent), "{role:?}");
    }
    assert!(matches!(
        make(&ops, "pen", "public", Role::Writer),
        Err(GateError::BeyondReach(_))
    ));
    make(&ops, "eyes", "public", Role::Reader).unwrap();
    let names: Vec<String> = gate
        .tokens_list(&ops)
        .unwrap()
        .into_iter()
        .map(|token| token.name)
        .collect();
    assert_eq!(
        names,
        ["eyes", "ops"],
        "the desk's token is not theirs to see"
    );
    assert!(matches!(
        gate.revoke_token(&ops, "desk"),
        Err(GateError::NoToken(_))
    ));
    assert!(!gate.tokens_list(&local).unwrap()[0].revoked);
}

#[test]
fn an_end_that_cannot_be_read_has_come() {
    let (_dir, gate) = gate();
    let local = gate.enter(Credential::Local).unwrap().operator.unwrap();
    let secret = gate
        .create_token(&local, "desk", "public", Role::Reader, Some("2999-01-01"))
        .unwrap();
    assert!(gate.enter(Credential::Token(&secret)).is_ok());
    for end in ["2999", "", "never", "2999-01-01T00:00:00"] {
        gate.tokens()
            .execute("UPDATE token SET expires = ?1", [end])
            .unwrap();
        assert!(
            matches!(
                gate.enter(Credential::Token(&secret)),
                Err(GateError::BadToken)
            ),
            "{end:?}"
        );
    }
}

#[test]
fn a_name_is_one_line_that_can_be_read() {
    let (_dir, gate) = gate();
    let local = gate.enter(Credential::Local).unwrap().operator.unwrap();
    let long = "n".repeat(201);
    for name in ["", "  ", "a\nb", "a\u{0}", "\u{1b}[2J", "a\u{202e}b", &long] {
        let made = gate.create_token(&local, name, "public", Role::Reader, None);
        assert!(matches!(made, Err(GateError::Name)), "{name:?}");
    }
    let name = "Büro 外交 — Zoé".to_owned();
    gate.create_token(&local, &name, "public", Role::Reader, None)
        .unwrap();
}

#[test]
fn bad_wishes_are_refused_with_a_remedy() {
    let (_dir, gate) = gate();
    let operator = gate.enter(Credential::Local).unwrap().operator.unwrap();
    let make = |audience, expires| {
        gate.create_token(&operator, "t", audience, Role::Reader, expires)
            .unwrap_err()
            .to_string()
    };
    assert!(make("friends", None).contains("audience list"));
    assert!(make("public", Some("2001-01-01")).contains("--expires"));
    assert!(make("public", Some("soon")).contains("--expires"));
    assert!(matches!(
        gate.enter(Credential::Token("fm_guess")),
        Err(GateError::BadToken)
    ));
}
