//! Another server's collection, taken in from where the last pull ended.

use crate::site::{Running, Site, address_in};
use serde_json::Value;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

const BUNDLE: &str = include_str!("bundle.json");
const COLLECTION: &str = "11111111-1111-4111-8111-111111111111";

/// A server whose collection shows the bundle to partners, its address and a partner's token.
pub fn partner() -> (Site, Running, String, String) {
    let site = Site::empty();
    site.write(
        "fieldmark.toml",
        &format!(
            "[[audience]]\nname = \"partners\"\nceiling = \"red\"\n\
             [[collection]]\nid = \"{COLLECTION}\"\ntitle = \"Reports\"\nalias = \"reports\"\n\
             audience = \"partners\"\n"
        ),
    );
    site.write("bundle.json", BUNDLE);
    site.run(&["import", "bundle.json"]).well();
    let made = site.run(&[
        "token",
        "create",
        "--name",
        "desk-b",
        "--audience",
        "partners",
        "--json",
    ]);
    let made: Value = serde_json::from_str(&made.out).unwrap();
    let token = made["secret"].as_str().unwrap().to_owned();
    let mut server = Running::start(
        &site,
        &["serve", "--listen", "127.0.0.1:0", "--metrics", "off"],
    );
    let address = address_in(&server.until("listens on"));
    let url = format!("http://{}/taxii2/", address.trim_end_matches('/'));
    (site, server, url, token)
}

/// Runs a pull with a token, and gives back its status, output and errors.
fn pull(site: &Site, token: &str, args: &[&str]) -> (Option<i32>, String, String) {
    let mut command = site.command(&[&["pull"], args].concat());
    let output = command
        .env("FIELDMARK_TAXII_TOKEN", token)
        .output()
        .unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn a_collection_is_pulled_to_its_end_and_then_only_what_is_new() {
    let (_from, _server, url, token) = partner();
    let to = Site::empty();
    let (code, listed, _) = pull(&to, &token, &[&url]);
    assert_eq!(code, Some(0));
    assert!(
        listed.contains(COLLECTION) && listed.contains("Reports"),
        "{listed}"
    );
    let named = ["--collection", "reports"];
    // Nothing is changed, and nothing is remembered.
    let (code, tried, _) = pull(
        &to,
        &token,
        &[&[url.as_str()], &named[..], &["--dry-run"]].concat(),
    );
    assert_eq!(code, Some(0), "{tried}");
    assert!(tried.contains("8 would be added"), "{tried}");
    assert!(!to.path().join("fieldmark-data/pulls.json").exists());
    // Seven objects, and the claim that an alias of one is. Two at a time, so that several pages follow one another.
    let (code, pulled, told) = pull(
        &to,
        &token,
        &[&[url.as_str()], &named[..], &["--page", "2"]].concat(),
    );
    assert_eq!(code, Some(0), "{pulled}{told}");
    assert!(
        pulled.contains("8 added, 0 revised, 0 unchanged, 0 refused"),
        "{pulled}"
    );
    assert!(!pulled.contains("nobody defines"), "{pulled}");
    assert!(told.contains("7 objects received"), "{told}");
    assert!(!pulled.contains("not here yet"), "{pulled}");
    assert!(
        to.run(&["show", "Marsh Light"])
            .well()
            .contains("Marsh Light")
    );
    let state: Value = serde_json::from_str(
        &fs::read_to_string(to.path().join("fieldmark-data/pulls.json")).unwrap(),
    )
    .unwrap();
    let (at, moment) = state.as_object().unwrap().iter().next().unwrap();
    assert!(at.ends_with(&format!("/collections/{COLLECTION}/")), "{at}");
    assert!(moment.as_str().unwrap().ends_with('Z'));
    // From there on there is the last one at most, which changes nothing.
    let (code, again, told) = pull(
        &to,
        &token,
        &[&[url.as_str()], &named[..], &["--json"]].concat(),
    );
    let again: Value = serde_json::from_str(&again).unwrap();
    assert_eq!(code, Some(0), "{told}");
    assert_eq!(
        (&again["added"], &again["revised"]),
        (&0.into(), &0.into()),
        "{again}"
    );
    assert!(again["received"].as_u64().unwrap() < 7, "{again}");
    let (_, all, _) = pull(
        &to,
        &token,
        &[&[url.as_str()], &named[..], &["--all"]].concat(),
    );
    assert!(all.contains("0 added, 0 revised, 7 unchanged"), "{all}");
}

#[test]
fn what_keeps_a_pull_from_its_end_is_said_with_what_to_do() {
    let (_from, _server, url, token) = partner();
    let to = Site::empty();
    for (token, args, wanted) in [
        ("fm_wrong", vec![url.as_str()], "FIELDMARK_TAXII_PASSWORD"),
        (
            &token,
            vec![&url, "--collection", "Shadows"],
            "but: Reports (11111111",
        ),
        (
            &token,
            vec!["http://partner.example/taxii2/"],
            "goes over https only",
        ),
        (
            &token,
            vec!["partner.example"],
            "https://host/taxii2/ is wanted",
        ),
    ] {
        let (code, _, error) = pull(&to, token, &args);
        assert_eq!(code, Some(1), "{error}");
        assert!(
            error.starts_with("fieldmark: ") && error.contains(wanted),
            "{error}"
        );
    }
}

/// A server that answers each request with the next of these, and the requests it was sent.
fn scripted(answers: Vec<String>) -> (String, thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/api/", listener.local_addr().unwrap());
    let served = thread::spawn(move || {
        let mut asked = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n") {
                stream.read_exact(&mut byte).unwrap();
                request.push(byte[0]);
            }
            stream.write_all(answer.as_bytes()).unwrap();
            asked.push(String::from_utf8(request).unwrap());
        }
        asked
    });
    (url, served)
}

