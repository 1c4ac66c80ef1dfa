//! What strangers may do to a server without harming others: bounded here in count and time.

use crate::site::{Running, Site, address_in, get};
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A server with the seed case, and what its configuration says beside.
fn serving(configuration: &str) -> (Site, Running, String) {
    let site = Site::empty();
    site.write("fieldmark.toml", configuration);
    let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../seed-data");
    assert_eq!(site.run(&["import", seed]).code, Some(0));
    let mut server = Running::start(
        &site,
        &["serve", "--listen", "127.0.0.1:0", "--metrics", "off"],
    );
    let address = address_in(&server.until("listens on"));
    (site, server, address)
}

/// Sends `request` as it stands and reads the whole answer.
fn send(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    read(stream)
}

fn read(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    // A reset after the last byte is an end as well.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

fn token(site: &Site, name: &str, audience: &str, role: &str) -> String {
    let made = site.run(&[
        "token",
        "create",
        "--name",
        name,
        "--audience",
        audience,
        "--role",
        role,
    ]);
    assert_eq!(made.code, Some(0), "{}", made.err);
    made.out.trim().to_owned()
}

/// What the server holds, in bytes.
fn held(server: &Running) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    line.trim()
        .trim_end_matches("kB")
        .trim()
        .parse::<u64>()
        .unwrap()
        << 10
}

#[test]
fn silent_connections_cost_little_and_keep_nobody_out() {
    const MANY: u64 = 800;
    let (_site, server, address) = serving("");
    get(&address, "/livez");
    let before = held(&server);
    let silent: Vec<TcpStream> = (0..MANY)
        .map(|_| TcpStream::connect(&address).unwrap())
        .collect();
    assert_eq!(status(&get(&address, "/livez")), "200");
    let more = held(&server).saturating_sub(before);
    // 200 MB for 10,000 is the bound; each connection of these cost 1.2 MB once.
    assert!(more < MANY * 20_000 + (4 << 20), "{more} bytes more");
    drop(silent);
}

#[test]
fn one_connection_too_many_is_told_so() {
    let (_site, _server, address) = serving("[limits]\nconnections = 20");
    let silent: Vec<TcpStream> = (0..30)
        .map(|_| TcpStream::connect(&address).unwrap())
        .collect();
    let answer = get(&address, "/livez");
    assert_eq!(status(&answer), "503", "{answer}");
    assert!(answer.contains("Retry-After:"), "{answer}");
    drop(silent);
}

#[test]
fn a_strangers_endless_paths_leave_places_for_others() {
    let (site, _server, address) = serving("[limits]\nseconds = 2");
    let partner = token(&site, "eyes", "steward", "reader");
    // Every node to every node, both ways along every edge: SELECT (COUNT(*) AS ?n)
    // { ?a (<urn:x>|!<urn:x>|!^<urn:x>)* ?b }
    let path = "/sparql?query=SELECT%20(COUNT(*)%20AS%20%3Fn)%20%7B%20%3Fa%20(%3Curn:x%3E%7C!%3Curn:x%3E%7C!%5E%3Curn:x%3E)*%20%3Fb%20%7D";
    let ask = |path: &str, token: Option<&str>| {
        let mut request =
            format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
        if let Some(token) = token {
            let _ = write!(request, "Authorization: Bearer {token}\r\n");
        }
        send(&address, &(request + "\r\n"))
    };
    std::thread::scope(|scope| {
        let endless: Vec<_> = (0..12).map(|_| scope.spawn(|| ask(path, None))).collect();
        std::thread::sleep(Duration::from_millis(300));
        // The steward asks anything meanwhile, and saved questions are answered.
        let asked = ask("/sparql?query=ASK%20%7B%7D", Some(&partner));
        assert_eq!(status(&asked), "200", "{asked}");
        let saved = ask("/api/v1/queries", Some(&partner));
        assert_eq!(status(&saved), "200", "{saved}");
        for answer in endless {
            let answer = answer.join().unwrap();
            assert_eq!(status(&answer), "503", "{answer}");
            assert!(answer.to_lowercase().contains("retry-after:"), "{answer}");
        }
    });
    // Their clock stopped them: all places are free again.
    let asked = ask("/sparql?query=ASK%20%7B%7D", None);
    assert_eq!(status(&asked), "200", "{asked}");
}

