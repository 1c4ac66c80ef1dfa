//! Configuration: flags, then `FIELDMARK_*`, then the file, then what is built in.

use crate::cli::Global;
use crate::listen::Patience;
use anyhow::{Context, Result, bail};
use fieldmark_api::Collection;
use fieldmark_model::{Audience, RecordId, Tlp};
use fieldmark_store::sparql::Limits;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The configuration in force.
#[derive(Debug)]
pub struct Config {
    /// The data directory.
    pub data: PathBuf,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// Where metrics are served; `None` when they are off.
    pub metrics: Option<SocketAddr>,
    /// What is logged, in `tracing`'s filter language.
    pub log: String,
    /// The configured audiences.
    pub audiences: Vec<Audience>,
    /// The TAXII collections.
    pub collections: Vec<Arc<Collection>>,
    /// What one query may cost.
    pub limits: Limits,
    /// What connections may cost.
    pub patience: Patience,
    /// How many requests a second one caller may send, and four times as many at once.
    pub requests: NonZeroU32,
    /// The configuration file, whether or not there is one.
    pub file: PathBuf,
    origins: Vec<(&'static str, String, Origin)>,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    BuiltIn,
    File(PathBuf),
    Environment(String),
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => f.write_str("built in"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Environment(name) => f.write_str(name),
            Self::Flag(name) => write!(f, "--{name}"),
        }
    }
}

