//! Making a view from nothing: all records through the release function into a new store.

use crate::engine::bulk;
use crate::error::StoreError;
use crate::ledger::LedgerReader;
use crate::mark::Mark;
use fieldmark_analysis::release::{Eyes, fixpoint};
use fieldmark_model::RecordId;
use fieldmark_rdf::Record;
use oxigraph::model::{GraphName, GraphNameRef, Quad, Triple};
use oxigraph::store::Store;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// What stopped a build.
#[derive(Debug)]
pub(super) enum BuildError {
    Engine(String),
    Ledger(StoreError),
}

impl From<StoreError> for BuildError {
    fn from(error: StoreError) -> Self {
        Self::Ledger(error)
    }
}

/// The file that names the generation in use. Changing it is what changes over.
const IN_USE: &str = "generation";

/// Whether there is no view here yet.
pub(super) fn is_fresh(dir: Option<&Path>) -> Result<bool, StoreError> {
    Ok(match dir {
        None => true,
        Some(dir) => generation(dir)?.is_none(),
    })
}

/// Opens the store in use, or an empty stand-in while there is none.
pub(super) fn open(dir: Option<&Path>, audience: &str) -> Result<Store, StoreError> {
    let Some(dir) = dir else {
        return placeholder(audience);
    };
    let Some(number) = generation(dir)? else {
        return placeholder(audience);
    };
    let path = dir.join(number.to_string());
    forget_loads(&path)?;
    match on_disk(&path) {
        Ok(store) => Ok(store),
        // A view is disposable: one that cannot be opened is built again, by its empty mark.
        Err(why) => {
            tracing::warn!(
                audience,
                why,
                "the view cannot be opened; building it again"
            );
            placeholder(audience)
        }
    }
}

/// An empty store in memory.
pub(super) fn placeholder(audience: &str) -> Result<Store, StoreError> {
    Store::new().map_err(|error| StoreError::Behind {
        audience: audience.to_owned(),
        why: error.to_string(),
    })
}

/// An empty store beside the one in use, in a directory that is removed with what is given back;
/// in memory where views are.
pub(super) fn aside(
    dir: Option<&Path>,
    prefix: &str,
) -> Result<(Store, Option<tempfile::TempDir>), BuildError> {
    let Some(dir) = dir else {
        return Ok((Store::new().map_err(engine)?, None));
    };
    let made = tempfile::Builder::new()
        .prefix(prefix)
        .tempdir_in(dir)
        .map_err(|error| io(dir, error))?;
    let store = on_disk(&made.path().to_owned()).map_err(BuildError::Engine)?;
    Ok((store, Some(made)))
}

/// Removes what an earlier process left beside the store in use.
pub(super) fn forget_aside(dir: &Path, prefix: &str) -> Result<(), StoreError> {
    for entry in std::fs::read_dir(dir).map_err(|error| io(dir, error))? {
        let entry = entry.map_err(|error| io(dir, error))?;
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            std::fs::remove_dir_all(entry.path()).map_err(|error| io(&entry.path(), error))?;
        }
    }
    Ok(())
}

/// Removes the files of loads that an earlier process began and did not end. The engine names them
/// so, in the store's own directory, and looks for none of them again.
fn forget_loads(path: &Path) -> Result<(), StoreError> {
    let entries = match std::fs::read_dir(path) {
        Ok(entries) => entries,
        // Whoever opens it says what that means.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(io(path, error)),
    };
    for entry in entries {
        let entry = entry.map_err(|error| io(path, error))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("bulk-") && name.ends_with(".sst") {
            std::fs::remove_file(entry.path()).map_err(|error| io(&entry.path(), error))?;
        }
    }
    Ok(())
}

/// Builds the view into a store of its own and, on disk, puts it into use.
pub(super) fn build(
    dir: Option<&Path>,
    eyes: &Eyes<'_>,
    ledger: &LedgerReader,
    mark: &Mark,
) -> Result<Store, BuildError> {
    let Some(dir) = dir else {
        let store = Store::new().map_err(engine)?;
        fill(&store, eyes, ledger, mark)?;
        return Ok(store);
    };
    let number = generation(dir)?.map_or(1, |last| last + 1);
    let path = dir.join(number.to_string());
    if path.exists() {
        std::fs::remove_dir_all(&path).map_err(|error| io(&path, error))?;
    }
    let built = build_at(dir, &path, number, eyes, ledger, mark);
    if built.is_err()
        && let Err(error) = std::fs::remove_dir_all(&path)
    {
        // On a full disk half a view takes the room that the next attempt needs.
        tracing::warn!(path = %path.display(), %error, "an unfinished view could not be removed");
    }
    built
}

