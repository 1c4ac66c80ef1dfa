//! `import`: files in, each judged record by record, with a report that says what became of each.

mod report;

use super::progress;
use super::text::plain;
use super::{Desktop, print, toml_file};
use crate::door::{Door, address};
use crate::language::Language;
use anyhow::{Context, Result, bail};
use axum::body::Body;
use axum::http::Method;
use futures_util::TryStreamExt;
use report::{KEPT_OUT, NAMED};
pub use report::{text, wrong};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tokio::io::AsyncRead;
use tokio_util::io::ReaderStream;

/// How files are read.
pub struct How {
    /// The format of all of them; else each file's ending tells it.
    pub format: Option<String>,
    /// The release policy of statements in no graph.
    pub marking: Option<String>,
    /// What the columns of a table are, as JSON.
    pub mapping: Option<String>,
    /// Judge and report only.
    pub dry_run: bool,
    /// Let what holds wait for a steward.
    pub propose: bool,
    /// Why statements may be seen by more people than now.
    pub loosen: Option<String>,
    /// Why this is written.
    pub reason: Option<String>,
}

/// A mapping file (TOML) as the desk takes it.
pub fn mapping(path: &Path) -> Result<String> {
    let table = toml_file::read(path)?;
    Ok(serde_json::to_string(&table)?)
}

/// The endings by which a file in a directory is taken for facts; the desk tells the format by the
/// same ones. A file that is named itself is sent whatever its ending.
const ENDINGS: [&str; 12] = [
    "ttl", "turtle", "trig", "nt", "nq", "jsonld", "rdf", "owl", "xml", "json", "stix", "gz",
];

/// Imports each file, and each file in a directory. One that cannot be read, or a record that is
/// refused, keeps nothing else out; the exit status is 1 all the same.
pub async fn run(on: &Desktop, named: &[PathBuf], how: &How) -> Result<ExitCode> {
    let door = on.door().await?;
    let mut sound = true;
    let mut files = Vec::new();
    for path in named {
        match found(on, path, how) {
            Ok(found) => files.extend(found),
            Err(error) => {
                sound = false;
                let name = path.display();
                eprintln!("fieldmark: {}", plain(&format!("{name}: {error:#}")));
            }
        }
    }
    for path in &files {
        let name = path.display().to_string();
        let mut told = match on.json {
            true => Entries::printed(&name, how.dry_run),
            false => Entries::named(),
        };
        let report = match one(&door, path, how, on.language, &mut told).await {
            Ok(report) => report,
            Err(error) => {
                sound = false;
                told.broken_off()?;
                eprintln!("fieldmark: {}", plain(&format!("{name}: {error:#}")));
                continue;
            }
        };
        let report = told.with(report)?;
        if !on.json {
            print(&text(on.language, &name, &report, how.dry_run))?;
        }
        if let Some(wrong) = wrong(on.language, &name, &report) {
            sound = false;
            eprintln!("fieldmark: {wrong}");
        }
    }
    Ok(if sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The files a name stands for: itself, or what is in the directory of that name, in order.
fn found(on: &Desktop, path: &Path, how: &How) -> Result<Vec<PathBuf>> {
    if path == Path::new("-") || !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut directory = Directory {
        every: how.format.is_some(),
        // A knowledge base in the directory is not among the facts to bring into it.
        data: std::fs::canonicalize(&on.config.data).ok(),
        files: Vec::new(),
        passed_over: 0,
    };
    directory.read(path)?;
    let Directory {
        files, passed_over, ..
    } = directory;
    let endings = ENDINGS.join(", ");
    if files.is_empty() {
        anyhow::bail!(match on.language {
            Language::En =>
                format!("no file in it ends in {endings}; --format takes every file, or name one"),
            Language::Fr => format!(
                "aucun fichier n’y finit par {endings} ; --format les prend tous, ou nommez-en un"
            ),
        });
    }
    if passed_over > 0 {
        let counted = on.language.count(
            passed_over,
            [
                "file passed over, which ends",
                "files passed over, which end",
            ],
            [
                "fichier laissé, qui ne finit",
                "fichiers laissés, qui ne finissent",
            ],
        );
        let name = plain(&path.display().to_string());
        match on.language {
            Language::En => eprintln!("{name}: {counted} in none of {endings}"),
            Language::Fr => eprintln!("{name} : {counted} par aucun de {endings}"),
        }
    }
    Ok(files)
}

/// What is in a directory and below it.
struct Directory {
    /// Whether every file is taken, because their format was said.
    every: bool,
    /// The data directory, which is left alone.
    data: Option<PathBuf>,
    files: Vec<PathBuf>,
    passed_over: u64,
}

impl Directory {
    /// Reads by name, so that two runs do the same. Hidden names are not facts; a link to a
    /// directory is not followed, since it may lead back here.
    fn read(&mut self, path: &Path) -> Result<()> {
        let inside = || path.display().to_string();
        let mut entries = std::fs::read_dir(path)
            .and_then(|entries| entries.collect::<std::io::Result<Vec<_>>>())
            .with_context(inside)?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            let kind = entry.file_type().with_context(inside)?;
            let path = entry.path();
            if hidden || (kind.is_symlink() && path.is_dir()) {
                continue;
            }
            // A socket, a pipe or a device holds no facts, and opening one may never end. What
            // cannot be looked at goes on the list: opening it will say why.
            if std::fs::metadata(&path).is_ok_and(|about| !about.is_dir() && !about.is_file()) {
                continue;
            }
            if kind.is_dir() {
                let data = self.data.is_some() && std::fs::canonicalize(&path).ok() == self.data;
                if !data {
                    self.read(&path)?;
                }
            } else if self.every || ends_as_facts(&path) {
                self.files.push(path);
            } else {
                self.passed_over += 1;
            }
        }
        Ok(())
    }
}

fn ends_as_facts(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| {
        ENDINGS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(ending))
    })
}

