//! Everything of one data directory, opened: the ledger and its writer, a view for every
//! audience, and the gate.

mod deliveries;
mod review;
mod teach;
mod texts;

use crate::allow::{Rules, Terms, version_of};
use crate::deliveries::Deliveries;
use crate::error::StoreError;
use crate::gate::{Gate, Operator, Reader, Steward, Writer};
use crate::import::{
    self, Adopt, Foreign, Give, ImportError, ImportOptions, ImportReport, Told, Way,
};
use crate::ledger::{Change, Hash, Ledger, LedgerReader, Outcome, PolicyMemo, Revision, Verified};
use crate::lock::DataLock;
use crate::moment::{Moment, MomentError};
use crate::private::{keep_private, scratch};
use crate::proposals::{Proposals, Proposer, Waiting};
use crate::sparql::{Limits, Runner};
use crate::texts::Texts;
use crate::view::{Kept, Pasts, View};
use crate::writer::{Until, WriterThread};
use fieldmark_model::{Audience, Edtf, RecordId};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// How a data directory is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// The configured audiences; `public` and `steward` are there anyway.
    pub audiences: Vec<Audience>,
    /// Who holds the directory, as the next one is told: `fieldmark serve (process 4711)`.
    pub holder: String,
    /// What one query may cost.
    pub limits: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            audiences: Vec::new(),
            holder: "fieldmark".into(),
            limits: Limits::default(),
        }
    }
}

/// An opened data directory. Cheap to clone; the last clone to go closes it.
#[derive(Clone)]
pub struct Base(Arc<Inner>);

struct Inner {
    gate: Gate,
    proposals: Proposals,
    deliveries: Deliveries,
    texts: Texts,
    views: Vec<Arc<Kept>>,
    runner: Arc<Runner>,
    pasts: Pasts,
    ledger: PathBuf,
    /// Readers nobody uses just now: a new one has to learn the ledger's tables first.
    readers: Mutex<Vec<LedgerReader>>,
    policies: PolicyMemo,
    // Dropped in this order: the writer finishes its work before the lock is let go.
    writer: WriterThread,
    _lock: DataLock,
}

/// How one view stands to the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewState {
    /// Whose view.
    pub audience: String,
    /// The last entry it holds.
    pub seq: u64,
    /// Why it is behind the ledger, when it is.
    pub behind: Option<String>,
}

/// The author of what ships with the program.
pub(crate) const BUILT_IN: &str = "fieldmark";

