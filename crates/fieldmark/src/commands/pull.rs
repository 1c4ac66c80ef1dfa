//! `pull`: another server's TAXII collection, from where the last pull ended.

use super::text::{items, plain};
use super::{Desktop, export, import, print};
use crate::cli::PullArgs;
use crate::door::Door;
use crate::language::Language;
use crate::taxii::{Client, Collection};
use anyhow::{Context, Result, bail};
use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Duration, OffsetDateTime, UtcOffset};

/// The variables that hold what the command line must not: a password, or a bearer's token.
const PASSWORD: &str = "FIELDMARK_TAXII_PASSWORD";
const TOKEN: &str = "FIELDMARK_TAXII_TOKEN";

/// Where it is kept how far each collection was pulled, in the data directory.
const STATE: &str = "pulls.json";

/// Lists the collections, or pulls one. The exit status is 1 when anything was kept out.
pub async fn run(on: &Desktop, wanted: PullArgs) -> Result<ExitCode> {
    let how = import::How {
        format: Some("stix".to_owned()),
        marking: wanted.marking,
        mapping: None,
        dry_run: wanted.dry_run,
        propose: wanted.propose,
        loosen: None,
        reason: wanted.reason,
    };
    let client = Arc::new(Client::new(login(wanted.user.as_deref())?));
    let (url, asked) = (wanted.url.clone(), client.clone());
    let collections = tokio::task::spawn_blocking(move || asked.collections(&url)).await??;
    let Some(name) = &wanted.collection else {
        list(on, &wanted.url, &collections)?;
        return Ok(ExitCode::SUCCESS);
    };
    let collection = chosen(&collections, name, &wanted.url)?.clone();
    let state = State::of(&on.config.data);
    let after = match (wanted.all, wanted.added_after) {
        (true, _) => None,
        (false, Some(moment)) => Some(moment),
        (false, None) => state.read()?.remove(&collection.url),
    };
    let door = on.door().await?;
    let pull = Pull {
        client,
        collection,
        page: wanted.page,
        door,
        how: &how,
    };
    let mut total = Total::default();
    // Who may see what bears a marking is told by its definition, which has to be here before.
    pull.walk(Some("marking-definition"), after.clone(), |_, report, _| {
        total.ahead(&report);
        Ok(())
    })
    .await?;
    let collection = &pull.collection;
    pull.walk(None, after, |objects, report, last| {
        total.add(&report);
        total.received += objects;
        eprintln!("{}", progress(on.language, total.received));
        // Whoever goes on after an interruption begins here.
        match last.filter(|_| !how.dry_run) {
            Some(moment) => state.write(&collection.url, moment),
            None => Ok(()),
        }
    })
    .await?;
    let name = match collection.title.as_str() {
        "" => &collection.url,
        title => title,
    };
    let report = total.report(how.dry_run);
    match on.json {
        true => print(&format!("{report}\n"))?,
        false => print(&import::text(on.language, name, &report, how.dry_run))?,
    }
    Ok(match import::wrong(on.language, name, &report) {
        None => ExitCode::SUCCESS,
        Some(wrong) => {
            eprintln!("fieldmark: {wrong}");
            ExitCode::FAILURE
        }
    })
}

/// A collection on its way here.
struct Pull<'a> {
    client: Arc<Client>,
    collection: Collection,
    page: u32,
    door: Door,
    how: &'a import::How,
}

impl Pull<'_> {
    /// Takes in page after page of what was added after a moment, of one type if one is said; `each`
    /// is given how many objects a page held, what became of them, and from when to go on after it.
    async fn walk(
        &self,
        kind: Option<&'static str>,
        mut after: Option<String>,
        mut each: impl FnMut(usize, Value, Option<&String>) -> Result<()>,
    ) -> Result<()> {
        let mut next: Option<String> = None;
        loop {
            let (client, of, size) = (self.client.clone(), self.collection.clone(), self.page);
            let (moment, from) = (after.clone(), next.take());
            let page = tokio::task::spawn_blocking(move || {
                client.page(&of, kind, moment.as_deref(), from.as_deref(), size)
            })
            .await??;
            let last = page.last.as_deref().map(just_before);
            if page.objects > 0 {
                let body = Body::from(page.body);
                let report = import::import(&self.door, body, None, self.how).await?;
                each(page.objects, report, last.as_ref())?;
            }
            if page.objects == 0 || !page.more {
                return Ok(());
            }
            next = page.next;
            // A server that knows no `next` is asked for what was added since.
            if next.is_none() {
                if last == after {
                    bail!(
                        "{}: more objects were added there at one moment than a page holds; ask \
                         for more at once with --page",
                        self.collection.url
                    );
                }
                after = last;
            }
        }
    }
}