fn answer(status: &str, headers: &str, body: &Value) -> String {
    let body = body.to_string();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/taxii+json;version=2.1\r\n{headers}\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

#[test]
fn a_server_that_knows_no_next_and_is_busy_is_walked_by_the_moment() {
    let objects = |last: u8| {
        serde_json::json!([{ "type": "campaign", "spec_version": "2.1",
            "id": format!("campaign--00000000-0000-4000-8000-0000000000{last:02}"),
            "created": "2024-01-01T00:00:00.000Z", "modified": "2024-01-01T00:00:00.000Z",
            "name": format!("Campaign {last}"),
            "object_marking_refs": ["marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"] }])
    };
    let added = |moment: &str| format!("X-TAXII-Date-Added-Last: {moment}\r\n");
    let root = serde_json::json!({ "title": "a", "versions": [], "max_content_length": 1 });
    let listed = serde_json::json!({ "collections": [
        { "id": COLLECTION, "title": "Lights", "can_read": true, "can_write": false }] });
    let first = serde_json::json!({ "more": true, "objects": objects(1) });
    let second = serde_json::json!({ "more": false, "objects": objects(2) });
    let (url, served) = scripted(vec![
        answer("200 OK", "", &root),
        answer("200 OK", "", &listed),
        answer("200 OK", "", &serde_json::json!({})),
        answer(
            "503 Service Unavailable",
            "Retry-After: 0\r\n",
            &serde_json::json!({}),
        ),
        answer("200 OK", &added("2024-05-01T10:00:00.000000Z"), &first),
        answer("200 OK", &added("2024-05-01T10:00:01.000000Z"), &second),
    ]);
    let to = Site::empty();
    let (code, pulled, told) = pull(&to, "", &[&url, "--collection", COLLECTION]);
    assert_eq!(code, Some(0), "{pulled}{told}");
    assert!(pulled.contains("2 added"), "{pulled}");
    let asked = served.join().unwrap();
    assert!(asked[2].contains("marking-definition"), "{}", asked[2]);
    assert!(
        asked[3].contains("limit=1000") && !asked[3].contains("added_after"),
        "{}",
        asked[3]
    );
    assert_eq!(asked[3], asked[4], "the same again");
    // What was added at that very moment may come once more, and nothing is passed over.
    assert!(
        asked[5].contains("added_after=2024-05-01T09"),
        "{}",
        asked[5]
    );
}