impl Base {
    /// Opens a data directory, making it when there is none. A fresh one begins with the TLP
    /// policies and DISARM. What was added to the chain since it was opened last is checked first: a
    /// ledger damaged there does not open, and one damaged before is found out by
    /// [`verify`](Self::verify) and wherever the entry is read.
    pub fn open(dir: &Path, options: Options) -> Result<Self, StoreError> {
        let io = |path: &Path, error: std::io::Error| match error.kind() {
            std::io::ErrorKind::StorageFull => StoreError::Full(path.display().to_string()),
            _ => StoreError::Io {
                path: path.to_owned(),
                error,
            },
        };
        std::fs::create_dir_all(dir).map_err(|error| io(dir, error))?;
        let lock = DataLock::take(dir, &options.holder)?;
        keep_private(dir)?;
        let audiences = with_built_in(options.audiences)?;
        let path = dir.join("ledger.sqlite");
        begun_before(dir, &path)?;
        let mut ledger = Ledger::open(&path)?;
        let reader = LedgerReader::open(&path)?;
        ledger.check(&reader)?;
        teach::teach(&mut ledger)?;
        let secret = ledger.secret()?;
        let home = cfg!(feature = "rocksdb").then(|| dir.join("views"));
        let views = audiences
            .iter()
            .map(|audience| {
                let home = home.as_ref().map(|home| home.join(&audience.name));
                if let Some(home) = &home {
                    std::fs::create_dir_all(home).map_err(|error| io(home, error))?;
                }
                Ok(Arc::new(Kept::open(
                    audience.clone(),
                    home,
                    &secret,
                    &reader,
                )?))
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        let gate = Gate::open(&dir.join("gate.sqlite"), audiences)?;
        let writer = WriterThread::start(ledger, reader, views.clone())?;
        let runner = Arc::new(Runner::new(options.limits));
        // What was made just now, by a program that had no say in its files' modes.
        keep_private(dir)?;
        Ok(Self(Arc::new(Inner {
            gate,
            proposals: Proposals::open(&dir.join("proposals.sqlite"))?,
            deliveries: Deliveries::open(&dir.join("deliveries.sqlite"))?,
            texts: Texts::open(&dir.join("texts.sqlite"))?,
            views,
            runner,
            pasts: Pasts::default(),
            ledger: path,
            readers: Mutex::default(),
            policies: PolicyMemo::default(),
            writer,
            _lock: lock,
        })))
    }

    /// Where tokens become readers, writers and operators.
    pub fn gate(&self) -> &Gate {
        &self.0.gate
    }

    /// The view a reader may read. There is no other way to one.
    pub fn view(&self, reader: &Reader) -> Result<View, StoreError> {
        let kept = self.kept(reader.audience())?;
        Ok(kept.view(&self.0.runner, reader.who()))
    }

    /// What a reader may see of what the ledger held at an earlier moment: access is today's,
    /// knowledge is then's. Without a moment, or with one after which nothing was written, it is
    /// [`view`](Self::view). The first call for a moment builds a view, which takes as long as a
    /// rebuild; the last few are kept. Blocks; writes and other reads go on.
    ///
    /// # Errors
    /// [`StoreError::Moment`] when nothing was known then, or a reader who may not see the ledger
    /// names an entry of it.
    pub fn view_at(&self, reader: &Reader, moment: Option<&Moment>) -> Result<View, StoreError> {
        let kept = self.kept(reader.audience())?;
        let Some(moment) = moment else {
            return Ok(kept.view(&self.0.runner, reader.who()));
        };
        let ledger = self.reader()?;
        // How many entries there are tells how much is hidden.
        if matches!(moment, Moment::Entry(_)) && reader.steward().is_none() {
            return Err(MomentError::NotYours.into());
        }
        let seq = last_entry(&ledger, moment)?;
        self.0
            .pasts
            .view(kept, &ledger, (moment, seq), &self.0.runner, reader.who())
    }

    /// The same, without the claims that had not certainly been made by the end of `asserted`. The first
    /// call for a date copies the view; the last few are kept until what they were made of changes.
    pub fn view_as_of(
        &self,
        reader: &Reader,
        moment: Option<&Moment>,
        asserted: Option<&Edtf>,
    ) -> Result<View, StoreError> {
        let view = self.view_at(reader, moment)?;
        let Some(date) = asserted else {
            return Ok(view);
        };
        let (kept, who) = (self.kept(reader.audience())?, reader.who());
        self.0.pasts.asserted(kept, &view, date, who)
    }

    /// The last entry there was at a moment; the last there is without one.
    ///
    /// # Errors
    /// As [`view_at`](Self::view_at).
    pub fn last_entry(
        &self,
        _steward: &Steward,
        moment: Option<&Moment>,
    ) -> Result<u64, StoreError> {
        let ledger = self.reader()?;
        match moment {
            None => Ok(ledger.head()?.0),
            Some(moment) => last_entry(&ledger, moment),
        }
    }

    /// Commits changes under the writer's name, all or none. Blocks until they are on the disk
    /// and in every view.
    ///
    /// # Errors
    /// [`StoreError::NotAllowed`] when the writer may not, or a statement would be seen by more
    /// people than now; nothing is written then.
    pub fn write(&self, writer: &Writer, changes: Vec<Change>) -> Result<Vec<Outcome>, StoreError> {
        self.0.writer.write(Terms::of(writer), changes)
    }

    /// Reads RDF, judges each record and commits those that hold; see [`import`].
    /// `adopt` may turn others' statements into records first.
    pub fn import(
        &self,
        writer: &Writer,
        input: impl Read,
        options: &ImportOptions,
        adopt: Option<Adopt<'_>>,
    ) -> Result<ImportReport, ImportError> {
        let mut entries = Vec::new();
        let report = self.import_telling(writer, input, options, adopt, &mut |told| {
            if let Told::Entry(_, entry) = told {
                entries.push(entry);
            }
        })?;
        import::in_order(&mut entries);
        Ok(ImportReport { entries, ..report })
    }

    /// The same, telling what becomes of each record instead of listing them at the end, so that
    /// memory does not grow with the input.
    pub fn import_telling(
        &self,
        writer: &Writer,
        input: impl Read,
        options: &ImportOptions,
        adopt: Option<Adopt<'_>>,
        tell: &mut dyn FnMut(Told),
    ) -> Result<ImportReport, ImportError> {
        let make = |give: Give<'_>| import::rdf(input, options, give);
        import::import(self, writer, options, adopt, make, tell)
    }

    /// Judges the records of a foreign format, of which `make` hands on the statements and gives the
    /// rest, and commits those that hold; the options' format is not used.
    pub fn import_made(
        &self,
        writer: &Writer,
        options: &ImportOptions,
        make: impl FnOnce(Give<'_>) -> Result<Foreign, ImportError>,
        tell: &mut dyn FnMut(Told),
    ) -> Result<ImportReport, ImportError> {
        import::import(self, writer, options, None, make, tell)
    }

    /// Judges what a foreign format gave and commits what holds; the options' format is not used.
    pub fn take(
        &self,
        writer: &Writer,
        foreign: Foreign,
        options: &ImportOptions,
    ) -> Result<ImportReport, StoreError> {
        self.on_the_way(writer, options, Until::Visible, |way| {
            import::take(foreign, options, way)
        })
    }

    pub(crate) fn on_the_way<T, E: From<StoreError>>(
        &self,
        writer: &Writer,
        options: &ImportOptions,
        until: Until,
        work: impl FnOnce(&Way<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let terms = Terms {
            loosen: options.loosen.clone(),
            reason: options.reason.clone(),
            ..Terms::of(writer)
        };
        self.on_terms(terms, until, work)
    }

    /// Does work whose changes are written on these terms.
    pub(crate) fn on_terms<T, E: From<StoreError>>(
        &self,
        terms: Terms,
        until: Until,
        work: impl FnOnce(&Way<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let reader = self.reader()?;
        work(&Way {
            ledger: &reader,
            views: &self.0.views,
            terms: terms.clone(),
            submit: &|changes| self.0.writer.submit(terms.clone(), changes, until),
            propose: &|waits| {
                let writer = &terms.writer;
                let rules = Rules::new(&reader, &self.0.views, [])?;
                let versions = waits.iter().map(|(record, _)| {
                    let seen = match reader.current(record.id())? {
                        Some(standing) => rules.seen(&standing, writer)?,
                        None => None,
                    };
                    Ok(seen.as_deref().map(version_of))
                });
                let versions: Vec<Option<String>> = versions.collect::<Result<_, StoreError>>()?;
                let records = waits.iter().zip(&versions);
                let records = records.map(|((record, received), version)| Waiting {
                    record,
                    received: received.as_deref(),
                    version: version.as_deref(),
                });
                let of = Proposer {
                    author: writer.author(),
                    audience: writer.audience(),
                    why: terms.reason.as_deref(),
                };
                self.0.proposals.keep(of, records)
            },
        })
    }

    /// Waits until the views hold what was written before.
    pub(crate) fn in_step(&self) -> Result<(), StoreError> {
        self.0.writer.in_step()
    }

    /// An empty file in the data directory for what a writer sends, gone once it is closed.
    pub fn scratch(&self, _writer: &Writer) -> Result<std::fs::File, StoreError> {
        scratch(self.dir())
    }

    /// The directory that holds the data.
    pub(crate) fn dir(&self) -> &Path {
        self.0.ledger.parent().unwrap_or(Path::new("."))
    }

    /// Every revision of a record, oldest first, with its statements as N-Quads.
    pub fn history(
        &self,
        _steward: &Steward,
        id: &RecordId,
    ) -> Result<Vec<(Revision, String)>, StoreError> {
        self.reader()?.history(id)
    }

    /// Every record as it stands in the ledger, policies and all, as N-Quads by record.
    pub fn records<E: From<StoreError>>(
        &self,
        _steward: &Steward,
        mut each: impl FnMut(&fieldmark_rdf::Record) -> Result<(), E>,
    ) -> Result<(), E> {
        self.reader()?.each_current(|record| each(&record))
    }

    /// Checks every entry of the ledger, then the views that the operator runs against it.
    /// `progress` gets the number of entries done.
    pub fn verify(
        &self,
        operator: &Operator,
        progress: impl FnMut(u64),
    ) -> Result<(Verified, Vec<(String, bool)>), StoreError> {
        let reader = self.reader()?;
        let verified = reader.verify(progress)?;
        let views = self
            .0
            .views
            .iter()
            .filter(|kept| operator.runs(&kept.audience().name))
            .map(|kept| Ok((kept.audience().name.clone(), kept.agrees(&reader)?)))
            .collect::<Result<_, StoreError>>()?;
        Ok((verified, views))
    }

    /// Makes the views again from the ledger, all of them or one audience's. Reads go on from
    /// the old ones until each is ready.
    ///
    /// # Errors
    /// [`StoreError::NoAudience`] for an audience that is not the operator's to run; the store's.
    pub fn rebuild(&self, operator: &Operator, audience: Option<&str>) -> Result<(), StoreError> {
        let reader = self.reader()?;
        match audience {
            Some(name) if !operator.runs(name) => Err(StoreError::NoAudience(name.to_owned())),
            Some(name) => self.kept(name)?.rebuild(&reader),
            None => self
                .0
                .views
                .iter()
                .filter(|kept| operator.runs(&kept.audience().name))
                .try_for_each(|kept| kept.rebuild(&reader)),
        }
    }

    /// How the views stand, for readiness and metrics.
    pub fn views(&self, _operator: &Operator) -> Result<Vec<ViewState>, StoreError> {
        self.0
            .views
            .iter()
            .map(|kept| {
                Ok(ViewState {
                    audience: kept.audience().name.clone(),
                    seq: kept.mark()?.map_or(0, |mark| mark.seq),
                    behind: kept.behind(),
                })
            })
            .collect()
    }

    /// Whether every view is in step with the ledger.
    pub fn ready(&self) -> bool {
        self.0.views.iter().all(|kept| kept.behind().is_none())
    }

    /// The ledger's last entry: sequence number and hash.
    pub fn head(&self, _operator: &Operator) -> Result<(u64, Hash), StoreError> {
        self.reader()?.head()
    }

    fn kept(&self, audience: &str) -> Result<&Arc<Kept>, StoreError> {
        self.0
            .views
            .iter()
            .find(|kept| kept.audience().name == audience)
            .ok_or_else(|| StoreError::NoAudience(audience.to_owned()))
    }

    /// Whether a record is in a writer's view.
    pub(crate) fn shows(&self, writer: &Writer, id: &RecordId) -> Result<bool, StoreError> {
        self.kept(writer.audience())?.shows(id)
    }

    /// The views, one for each audience.
    pub(crate) fn kept_views(&self) -> &[Arc<Kept>] {
        &self.0.views
    }

    pub(crate) fn ledger_reader(&self) -> Result<Lent<'_>, StoreError> {
        self.reader()
    }

    fn reader(&self) -> Result<Lent<'_>, StoreError> {
        let idle = self
            .0
            .readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let reader = idle.map_or_else(
            || LedgerReader::open_beside(&self.0.ledger, &self.0.policies),
            Ok,
        )?;
        Ok(Lent {
            base: &self.0,
            reader: Some(reader),
        })
    }
}

/// A ledger reader that goes back when it is dropped.
pub(crate) struct Lent<'a> {
    base: &'a Inner,
    reader: Option<LedgerReader>,
}

/// Readers kept for the next who need one.
const IDLE_READERS: usize = 64;

impl std::ops::Deref for Lent<'_> {
    type Target = LedgerReader;

    fn deref(&self) -> &LedgerReader {
        self.reader.as_ref().expect("it is taken out only by drop")
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut idle = self
            .base
            .readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_READERS {
            idle.extend(self.reader.take());
        }
    }
}

fn last_entry(ledger: &LedgerReader, moment: &Moment) -> Result<u64, StoreError> {
    match moment {
        Moment::Entry(seq) => {
            let (head, _) = ledger.head()?;
            if !(1..=head).contains(seq) {
                return Err(MomentError::NoEntry { seq: *seq, head }.into());
            }
            Ok(*seq)
        }
        Moment::By(time) => match ledger.last_by(*time)? {
            0 => Err(MomentError::before(ledger.began()?).into()),
            seq => Ok(seq),
        },
    }
}

/// Refuses to begin a ledger anew where there was one: an empty file beside tokens and views is a
/// loss, not a beginning.
fn begun_before(dir: &Path, ledger: &Path) -> Result<(), StoreError> {
    let is_empty = std::fs::metadata(ledger).map_or(true, |about| about.len() == 0);
    let wal = dir.join("ledger.sqlite-wal");
    if !is_empty || std::fs::metadata(wal).is_ok_and(|about| about.len() > 0) {
        return Ok(());
    }
    let beside = [
        "gate.sqlite",
        "views",
        "shelf.sqlite",
        "proposals.sqlite",
        "deliveries.sqlite",
        "texts.sqlite",
    ];
    let beside: Vec<String> = beside
        .into_iter()
        .map(|name| dir.join(name))
        .filter(|path| path.exists())
        .map(|path| path.display().to_string())
        .collect();
    if beside.is_empty() {
        return Ok(());
    }
    Err(StoreError::Older {
        why: format!("{} is empty or gone", ledger.display()),
        beside: beside.join(", "),
    })
}

fn with_built_in(configured: Vec<Audience>) -> Result<Vec<Audience>, StoreError> {
    let mut audiences = vec![Audience::public(), Audience::steward()];
    let mut names: BTreeSet<String> = audiences.iter().map(|a| a.name.clone()).collect();
    for audience in configured {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let bad = |why: &str| StoreError::BadAudience {
            name: audience.name.clone(),
            why: why.into(),
        };
        // The name is also a directory's.
        if audience.name.is_empty() || audience.name.len() > 64 || !audience.name.chars().all(plain)
        {
            return Err(bad("its name must be 1 to 64 of a-z, 0-9 and -"));
        }
        if !names.insert(audience.name.clone()) {
            return Err(bad(
                "there is one of that name already (public and steward are built in)",
            ));
        }
        audiences.push(audience);
    }
    Ok(audiences)
}

#[cfg(test)]
mod tests;
