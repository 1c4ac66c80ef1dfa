//! The synthetic triples, once in Fieldmark and once in the server it is compared to.

use super::{Bench, generate};
use crate::process;
use crate::server::{self, Server};
use crate::{machine, place};
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// What a view states besides its records, and the records a fresh installation starts with.
const ONTOLOGY: [&str; 4] = ["fieldmark.ttl", "scales.ttl", "policies.ttl", "disarm.ttl"];

/// The synthetic triples, loaded twice.
pub struct Million {
    /// What was made.
    pub made: generate::Made,
    /// Fieldmark's data directory.
    pub data: PathBuf,
    /// The other server's.
    other: PathBuf,
    /// The other server.
    oxigraph: PathBuf,
}

impl Million {
    /// Generates, and loads unless an earlier run of this very binary did.
    pub fn prepare(bench: &Bench<'_>) -> Result<Self> {
        let ontology = place::root().join("ontology");
        let disarm = fs::read_to_string(ontology.join("disarm.ttl"))
            .context("ontology/disarm.ttl cannot be read")?;
        let (trig, turtle) = (
            bench.scratch.path().join("records.trig"),
            bench.scratch.path().join("plain.ttl"),
        );
        let (mut records, mut plain) = (create(&trig)?, create(&turtle)?);
        let made = generate::write(
            bench.options.seed,
            bench.options.triples,
            generate::techniques(&disarm)?,
            &mut records,
            &mut plain,
        )?;
        records.flush()?;
        plain.flush()?;
        println!(
            "{} synthetic triples, {} records.",
            made.triples, made.records
        );

        let clients = place::root().join("xtask").join("clients");
        let python = machine::python("bench", &clients.join("bench-requirements.txt"))?;
        let oxigraph = python.with_file_name("oxigraph");

        // What was loaded by another build is no measure of this one.
        let mut hash = Sha256::new();
        let mut made_of = vec![bench.binary.clone(), trig.clone(), turtle.clone()];
        made_of.extend(ONTOLOGY.map(|file| ontology.join(file)));
        for path in &made_of {
            let mut file =
                File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
            io::copy(&mut file, &mut Hashing(&mut hash))?;
        }
        let name = format!("triples-{}", &hex::encode(hash.finalize())[..16]);
        let kept = place::kept("bench")?;
        let home = kept.join(&name);
        let million = Self {
            made,
            data: home.join("fieldmark"),
            other: home.join("oxigraph"),
            oxigraph,
        };
        if home.join(".complete").exists() {
            println!("Both servers hold them already ({}).", home.display());
            return Ok(million);
        }
        for old in fs::read_dir(&kept)?.flatten() {
            if old.file_name().to_string_lossy().starts_with("triples-") {
                fs::remove_dir_all(old.path())?;
            }
        }
        fs::create_dir_all(&home)?;
        let begun = Instant::now();
        // Its report names a thousand records: only a failure is worth reading here.
        process::output(
            server::fieldmark(&bench.binary)
                .arg("import")
                .arg("--data")
                .arg(&million.data)
                .arg(&trig),
        )?;
        println!(
            "Imported by Fieldmark in {:.1} s: each record checked against its shape, kept in the ledger and in every view.",
            begun.elapsed().as_secs_f64()
        );
        let begun = Instant::now();
        let mut load = Command::new(&million.oxigraph);
        load.arg("load")
            .arg("--location")
            .arg(&million.other)
            .arg("--file")
            .arg(&turtle)
            .args(ONTOLOGY.map(|file| ontology.join(file)));
        process::run(&mut load)?;
        println!(
            "Loaded by oxigraph in {:.1} s.",
            begun.elapsed().as_secs_f64()
        );
        fs::write(home.join(".complete"), b"")?;
        Ok(million)
    }

    /// Fieldmark on the synthetic triples.
    pub fn serve(&self, bench: &Bench<'_>) -> Result<Server> {
        serve(bench, &self.data)
    }

    /// `oxigraph serve` on the same triples.
    pub fn serve_other(&self, bench: &Bench<'_>) -> Result<Server> {
        let location = self.other.to_string_lossy().into_owned();
        Server::start(
            Command::new(&self.oxigraph),
            |address| {
                [
                    "serve-read-only",
                    "--location",
                    &location,
                    "--bind",
                    address,
                ]
                .map(str::to_owned)
                .to_vec()
            },
            "/",
            &bench.scratch.path().join("oxigraph.log"),
        )
    }
}

/// Fieldmark on a data directory, its log kept out of the way.
pub fn serve(bench: &Bench<'_>, data: &Path) -> Result<Server> {
    let data = data.to_string_lossy().into_owned();
    let mut command = server::fieldmark(&bench.binary);
    // The load is one caller's, and what it measures is not how it would be slowed down.
    command.env("FIELDMARK_LIMITS_REQUESTS_PER_SECOND", "1000000");
    Server::start(
        command,
        |address| {
            ["serve", "--data", &data, "--listen", address]
                .map(str::to_owned)
                .to_vec()
        },
        "/readyz",
        &bench.scratch.path().join("fieldmark.log"),
    )
}

/// A fresh data directory with the seed case in it.
pub fn seed(bench: &Bench<'_>, name: &str) -> Result<PathBuf> {
    let data = bench.scratch.path().join(name);
    let mut files: Vec<PathBuf> = fs::read_dir(place::root().join("seed-data"))
        .context("seed-data cannot be read")?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "trig")
        })
        .collect();
    files.sort();
    process::output(
        server::fieldmark(&bench.binary)
            .arg("import")
            .arg("--data")
            .arg(&data)
            .args(files),
    )?;
    Ok(data)
}

fn create(path: &Path) -> Result<BufWriter<File>> {
    Ok(BufWriter::new(File::create(path).with_context(|| {
        format!("{} cannot be written", path.display())
    })?))
}

/// Lets a hash take what is copied.
struct Hashing<'a>(&'a mut Sha256);

impl Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