/// The file, key by key. An unknown key is an error: a misspelt one would be a setting that
/// nobody set.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    data: Option<PathBuf>,
    listen: Option<String>,
    metrics: Option<String>,
    log: Option<String>,
    #[serde(default)]
    limits: FileLimits,
    #[serde(default)]
    audience: Vec<FileAudience>,
    #[serde(default)]
    collection: Vec<FileCollection>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileCollection {
    id: String,
    alias: Option<String>,
    title: String,
    description: Option<String>,
    audience: String,
    #[serde(default)]
    types: Vec<String>,
    #[serde(default)]
    labels: Vec<String>,
    subject: Option<String>,
    #[serde(default)]
    trusted: Vec<String>,
    marking: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileLimits {
    seconds: Option<u64>,
    rows: Option<u64>,
    answer_mib: Option<u64>,
    memory_mib: Option<u64>,
    connections: Option<u64>,
    requests_per_second: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileAudience {
    name: String,
    ceiling: String,
    #[serde(default)]
    memberships: BTreeSet<String>,
}

const FILE: &str = "fieldmark.toml";

impl Config {
    /// Reads every layer. `listen` and `metrics` are `serve`'s own flags.
    pub fn read(
        global: &Global,
        listen: Option<SocketAddr>,
        metrics: Option<&str>,
    ) -> Result<Self> {
        let (file, path) = file(global.config.as_deref())?;
        let mut layers = Layers {
            path: path.clone(),
            origins: Vec::new(),
        };
        let mut text = |key, flag: Option<String>, in_file: Option<String>, built_in: &str| {
            layers.pick(key, flag, in_file, built_in)
        };
        let data = text(
            "data",
            global.data.as_ref().map(|path| path.display().to_string()),
            file.data.map(|path| path.display().to_string()),
            "./fieldmark-data",
        )?;
        let listen = text(
            "listen",
            listen.map(|a| a.to_string()),
            file.listen,
            "127.0.0.1:8420",
        )?;
        let metrics = text(
            "metrics",
            metrics.map(str::to_owned),
            file.metrics,
            "127.0.0.1:9420",
        )?;
        let log = text("log", None, file.log, "info")?;
        let mut number = |key, in_file: Option<u64>, built_in: u64| -> Result<u64> {
            let value = text(
                key,
                None,
                in_file.map(|n| n.to_string()),
                &built_in.to_string(),
            )?;
            match value.parse() {
                Ok(0) | Err(_) => bail!("{key}: \"{value}\" is not a whole number above 0"),
                Ok(number) => Ok(number),
            }
        };
        let standard = Limits::default();
        let limits = Limits {
            time: Duration::from_secs(number(
                "limits.seconds",
                file.limits.seconds,
                standard.time.as_secs(),
            )?),
            rows: number("limits.rows", file.limits.rows, standard.rows)?,
            bytes: number(
                "limits.answer_mib",
                file.limits.answer_mib,
                standard.bytes >> 20,
            )? << 20,
            memory: number(
                "limits.memory_mib",
                file.limits.memory_mib,
                standard.memory >> 20,
            )? << 20,
            ..standard
        };
        let patience = Patience {
            connections: usize::try_from(number(
                "limits.connections",
                file.limits.connections,
                Patience::default().connections as u64,
            )?)?,
            ..Patience::default()
        };
        let requests = number(
            "limits.requests_per_second",
            file.limits.requests_per_second,
            250,
        )?;
        let requests = u32::try_from(requests)
            .ok()
            .and_then(NonZeroU32::new)
            .context("limits.requests_per_second: at most 4294967295")?;
        let audiences = file
            .audience
            .into_iter()
            .map(audience)
            .collect::<Result<Vec<_>>>()?;
        let collections = file
            .collection
            .into_iter()
            .map(|raw| collection(raw, &audiences).map(Arc::new))
            .collect::<Result<_>>()?;
        let address = |key: &str, value: &str| -> Result<SocketAddr> {
            value.parse().ok().with_context(|| {
                format!("{key}: \"{value}\" is not an address: write one such as 127.0.0.1:8420")
            })
        };
        Ok(Self {
            data: data.into(),
            listen: address("listen", &listen)?,
            metrics: (metrics != "off")
                .then(|| address("metrics", &metrics))
                .transpose()?,
            log,
            audiences,
            collections,
            limits,
            patience,
            requests,
            file: path,
            origins: layers.origins,
        })
    }

    /// Every value with its key and where it comes from.
    pub fn origins(&self) -> impl Iterator<Item = (&str, &str, &Origin)> {
        self.origins
            .iter()
            .map(|(key, value, origin)| (*key, value.as_str(), origin))
    }
}

struct Layers {
    path: PathBuf,
    origins: Vec<(&'static str, String, Origin)>,
}

impl Layers {
    fn pick(
        &mut self,
        key: &'static str,
        flag: Option<String>,
        in_file: Option<String>,
        built_in: &str,
    ) -> Result<String> {
        let variable = format!("FIELDMARK_{}", key.replace('.', "_").to_uppercase());
        let environment = match std::env::var(&variable) {
            Ok(value) => Some((value, variable)),
            Err(_) => from_named_file(&format!("{variable}_FILE"))?,
        };
        let (value, origin) = match (flag, environment, in_file) {
            // clap reads FIELDMARK_DATA itself, so a flag equal to it came from there.
            (Some(value), Some((same, name)), _) if value == same => {
                (value, Origin::Environment(name))
            }
            (Some(value), ..) => (value, Origin::Flag(key)),
            (None, Some((value, name)), _) => (value, Origin::Environment(name)),
            (None, None, Some(value)) => (value, Origin::File(self.path.clone())),
            (None, None, None) => (built_in.to_owned(), Origin::BuiltIn),
        };
        self.origins.push((key, value.clone(), origin));
        Ok(value)
    }
}

/// `FIELDMARK_X_FILE` names a file that holds the value, as container platforms hand out secrets.
fn from_named_file(variable: &str) -> Result<Option<(String, String)>> {
    let Ok(path) = std::env::var(variable) else {
        return Ok(None);
    };
    let value = std::fs::read_to_string(&path).with_context(|| format!("{variable}: {path}"))?;
    Ok(Some((value.trim().to_owned(), variable.to_owned())))
}

fn file(named: Option<&Path>) -> Result<(File, PathBuf)> {
    let path = named.map_or_else(|| PathBuf::from(FILE), Path::to_owned);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
            return Ok((File::default(), path));
        }
        Err(error) => return Err(error).with_context(|| path.display().to_string()),
    };
    match toml::from_str(&text) {
        Ok(file) => Ok((file, path)),
        Err(error) => {
            let line = error
                .span()
                .map_or(1, |span| text[..span.start].lines().count().max(1));
            let line = if error
                .span()
                .is_some_and(|s| text[..s.start].ends_with('\n'))
            {
                line + 1
            } else {
                line
            };
            bail!("{}:{line}: {}", path.display(), error.message())
        }
    }
}

fn collection(raw: FileCollection, audiences: &[Audience]) -> Result<Collection> {
    let place = format!("collection \"{}\"", raw.title);
    let uuid = |text: &str| RecordId::parse(&format!("collection--{text}")).is_ok();
    if !uuid(&raw.id) {
        bail!("{place}: id = \"{}\" is not a UUID", raw.id);
    }
    let built_in = [Audience::public(), Audience::steward()];
    let audience = audiences
        .iter()
        .chain(&built_in)
        .find(|audience| audience.name == raw.audience)
        .with_context(|| format!("{place}: no audience is named \"{}\"", raw.audience))?;
    let floor = match &raw.marking {
        None => audience.ceiling,
        Some(text) => Tlp::parse(text).with_context(|| {
            format!("{place}: marking = \"{text}\" is not a TLP level: clear, green, amber, amber+strict or red")
        })?,
    };
    if floor > audience.ceiling {
        bail!(
            "{place}: what is posted would be marked {floor}, which its own audience may not see"
        );
    }
    let subject = raw
        .subject
        .as_deref()
        .map(RecordId::parse)
        .transpose()
        .with_context(|| format!("{place}: subject"))?;
    Ok(Collection {
        id: raw.id.to_ascii_lowercase(),
        alias: raw.alias,
        title: raw.title,
        description: raw.description,
        audience: raw.audience,
        types: raw.types,
        labels: raw.labels,
        subject,
        trusted: raw.trusted,
        floor,
    })
}

fn audience(raw: FileAudience) -> Result<Audience> {
    let ceiling = Tlp::parse(&raw.ceiling).with_context(|| {
        format!(
            "audience \"{}\": \"{}\" is not a TLP level: clear, green, amber, amber+strict or red",
            raw.name, raw.ceiling
        )
    })?;
    Ok(Audience {
        name: raw.name,
        ceiling,
        memberships: raw.memberships,
        sees_all: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("fieldmark.toml");
        std::fs::write(&path, text).unwrap();
        let global = Global {
            data: None,
            config: Some(path),
            json: false,
            language: None,
        };
        Config::read(&global, None, None)
    }

    #[test]
    fn the_file_is_below_the_flags_and_says_where_values_come_from() {
        let config = read("listen = \"127.0.0.1:1\"\n[limits]\nseconds = 5\n[[audience]]\nname = \"friends\"\nceiling = \"green\"\nmemberships = [\"G7\"]").unwrap();
        assert_eq!(config.listen.port(), 1);
        assert_eq!(config.limits.time, Duration::from_secs(5));
        assert_eq!(config.audiences[0].ceiling, Tlp::Green);
        let origins: Vec<String> = config
            .origins()
            .map(|(k, _, o)| format!("{k} {o}"))
            .collect();
        assert!(
            origins
                .iter()
                .any(|o| o.starts_with("listen ") && o.ends_with("fieldmark.toml"))
        );
        assert!(origins.contains(&"log built in".to_owned()));
    }

    #[test]
    fn a_mistake_names_line_and_remedy() {
        for (text, wanted) in [
            (
                "log = \"info\"\nlisen = \"x\"",
                "fieldmark.toml:2: unknown field `lisen`",
            ),
            ("listen = \"somewhere\"", "is not an address"),
            ("[limits]\nrows = 0", "limits.rows"),
            (
                "[[audience]]\nname = \"a\"\nceiling = \"puce\"",
                "clear, green, amber",
            ),
            (
                "[[collection]]\nid = \"1\"\ntitle = \"t\"\naudience = \"public\"",
                "is not a UUID",
            ),
            (
                "[[collection]]\nid = \"00000000-0000-4000-8000-000000000001\"\ntitle = \"t\"\naudience = \"public\"\nmarking = \"red\"",
                "its own audience may not see",
            ),
        ] {
            let error = format!("{:#}", read(text).unwrap_err());
            assert!(error.contains(wanted), "{text}: {error}");
        }
    }
}
