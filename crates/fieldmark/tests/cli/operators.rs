//! What operators do: tokens, configuration, checks, completions.

use crate::site::Site;

#[test]
fn a_token_is_shown_once_listed_without_its_secret_and_revoked() {
    let site = Site::empty();
    let ran = site.run(&["token", "create", "--name", "desk", "--audience", "public"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(
        ran.out.starts_with("fm_") && ran.out.split_whitespace().count() == 1,
        "{}",
        ran.out
    );
    let list = site.run(&["token", "list"]).well();
    assert!(
        list.contains("desk") && !list.contains(ran.out.trim()),
        "{list}"
    );
    let taken = site
        .run(&["token", "create", "--name", "desk", "--audience", "public"])
        .badly();
    assert!(taken.contains("desk"), "{taken}");
    let nobody = site
        .run(&["token", "create", "--name", "b", "--audience", "nobody"])
        .badly();
    assert!(nobody.contains("nobody"), "{nobody}");
    site.run(&["token", "revoke", "desk"]).well();
    let list = site.run(&["token", "list", "--json"]).json();
    assert_eq!(list[0]["revoked"], true, "{list}");
    site.run(&["token", "revoke", "other"]).badly();
}

#[test]
fn configuration_is_shown_with_its_origin_and_checked() {
    let site = Site::empty();
    site.write(
        "fieldmark.toml",
        "listen = \"127.0.0.1:8421\"\n[[audience]]\nname = \"friends\"\nceiling = \"green\"\n",
    );
    let shown = site.run(&["config", "show", "--origin"]).well();
    let line = |key: &str| {
        shown
            .lines()
            .find(|line| line.starts_with(key))
            .unwrap_or_default()
            .to_owned()
    };
    assert!(
        line("listen").contains("127.0.0.1:8421") && line("listen").ends_with("fieldmark.toml"),
        "{shown}"
    );
    assert!(line("log").ends_with("built in"), "{shown}");
    assert!(line("audience.friends").contains("green"), "{shown}");
    assert_eq!(site.run(&["config", "check"]).well(), "");
    site.write(
        "fieldmark.toml",
        "[[audience]]\nname = \"Friends\"\nceiling = \"green\"\n",
    );
    let error = site.run(&["config", "check"]).badly();
    assert!(error.contains("Friends"), "{error}");
    site.write("fieldmark.toml", "listen = \"127.0.0.1:1\"\nlisen = 1\n");
    let error = site.run(&["config", "check"]).badly();
    assert!(error.contains("fieldmark.toml:2:"), "{error}");
}

#[test]
fn views_are_checked_and_made_again() {
    let site = Site::filled();
    let text = site.run(&["verify"]).well();
    assert!(
        text.contains("all sound") && text.contains("view public: agrees"),
        "{text}"
    );
    site.run(&["rebuild", "--as", "public"]).well();
    site.run(&["rebuild"]).well();
    assert!(
        site.run(&["rebuild", "--as", "nobody"])
            .badly()
            .contains("nobody")
    );
    let json = site.run(&["verify", "--json"]).json();
    assert!(
        json["views"]
            .as_array()
            .unwrap()
            .iter()
            .all(|view| view["agrees"] == true),
        "{json}"
    );
}

#[test]
fn completions_and_manual_pages_come_from_the_command_itself() {
    let site = Site::empty();
    for shell in ["bash", "zsh", "fish"] {
        assert!(
            site.run(&["completions", shell]).well().contains("overlap"),
            "{shell}"
        );
    }
    assert!(site.run(&["man"]).well().contains(".TH"));
    assert!(site.run(&["man", "import"]).well().contains("dry\\-run"));
    site.run(&["man", "nonsense"]).badly();
}
