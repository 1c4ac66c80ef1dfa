//! What listens: the server and the demo.

use crate::site::{FACTS, NORTH, Running, Site, address_in, get};
use std::fs;

#[test]
fn commands_go_through_the_server_that_holds_the_data() {
    let site = Site::empty();
    site.write("facts.trig", FACTS);
    let mut server = Running::start(
        &site,
        &["serve", "--listen", "127.0.0.1:0", "--metrics", "off"],
    );
    let address = address_in(&server.until("listens on"));
    site.run(&["import", "facts.trig"]).well();
    assert!(
        site.run(&["show", "Hidden campaign"])
            .well()
            .contains("Hidden campaign")
    );
    let found = get(&address, "/api/v1/search?text=campaign");
    assert!(
        found.starts_with("HTTP/1.1 200") && found.contains("Northern campaign"),
        "{found}"
    );
    assert!(
        !found.contains("Hidden"),
        "nobody in particular is public: {found}"
    );
    let second = site
        .run(&["serve", "--listen", "127.0.0.1:0", "--metrics", "off"])
        .badly();
    assert!(second.contains("in use by fieldmark serve"), "{second}");
    assert_eq!(server.stop(), Some(0));
    assert!(!site.path().join("fieldmark-data/control.sock").exists());
    site.run(&["show", NORTH]).well();
}

#[test]
fn the_demo_prints_its_address_and_its_first_answer() {
    let site = Site::empty();
    let mut demo = Running::start(&site, &["demo", "--listen", "127.0.0.1:0"]);
    let said = demo.until("Ctrl-C");
    assert!(
        said.contains("What links Alces Lake 2022 to the MPs campaign 2023?"),
        "{said}"
    );
    assert!(
        said.contains(" share ") && said.contains("report"),
        "{said}"
    );
    let steward = get(&address_in(&said), "/api/v1/audiences");
    assert!(
        steward.starts_with("HTTP/1.1 200") && steward.contains("steward"),
        "{steward}"
    );
    assert_eq!(demo.stop(), Some(0));
    assert!(
        fs::read_dir(site.path()).unwrap().next().is_none(),
        "the demo leaves nothing behind"
    );
}