#[test]
fn slow_uploads_keep_nobody_from_importing() {
    let (site, _server, address) = serving("");
    let writer = token(&site, "pen", "public", "writer");
    let head = |length: usize| {
        format!(
            "POST /api/v1/import?format=turtle&marking=tlp:clear HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {writer}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
        )
    };
    let slow: Vec<TcpStream> = (0..60)
        .map(|_| {
            let mut stream = TcpStream::connect(&address).unwrap();
            stream.write_all(head(1 << 20).as_bytes()).unwrap();
            stream.write_all(b"# a beginning\n").unwrap();
            stream
        })
        .collect();
    assert_eq!(status(&get(&address, "/livez")), "200");
    let answer = send(&address, &(head(10) + "# nothing\n"));
    assert_eq!(status(&answer), "200", "{answer}");
    drop(slow);
}

#[test]
fn eighty_who_write_a_record_at_once_are_all_served() {
    let (site, _server, address) = serving("");
    let writer = token(&site, "pen", "steward", "writer");
    let one = |number: usize| {
        let body = format!(
            "<https://w3id.org/fieldmark/id/user-account--00000000-0000-4000-8000-{number:012x}> \
             a <http://docs.oasis-open.org/cti/ns/stix#UserAccount> ; \
             <http://www.w3.org/2004/02/skos/core#prefLabel> \"made_up_{number}\"@en .\n"
        );
        send(
            &address,
            &format!(
                "POST /api/v1/import?format=turtle&marking=tlp:clear HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {writer}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            ),
        )
    };
    let answers: Vec<String> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..80)
            .map(|number| scope.spawn(move || one(number)))
            .collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    for answer in answers {
        assert_eq!(status(&answer), "200", "{answer}");
        assert!(answer.contains("\"added\":1"), "{answer}");
    }
}

#[test]
fn guesses_at_tokens_are_sent_away_after_a_few() {
    let (_site, _server, address) = serving("");
    let guess = || {
        send(
            &address,
            &format!(
                "GET /api/v1/queries HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer fm_guess\r\nConnection: close\r\n\r\n"
            ),
        )
    };
    let answers: Vec<String> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..150).map(|_| scope.spawn(guess)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let count = |wanted: &str| {
        answers
            .iter()
            .filter(|answer| status(answer) == wanted)
            .count()
    };
    assert_eq!(count("401") + count("429"), 150, "{answers:?}");
    assert!(count("401") > 0 && count("429") > 0);
}

#[test]
fn who_asks_too_often_is_told_when_to_come_back() {
    let (site, _server, address) = serving("[limits]\nrequests_per_second = 2");
    let hasty: Vec<String> = (0..40).map(|_| get(&address, "/livez")).collect();
    let late: Vec<&String> = hasty.iter().filter(|one| status(one) == "429").collect();
    assert!(late.len() > 10, "{} of 40", late.len());
    assert!(
        late.iter()
            .all(|one| one.to_lowercase().contains("retry-after: "))
    );
    // Another caller has a measure of their own, and so has who holds the data directory.
    let other = token(&site, "eyes", "public", "reader");
    let answer = send(
        &address,
        &format!(
            "GET /api/v1/queries HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {other}\r\nConnection: close\r\n\r\n"
        ),
    );
    assert_eq!(status(&answer), "200", "{answer}");
}

#[test]
fn every_page_and_drawing_is_closed_in_and_a_request_has_one_host() {
    let (_site, _server, address) = serving("");
    for path in [
        "/",
        "/sparql",
        "/graphql",
        "/ns",
        "/id/campaign--0d216287-6b9c-5940-afe0-4d84d545b13b",
        "/id/campaign--00000000-0000-4000-8000-0000000000ff",
        "/api/v1/pictures/neighbourhood?of=Spamouflage",
        "/api/v1/dossier/MPs%20campaign%202023.html",
    ] {
        let answer = send(
            &address,
            &format!(
                "GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: text/html,image/svg+xml\r\nConnection: close\r\n\r\n"
            ),
        );
        let head = answer.split("\r\n\r\n").next().unwrap().to_lowercase();
        if !head.contains("content-type: text/html") && !head.contains("content-type: image/svg") {
            panic!("{path} is no page: {head}");
        }
        for wanted in [
            "content-security-policy: default-src 'none'",
            "frame-ancestors 'none'",
            "x-content-type-options: nosniff",
            "x-frame-options: deny",
            "referrer-policy: no-referrer",
        ] {
            assert!(head.contains(wanted), "{path} lacks {wanted}: {head}");
        }
    }
    for hosts in ["", "Host: a.example\r\nHost: b.example\r\n"] {
        let answer = send(
            &address,
            &format!("GET /livez HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n"),
        );
        assert_eq!(status(&answer), "400", "{hosts:?}: {answer}");
    }
}