/// The `Authorization` header (RFC 7617, RFC 6750).
fn login(user: Option<&str>) -> Result<Option<String>> {
    let said = |name: &str| std::env::var(name).ok().filter(|said| !said.is_empty());
    Ok(match (user, said(TOKEN)) {
        (None, Some(token)) => Some(format!("Bearer {token}")),
        (None, None) => None,
        (Some(user), _) => {
            let password = said(PASSWORD)
                .with_context(|| format!("--user goes with the password in {PASSWORD}"))?;
            Some(format!(
                "Basic {}",
                STANDARD.encode(format!("{user}:{password}"))
            ))
        }
    })
}

/// The collection of that id, alias or title.
fn chosen<'a>(all: &'a [Collection], name: &str, url: &str) -> Result<&'a Collection> {
    let is_it = |one: &&Collection| {
        one.id == name || one.alias.as_deref() == Some(name) || one.title == name
    };
    let mut found = all.iter().filter(is_it);
    match (found.next(), found.next()) {
        (Some(one), None) if one.can_read => Ok(one),
        (Some(one), None) => bail!(
            "{}: whoever asks may not read it; say who with --user",
            one.url
        ),
        (None, _) if all.is_empty() => bail!("{url} shows no collection to whoever asks"),
        (None, _) => bail!(
            "{url} shows no collection \"{name}\", but: {}",
            all.iter().map(named).collect::<Vec<_>>().join(", ")
        ),
        (Some(_), Some(_)) => bail!("several collections are called \"{name}\"; name it by its id"),
    }
}

fn named(one: &Collection) -> String {
    format!("{} ({})", one.title, one.id)
}

fn list(on: &Desktop, url: &str, collections: &[Collection]) -> Result<()> {
    if on.json {
        let listed = collections.iter().map(|one| {
            json!({ "id": one.id, "title": one.title, "alias": one.alias,
                "canRead": one.can_read, "url": one.url })
        });
        return print(&format!("{}\n", Value::from_iter(listed)));
    }
    for one in collections {
        let closed = match one.can_read {
            true => "",
            false => on
                .language
                .say("  (may not be read)", "  (lecture refusée)"),
        };
        print(&format!(
            "{}  {}{closed}\n",
            plain(&one.id),
            plain(&one.title)
        ))?;
    }
    let say = on.language.say(
        "collections; name one with --collection to pull it",
        "collections ; nommez-en une par --collection pour la tirer",
    );
    eprintln!("{}: {} {say}", plain(url), collections.len());
    Ok(())
}

/// A moment a millionth of a second earlier: what was added at the same one may not have been there
/// yet, and what is sent again changes nothing.
fn just_before(moment: &str) -> String {
    let before = OffsetDateTime::parse(moment, &Rfc3339)
        .ok()
        .map(|moment| (moment - Duration::MICROSECOND).to_offset(UtcOffset::UTC));
    let before = before.and_then(|moment| moment.format(MOMENT).ok());
    before.unwrap_or_else(|| moment.to_owned())
}

/// To the millionth of a second (STIX 2.1, clause 3.2).
const MOMENT: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

fn progress(lang: Language, received: usize) -> String {
    lang.count(
        received as u64,
        ["object received", "objects received"],
        ["objet reçu", "objets reçus"],
    )
}

/// What the reports of all pages come to.
#[derive(Default)]
struct Total {
    counts: BTreeMap<&'static str, u64>,
    would: BTreeMap<&'static str, u64>,
    received: usize,
    again: u64,
    committed: bool,
    kept_out: Vec<Value>,
    notes: BTreeSet<String>,
    waiting: BTreeSet<String>,
    here: BTreeSet<String>,
}