/// What a report says of each record, as it is told.
struct Entries {
    /// Those that a report for a reader names.
    named: Vec<Value>,
    /// How many more there were that nothing kept out.
    omitted: usize,
    /// What comes before the first in JSON, which is printed as it comes; none for a reader.
    before: Option<String>,
    /// Whether something was printed.
    begun: bool,
}

impl Entries {
    /// For a reader, who is told the first and all that was kept out.
    fn named() -> Self {
        Self {
            named: Vec::new(),
            omitted: 0,
            before: None,
            begun: false,
        }
    }

    /// For a program, which is told all, in one object a file.
    fn printed(file: &str, dry_run: bool) -> Self {
        let head = json!({ "file": file, "dryRun": dry_run }).to_string();
        let open = head.strip_suffix('}').unwrap_or(&head);
        Self {
            before: Some(format!("{open},\"entries\":[")),
            ..Self::named()
        }
    }

    /// Takes in what was told of one record.
    fn add(&mut self, entry: Value) -> Result<()> {
        let kept_out = KEPT_OUT.contains(&entry["verdict"].as_str().unwrap_or_default());
        if let Some(before) = &mut self.before {
            print(&format!("{}{entry}", std::mem::replace(before, ",".into())))?;
            self.begun = true;
        }
        let is_told = match self.before {
            // What went wrong is said beside the JSON, in one line.
            Some(_) => kept_out && self.named.is_empty(),
            None => kept_out || self.named.len() < NAMED,
        };
        match is_told {
            true => self.named.push(entry),
            false => self.omitted += 1,
        }
        Ok(())
    }

    /// The report with its entries; for a program it is printed to its end.
    fn with(self, mut report: Value) -> Result<Value> {
        if let Some(before) = self.before {
            if let Value::Object(report) = &mut report {
                report.remove("entries");
                report.remove("omitted");
            }
            let begun = if self.begun { "" } else { &before };
            let rest = report.to_string();
            print(&format!(
                "{begun}],{}\n",
                rest.strip_prefix('{').unwrap_or(&rest)
            ))?;
        }
        report["entries"] = self.named.into();
        report["omitted"] = self.omitted.into();
        Ok(report)
    }

    /// Ends what was begun when the rest does not come.
    fn broken_off(&self) -> Result<()> {
        match self.begun {
            true => print("],\"brokenOff\":true}\n"),
            false => Ok(()),
        }
    }
}

async fn one(
    door: &Door,
    path: &Path,
    how: &How,
    lang: Language,
    told: &mut Entries,
) -> Result<Value> {
    if path == Path::new("-") {
        return send(door, tokio::io::stdin(), (None, None), how, lang, told).await;
    }
    let file = tokio::fs::File::open(path).await?;
    let about = file.metadata().await?;
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let named = (name.as_deref(), Some(about.len()));
    send(door, file, named, how, lang, told).await
}

async fn send(
    door: &Door,
    input: impl AsyncRead + Send + 'static,
    (name, length): (Option<&str>, Option<u64>),
    how: &How,
    lang: Language,
    told: &mut Entries,
) -> Result<Value> {
    let bar = progress::bytes(name.unwrap_or("-"), length, lang.say("reading", "lecture"));
    let moved = bar.clone();
    let bytes = ReaderStream::with_capacity(input, 1 << 16).inspect_ok(move |chunk| {
        moved.inc(chunk.len() as u64);
        if length.is_some_and(|length| moved.position() >= length) {
            moved.set_message(lang.say("judging and committing", "vérification et inscription"));
        }
    });
    let request = request(door, Body::from_stream(bytes), name, how)?;
    let mut report = None;
    let answer = door.lines(request, |line| {
        let mut line: Value = serde_json::from_slice(line)?;
        if let Some(entry) = line.get_mut("entry") {
            told.add(entry.take())?;
        } else if let Some(progress) = line.get("progress") {
            let number = |key: &str| progress[key].as_u64().unwrap_or_default();
            progress::objects(&bar, number("done"), number("of"));
        } else if let Some(detail) = line["problem"]["detail"].as_str() {
            bail!("{detail}");
        } else if let Some(whole) = line.get_mut("report") {
            report = Some(whole.take());
        }
        Ok(())
    });
    let answer = answer.await.context("the import was not answered");
    bar.finish_and_clear();
    answer?;
    report.context("the answer broke off: send it again, what stands here already is left as it is")
}

/// Sends one body through the door and gives back its report, whole.
pub async fn import(door: &Door, body: Body, name: Option<&str>, how: &How) -> Result<Value> {
    door.send(request(door, body, name, how)?)
        .await
        .context("the import was not answered")?
        .json()
}

fn request(
    door: &Door,
    body: Body,
    name: Option<&str>,
    how: &How,
) -> Result<axum::http::Request<Body>> {
    let mut query = Vec::new();
    query.extend(name.map(|name| ("name", name)));
    query.extend(how.format.as_deref().map(|format| ("format", format)));
    query.extend(how.marking.as_deref().map(|marking| ("marking", marking)));
    query.extend(how.mapping.as_deref().map(|mapping| ("mapping", mapping)));
    query.extend(how.loosen.as_deref().map(|reason| ("loosen", reason)));
    query.extend(how.reason.as_deref().map(|reason| ("reason", reason)));
    query.extend(how.dry_run.then_some(("dry_run", "true")));
    query.extend(how.propose.then_some(("propose", "true")));
    let path = address(&["api", "v1", "import"], &query);
    Ok(door.request(Method::POST, &path, None).body(body)?)
}