#[test]
fn the_demo_answers_to_names_of_this_machine_alone() {
    let site = Site::empty();
    let mut demo = Running::start(&site, &["demo", "--listen", "127.0.0.1:0"]);
    let address = address_in(&demo.until("http://"));
    for (host, wanted) in [
        (address.as_str(), "200"),
        ("localhost", "200"),
        ("rebound.example", "421"),
        ("rebound.example:8420", "421"),
    ] {
        let answer = send(
            &address,
            &format!("GET /livez HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
        );
        assert_eq!(status(&answer), wanted, "{host}: {answer}");
    }
}

/// A file system of a few megabytes, gone when dropped.
struct Small(std::path::PathBuf);

impl Small {
    fn mounted(at: std::path::PathBuf) -> Option<Self> {
        std::fs::create_dir_all(&at).unwrap();
        let mounted = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=48m", "tmpfs"])
            .arg(&at)
            .output();
        mounted
            .is_ok_and(|output| output.status.success())
            .then_some(Self(at))
    }

    /// Leaves so many bytes free.
    fn leave(&self, free: u64) {
        let path = self.0.join("ballast");
        let mut ballast = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(&path)
            .unwrap();
        let block = [0; 1 << 16];
        while ballast.write_all(&block).is_ok() {}
        let size = ballast.metadata().unwrap().len();
        ballast.set_len(size.saturating_sub(free)).unwrap();
    }

    fn make_room(&self) {
        std::fs::remove_file(self.0.join("ballast")).unwrap();
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(&self.0).output();
    }
}

#[test]
fn a_full_disk_hides_nothing_and_heals_without_a_write() {
    let site = Site::empty();
    let Some(small) = Small::mounted(site.path().join("small")) else {
        eprintln!("skipped: only root can mount the small file system that this test fills");
        return;
    };
    let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../seed-data");
    assert_eq!(
        site.run(&["import", seed, "--data", "small/x"]).code,
        Some(0)
    );
    let filler: String = (0..3000)
        .map(|n| format!("id:campaign--00000000-0000-4000-8000-{n:012} a stix:Campaign ; skos:prefLabel \"Filler {n} {}\"@en .\n", "y".repeat(200)))
        .collect();
    site.write(
        "filler.ttl",
        &format!("@prefix id: <https://w3id.org/fieldmark/id/> . @prefix stix: <http://docs.oasis-open.org/cti/ns/stix#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n{filler}"),
    );
    let mut server = Running::start(
        &site,
        &[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--metrics",
            "off",
            "--data",
            "small/x",
        ],
    );
    let address = address_in(&server.until("listens on"));
    let seen = || {
        let answer = get(&address, "/api/v1/search?text=campaign");
        answer.split("\r\n\r\n").nth(1).map(str::to_owned)
    };
    let before = seen();
    let import = || {
        site.run(&[
            "import",
            "filler.ttl",
            "--marking",
            "tlp:clear",
            "--data",
            "small/x",
        ])
        .badly()
    };
    // No room for the file; then room for the ledger's entries and not for the views.
    for _ in 0..3 {
        // What the engine tidies up behind the first fill is filled as well.
        small.leave(0);
        std::thread::sleep(Duration::from_millis(300));
    }
    let said = import();
    assert!(said.contains("the disk is full"), "{said}");
    assert_eq!(seen(), before);
    small.leave(4 << 20);
    let said = import();
    assert!(said.contains("recorded and safe"), "{said}");
    assert_eq!(seen(), before, "what was there is answered as before");
    assert_eq!(status(&get(&address, "/readyz")), "503");
    small.make_room();
    for _ in 0..60 {
        if status(&get(&address, "/readyz")) == "200" {
            break;
        }
        std::thread::sleep(Duration::from_secs(1));
    }
    assert_eq!(status(&get(&address, "/readyz")), "200", "nobody wrote");
    assert!(get(&address, "/api/v1/search?text=Filler%202999").contains("Filler 2999"));
    assert_eq!(server.stop(), Some(0));
}

/// The processor time a process has used, in hundredths of a second.
fn worked(server: &Running) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", server.id())).unwrap();
    let after_name = stat.rsplit_once(')').unwrap().1;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[test]
fn work_ends_with_its_caller() {
    let (_site, server, address) = serving("");
    // Four of these take forty seconds of a processor when they are read to their end.
    let path = "/api/v1/overlap/MPs%20campaign%202023?with=Alces%20Lake%202022&shuffles=99999";
    let asked: Vec<TcpStream> = (0..4)
        .map(|_| {
            let mut stream = TcpStream::connect(&address).unwrap();
            let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n");
            stream.write_all(request.as_bytes()).unwrap();
            stream
        })
        .collect();
    std::thread::sleep(Duration::from_millis(500));
    drop(asked);
    std::thread::sleep(Duration::from_secs(2));
    let before = worked(&server);
    std::thread::sleep(Duration::from_secs(1));
    let after = worked(&server);
    assert!(after - before < 30, "{before} to {after} hundredths");
}