impl Total {
    fn add(&mut self, report: &Value) {
        for key in [
            "statements",
            "added",
            "revised",
            "unchanged",
            "conflicts",
            "refused",
        ] {
            *self.counts.entry(key).or_default() += report[key].as_u64().unwrap_or_default();
        }
        for key in ["add", "revise"] {
            *self.would.entry(key).or_default() +=
                report["would"][key].as_u64().unwrap_or_default();
        }
        self.committed |= report["committed"] == true;
        let texts = |key: &str| {
            items(&report[key])
                .filter_map(Value::as_str)
                .map(str::to_owned)
        };
        self.notes.extend(texts("notes"));
        self.waiting.extend(texts("waiting"));
        for entry in items(&report["entries"]) {
            match entry["verdict"].as_str() {
                Some("refused" | "conflict") => self.kept_out.push(entry.clone()),
                _ => self.here.extend(entry["name"].as_str().map(str::to_owned)),
            }
        }
    }

    /// What was taken in ahead of the rest, and comes once more with it, unchanged.
    fn ahead(&mut self, report: &Value) {
        for key in ["added", "revised"] {
            let count = report[key].as_u64().unwrap_or_default();
            *self.counts.entry(key).or_default() += count;
            self.again += count;
        }
    }

    /// As one report of an import, which names what was kept out.
    fn report(mut self, dry_run: bool) -> Value {
        if let Some(unchanged) = self.counts.get_mut("unchanged") {
            *unchanged = unchanged.saturating_sub(self.again);
        }
        let mut report = json!({
            "dryRun": dry_run, "received": self.received, "committed": self.committed,
            "would": self.would, "entries": self.kept_out, "problems": [], "notes": self.notes,
            // What one page waited for may have come with a later one.
            "waiting": self.waiting.difference(&self.here).collect::<Vec<_>>(),
        });
        for (key, count) in self.counts {
            report[key] = count.into();
        }
        report
    }
}

/// How far collections were pulled: by their address, the moment from which to go on.
struct State(PathBuf);

impl State {
    fn of(data: &Path) -> Self {
        Self(data.join(STATE))
    }

    fn read(&self) -> Result<BTreeMap<String, String>> {
        let place = || self.0.display().to_string();
        match std::fs::read(&self.0) {
            Ok(bytes) => serde_json::from_slice(&bytes).with_context(place),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(error) => Err(error).with_context(place),
        }
    }

    fn write(&self, collection: &str, moment: &str) -> Result<()> {
        let mut state = self.read()?;
        state.insert(collection.to_owned(), moment.to_owned());
        let text = format!("{}\n", serde_json::to_string_pretty(&state)?);
        export::write(&self.0, text.as_bytes()).with_context(|| self.0.display().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pull_goes_on_a_moment_before_the_last_that_it_saw() {
        for (last, from) in [
            ("2024-03-01T10:00:00.000000Z", "2024-03-01T09:59:59.999999Z"),
            ("2024-03-01T10:00:00.5Z", "2024-03-01T10:00:00.499999Z"),
            ("2024-03-01T12:00:00+02:00", "2024-03-01T09:59:59.999999Z"),
            ("yesterday", "yesterday"),
        ] {
            assert_eq!(just_before(last), from);
        }
    }

    #[test]
    fn what_one_page_waits_for_may_come_with_the_next() {
        let mut total = Total::default();
        total.add(
            &json!({ "added": 1, "committed": true, "waiting": ["a--1", "b--2"],
            "entries": [{ "name": "c--3", "verdict": "added" }] }),
        );
        total.add(&json!({ "added": 1, "refused": 1, "notes": ["n"],
            "entries": [{ "name": "a--1", "verdict": "added" },
                { "name": "d--4", "verdict": "refused" }] }));
        let report = total.report(false);
        assert_eq!(report["waiting"], json!(["b--2"]));
        assert_eq!(
            (&report["added"], &report["refused"]),
            (&json!(2), &json!(1))
        );
        assert_eq!(report["entries"][0]["name"], "d--4");
    }
}