fn build_at(
    dir: &Path,
    path: &PathBuf,
    number: u64,
    eyes: &Eyes<'_>,
    ledger: &LedgerReader,
    mark: &Mark,
) -> Result<Store, BuildError> {
    std::fs::create_dir_all(path).map_err(|error| io(path, error))?;
    let store = on_disk(path).map_err(BuildError::Engine)?;
    fill(&store, eyes, ledger, mark)?;
    let (draft, name) = (dir.join("generation.new"), dir.join(IN_USE));
    std::fs::write(&draft, number.to_string()).map_err(|error| io(&draft, error))?;
    std::fs::rename(&draft, &name).map_err(|error| io(&name, error))?;
    Ok(store)
}

/// Removes the generations that are no longer in use. What cannot be removed now is removed at
/// the next rebuild, so a failure is only worth a line in the log.
pub(super) fn forget_old(dir: &Path) {
    let Ok(Some(number)) = generation(dir) else {
        return;
    };
    let Ok(entries) = std::fs::read_dir(dir) else {
        return;
    };
    for entry in entries.flatten() {
        let old = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse::<u64>().ok());
        if old.is_some_and(|old| old != number)
            && let Err(error) = std::fs::remove_dir_all(entry.path())
        {
            tracing::warn!(path = %entry.path().display(), %error, "an old view could not be removed");
        }
    }
}

/// Whether the store holds exactly what a build would put there.
pub(super) fn agrees(
    store: &Store,
    eyes: &Eyes<'_>,
    ledger: &LedgerReader,
) -> Result<bool, BuildError> {
    // Compared after the engine's own rewriting of literals, which is why a store is filled.
    let fresh = Store::new().map_err(engine)?;
    let mark = Mark::now(ledger.head()?, eyes.audience, eyes.key);
    fill(&fresh, eyes, ledger, &mark)?;
    let graph = Some(GraphNameRef::DefaultGraph);
    let mut expected = HashSet::new();
    for quad in fresh.quads_for_pattern(None, None, None, graph) {
        expected.insert(quad.map_err(engine)?);
    }
    for quad in store.quads_for_pattern(None, None, None, graph) {
        if !expected.remove(&quad.map_err(engine)?) {
            return Ok(false);
        }
    }
    Ok(expected.is_empty())
}

fn fill(
    store: &Store,
    eyes: &Eyes<'_>,
    ledger: &LedgerReader,
    mark: &Mark,
) -> Result<(), BuildError> {
    fill_from(store, eyes, mark, |each| ledger.each_current(each))
}

/// How many statements are loaded at a time.
const BATCH: usize = 100_000;

/// What takes records one by one.
pub(super) type Each<'e> = &'e mut dyn FnMut(Record) -> Result<(), StoreError>;

/// Fills a store with what `eyes` see of the records that `records` gives. It is asked twice, and
/// must give the same both times.
pub(super) fn fill_from(
    store: &Store,
    eyes: &Eyes<'_>,
    mark: &Mark,
    records: impl Fn(Each<'_>) -> Result<(), StoreError>,
) -> Result<(), BuildError> {
    let mut needs: HashMap<RecordId, Vec<RecordId>> = HashMap::new();
    records(&mut |record| {
        if let Some(wanted) = eyes.needs(&record) {
            needs.insert(record.id().clone(), wanted);
        }
        Ok(())
    })?;
    let visible = fixpoint(&needs);
    drop(needs);
    let mut loader = bulk(store, BATCH, 2);
    loader
        .load_quads(fieldmark_rdf::ontology::shared_triples().map(in_view))
        .map_err(engine)?;
    loader.load_quads([mark.quad()]).map_err(engine)?;
    let mut batch = Vec::new();
    records(&mut |record| {
        if visible.contains(record.id()) {
            let triples = eyes.render(&record, |id| visible.contains(id));
            batch.extend(triples.into_iter().map(in_view));
        }
        if batch.len() >= BATCH {
            loader
                .load_quads(std::mem::take(&mut batch))
                .map_err(|error| StoreError::Behind {
                    audience: eyes.audience.name.clone(),
                    why: error.to_string(),
                })?;
        }
        Ok(())
    })?;
    loader.load_quads(batch).map_err(engine)?;
    loader.commit().map_err(engine)
}

/// A triple of a view stands in the default graph.
pub(super) fn in_view(triple: Triple) -> Quad {
    triple.in_graph(GraphName::DefaultGraph)
}

fn generation(dir: &Path) -> Result<Option<u64>, StoreError> {
    let path = dir.join(IN_USE);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(text.trim().parse().ok()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io(&path, error)),
    }
}

#[cfg(feature = "rocksdb")]
fn on_disk(path: &PathBuf) -> Result<Store, String> {
    Store::open(path).map_err(|error| error.to_string())
}

#[cfg(not(feature = "rocksdb"))]
fn on_disk(_path: &PathBuf) -> Result<Store, String> {
    Store::new().map_err(|error| error.to_string())
}

fn io(path: &Path, error: std::io::Error) -> StoreError {
    if error.kind() == std::io::ErrorKind::StorageFull {
        return StoreError::Full(path.display().to_string());
    }
    StoreError::Io {
        path: path.to_owned(),
        error,
    }
}

fn engine(error: impl ToString) -> BuildError {
    BuildError::Engine(error.to_string())
}
