//! Statements that came in, until all of them are there: held while they are few, and sorted by
//! record into files beside the data once they are many, so that memory does not grow with the input.

use super::derived::{self, Edges, is_ontology};
use super::{Adopt, Foreign, MARKING};
use crate::error::StoreError;
use crate::private::{scratch, spoiled};
use fieldmark_model::RecordId;
use fieldmark_rdf::gather::{Draft, Gatherer, Stray, under};
use fieldmark_rdf::read::{Bounds, Placed, Problem, length};
use fieldmark_rdf::vocab::EDGES;
use oxrdf::{NamedNode, NamedOrBlankNode, Quad, Term};
use oxttl::NQuadsParser;
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

/// How many statements are held.
#[cfg(not(test))]
const HELD: usize = 100_000;
#[cfg(test)]
const HELD: usize = 40;

/// How long the terms of what is held may be together, in bytes.
const HELD_BYTES: usize = 48 << 20;

/// Over how many files records are spread.
#[cfg(not(test))]
const FILES: usize = 32;
#[cfg(test)]
const FILES: usize = 2;

/// How often a file that is too large is spread over others again: a record is never spread. Whoever
/// chooses ids so that they stay together has to find each among 32^8.
const DEPTH: u8 = 8;

/// Statements on their way in.
pub(super) struct Pile<'a> {
    dir: &'a Path,
    bounds: &'a Bounds,
    held: Vec<Placed>,
    bytes: usize,
    /// How many came.
    pub statements: u64,
    sorted: Option<Sorted>,
    trouble: Option<StoreError>,
}

/// What a pile came to.
pub(super) enum Whole {
    /// Few statements.
    Held(Foreign),
    /// Many, and what else came of them.
    Sorted(Box<Sorted>, Foreign),
}

impl<'a> Pile<'a> {
    /// An empty one, which may make files in a directory.
    pub fn in_dir(dir: &'a Path, bounds: &'a Bounds) -> Self {
        Self {
            dir,
            bounds,
            held: Vec::new(),
            bytes: 0,
            statements: 0,
            sorted: None,
            trouble: None,
        }
    }

    /// Takes one statement. What goes wrong is told at the end.
    pub fn push(&mut self, placed: Placed) {
        self.statements += 1;
        self.bytes += length(&placed.quad);
        if self.trouble.is_some() || self.is_over() {
            return;
        }
        if let Some(sorted) = &mut self.sorted {
            self.trouble = sorted.push(placed, self.bounds).err();
            return;
        }
        self.held.push(placed);
        if self.held.len() > HELD || self.bytes > HELD_BYTES {
            self.trouble = self.sort().err();
        }
    }

    /// Whether more came than may; nothing more of it is kept.
    fn is_over(&self) -> bool {
        self.statements > self.bounds.statements as u64 || self.bytes > self.bounds.term_bytes
    }

    fn too_large(&self) -> Option<Problem> {
        let Bounds {
            statements,
            term_bytes,
            held,
            held_bytes,
            ..
        } = self.bounds;
        let message = if self.is_over() {
            format!(
                "it makes more than {statements} statements, or more than {term_bytes} bytes of terms: split it"
            )
        } else if self.sorted.as_ref()?.is_over(self.bounds) {
            format!(
                "more than {held} statements, or {held_bytes} bytes of them, are about blank nodes or about what is no record, and have to be held: give them IRIs under their records, or split the file"
            )
        } else {
            return None;
        };
        Some(Problem {
            line: None,
            column: None,
            message,
            too_large: true,
            of: None,
        })
    }

    fn sort(&mut self) -> Result<(), StoreError> {
        let mut sorted = Sorted::in_dir(self.dir)?;
        for placed in std::mem::take(&mut self.held) {
            sorted.push(placed, self.bounds)?;
        }
        self.sorted = Some(sorted);
        Ok(())
    }

    /// All that came, and what else did, without what views make themselves and with others'
    /// statements adopted. Of an input that costs more than it may, nothing is left but the problems
    /// that say so.
    pub fn whole(
        mut self,
        mut foreign: Foreign,
        adopt: Option<Adopt<'_>>,
        policy: Option<&NamedNode>,
    ) -> Result<Whole, StoreError> {
        if let Some(trouble) = self.trouble.take() {
            return Err(trouble);
        }
        foreign.problems.extend(self.too_large());
        if foreign.problems.iter().any(|problem| problem.too_large) {
            // Nothing of it is stored, so none of it is judged: a report of a million records would
            // cost as much again, and say nothing that splitting the file does not say better.
            return Ok(Whole::Held(foreign));
        }
        let Some(mut sorted) = self.sorted else {
            let (statements, ontology) = derived::without(self.held);
            let (statements, strays) = match adopt {
                Some(adopt) => adopt(statements),
                None => (statements, Vec::new()),
            };
            foreign.statements = statements;
            foreign.strays.extend(strays);
            foreign.notes.extend(passed_over(ontology));
            return Ok(Whole::Held(foreign));
        };
        let strays = sorted.settle(adopt, policy)?;
        foreign.strays.extend(strays);
        foreign.notes.extend(passed_over(sorted.ontology));
        Ok(Whole::Sorted(Box::new(sorted), foreign))
    }
}

fn passed_over(ontology: usize) -> Option<String> {
    (ontology > 0).then(|| {
        format!(
            "{ontology} statements about the ontology's own terms were passed over: every view makes them"
        )
    })
}

/// Many statements, sorted by the record they are about.
pub(super) struct Sorted {
    /// The definitions of markings: by these the others are judged.
    markings: Heap,
    records: Spread,
    /// What speaks of other records: a view that gets it before those has to take it up once more
    /// for each.
    links: Spread,
    /// The direct edges, of which a view makes some itself.
    edges: Heap,
    /// What is part of what is known when all is there.
    rest: Vec<Placed>,
    rest_bytes: usize,
    ontology: usize,
}

impl Sorted {
    fn in_dir(dir: &Path) -> Result<Self, StoreError> {
        Ok(Self {
            markings: Heap::in_dir(dir)?,
            records: Spread::in_dir(dir, 0)?,
            links: Spread::in_dir(dir, 0)?,
            edges: Heap::in_dir(dir)?,
            rest: Vec::new(),
            rest_bytes: 0,
            ontology: 0,
        })
    }

    fn is_over(&self, bounds: &Bounds) -> bool {
        self.rest.len() > bounds.held || self.rest_bytes > bounds.held_bytes
    }

    fn push(&mut self, placed: Placed, bounds: &Bounds) -> Result<(), StoreError> {
        if is_ontology(&placed.quad) {
            self.ontology += 1;
            return Ok(());
        }
        let owner = owner(&placed.quad).filter(|_| !placed.quad.object.is_blank_node());
        let Some(owner) = owner else {
            if !self.is_over(bounds) {
                self.rest_bytes += length(&placed.quad);
                self.rest.push(placed);
            }
            return Ok(());
        };
        let property = placed.quad.predicate.as_ref();
        if placed.quad.object.is_named_node() && EDGES.iter().any(|(_, edge)| *edge == property) {
            return self.edges.line(owner.as_str(), &placed);
        }
        self.put(&owner, &placed)
    }

    fn put(&mut self, owner: &RecordId, placed: &Placed) -> Result<(), StoreError> {
        match owner.stix_type() {
            MARKING => &mut self.markings,
            "relationship" | "sighting" | "note" | "opinion" => self.links.of(owner.as_str()),
            _ => self.records.of(owner.as_str()),
        }
        .line(owner.as_str(), placed)
    }

    /// Sorts in what had to wait until all was there; gives what belongs to no record.
    fn settle(
        &mut self,
        adopt: Option<Adopt<'_>>,
        policy: Option<&NamedNode>,
    ) -> Result<Vec<Stray>, StoreError> {
        let rest = std::mem::take(&mut self.rest);
        let (rest, mut strays) = match adopt {
            Some(adopt) => adopt(rest),
            None => (rest, Vec::new()),
        };
        let mut gatherer = Gatherer::new(policy.cloned());
        rest.into_iter().for_each(|placed| gatherer.push(placed));
        let (drafts, loose) = gatherer.finish();
        strays.extend(loose);
        for (id, draft) in drafts {
            for quad in draft.quads {
                let line = draft.property_lines.get(&quad.predicate).copied();
                let line = line.or(draft.line);
                self.put(&id, &Placed { quad, line })?;
            }
        }
        self.keep_edges()?;
        Ok(strays)
    }

    /// Keeps the direct edges that no relationship of the input makes.
    fn keep_edges(&mut self) -> Result<(), StoreError> {
        let dir = self.edges.dir.clone();
        let stated = std::mem::replace(&mut self.edges, Heap::in_dir(&dir)?);
        if stated.lines == 0 {
            return Ok(());
        }
        // Sixteen bytes for each relationship.
        let mut made: HashSet<u128> = HashSet::new();
        for heap in &mut self.links.heaps {
            let mut edges = Edges::default();
            heap.each(|_, _, text| {
                if Edges::may_be_part(text) {
                    for quad in parsed(text)? {
                        edges.note(&quad);
                    }
                }
                Ok(())
            })?;
            made.extend(edges.made().map(|(from, edge, to)| key(&from, &edge, &to)));
        }
        stated.into_each(|owner, line, text| {
            for quad in parsed(text)? {
                let is_made = match (&quad.subject, &quad.object) {
                    (NamedOrBlankNode::NamedNode(from), Term::NamedNode(to)) => {
                        made.contains(&key(from, &quad.predicate, to))
                    }
                    _ => false,
                };
                if !is_made {
                    self.put(owner, &Placed { quad, line })?;
                }
            }
            Ok(())
        })
    }

    /// How many statements are about records.
    pub fn lines(&self) -> usize {
        let spread = self.records.heaps.iter().chain(&self.links.heaps);
        self.markings.lines + spread.map(|heap| heap.lines).sum::<usize>()
    }

    /// Hands on the records-to-be, as many at a time as are held: first the definitions of markings,
    /// last what speaks of other records.
    pub fn each(
        self,
        policy: Option<&NamedNode>,
        with: &mut dyn FnMut(Drafts) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.markings.drafts(policy, 0, with)?;
        for heap in self.records.heaps.into_iter().chain(self.links.heaps) {
            heap.drafts(policy, 0, with)?;
        }
        Ok(())
    }
}

/// Ids put aside, however many, each maybe more than once.
pub(super) struct Ids(Spread);

impl Ids {
    /// None, in files of a directory.
    pub fn in_dir(dir: &Path) -> Result<Self, StoreError> {
        Spread::in_dir(dir, 0).map(Self)
    }

    /// Takes one.
    pub fn put(&mut self, id: &RecordId) -> Result<(), StoreError> {
        self.0.of(id.as_str()).write(format_args!("{id}\t0\t\n"))
    }

    /// Hands them on, so many at a time, each once.
    pub fn each(
        self,
        mut with: impl FnMut(HashSet<RecordId>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        for heap in self.0.heaps {
            let mut ids = HashSet::new();
            heap.into_each(|id, _, _| {
                ids.insert(id.clone());
                Ok(())
            })?;
            with(ids)?;
        }
        Ok(())
    }
}

/// Records-to-be by id; why not, where their statements cannot be read again.
pub(super) type Drafts = BTreeMap<RecordId, Result<Draft, String>>;

/// The record that a statement is about.
fn owner(quad: &Quad) -> Option<RecordId> {
    match &quad.subject {
        NamedOrBlankNode::NamedNode(node) => RecordId::owner_of(node.as_str()),
        NamedOrBlankNode::BlankNode(_) => None,
    }
}

fn key(from: &NamedNode, edge: &NamedNode, to: &NamedNode) -> u128 {
    let text = format!("{from}{edge}{to}");
    let digest = <sha2::Sha256 as sha2::Digest>::digest(text);
    let mut half = [0; 16];
    half.copy_from_slice(&digest[..16]);
    u128::from_be_bytes(half)
}

fn parsed(text: &str) -> Result<Vec<Quad>, StoreError> {
    quads(text).map_err(StoreError::Program)
}

fn quads(text: &str) -> Result<Vec<Quad>, String> {
    // They were held against the grammar when they came in.
    let parser = NQuadsParser::new().lenient().for_slice(text.as_bytes());
    let quads: Result<Vec<_>, _> = parser.collect();
    quads.map_err(|error| format!("its statements cannot be read again: {error}"))
}

/// Files over which records are spread by their ids: the same file gives the same order, whenever it
/// comes.
struct Spread {
    heaps: Vec<Heap>,
    depth: u8,
}

impl Spread {
    fn in_dir(dir: &Path, depth: u8) -> Result<Self, StoreError> {
        let heaps = (0..FILES).map(|_| Heap::in_dir(dir));
        let heaps = heaps.collect::<Result<_, _>>()?;
        Ok(Self { heaps, depth })
    }

    fn of(&mut self, id: &str) -> &mut Heap {
        let mut hasher = DefaultHasher::new();
        (self.depth, id).hash(&mut hasher);
        let at = hasher.finish() % self.heaps.len() as u64;
        &mut self.heaps[at as usize]
    }
}

/// A file of lines: a record's id, the line of the input or 0, and a statement of it as N-Quads.
struct Heap {
    dir: PathBuf,
    file: BufWriter<File>,
    lines: usize,
    bytes: usize,
}

impl Heap {
    fn in_dir(dir: &Path) -> Result<Self, StoreError> {
        Ok(Self {
            dir: dir.to_owned(),
            file: BufWriter::new(scratch(dir)?),
            lines: 0,
            bytes: 0,
        })
    }

    fn line(&mut self, owner: &str, placed: &Placed) -> Result<(), StoreError> {
        let Placed { quad, line } = placed;
        self.bytes += length(quad);
        self.write(format_args!("{owner}\t{}\t{quad} .\n", line.unwrap_or(0)))
    }

    fn write(&mut self, line: std::fmt::Arguments<'_>) -> Result<(), StoreError> {
        self.lines += 1;
        let written = self.file.write_fmt(line);
        written.map_err(|error| spoiled(&self.dir, error))
    }

    /// Goes through its lines: the record, the line of the input, the statement.
    fn each(
        &mut self,
        mut with: impl FnMut(&RecordId, Option<u64>, &str) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let io = |error| spoiled(&self.dir, error);
        self.file.flush().map_err(io)?;
        self.file.get_mut().rewind().map_err(io)?;
        let mut reader = BufReader::new(self.file.get_mut());
        let mut text = String::new();
        loop {
            text.clear();
            if reader.read_line(&mut text).map_err(io)? == 0 {
                break;
            }
            let mut cells = text.splitn(3, '\t');
            let (Some(Ok(id)), Some(Ok(line)), Some(statement)) = (
                cells.next().map(RecordId::parse),
                cells.next().map(str::parse::<u64>),
                cells.next(),
            ) else {
                let why = "a line of statements put aside cannot be read again";
                return Err(StoreError::Program(why.to_owned()));
            };
            with(&id, Some(line).filter(|line| *line > 0), statement)?;
        }
        Ok(())
    }

    fn into_each(
        mut self,
        with: impl FnMut(&RecordId, Option<u64>, &str) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.each(with)
    }

    /// Hands on the records-to-be of its statements, as many at a time as are held.
    fn drafts(
        self,
        policy: Option<&NamedNode>,
        depth: u8,
        with: &mut dyn FnMut(Drafts) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        if (self.lines > HELD || self.bytes > HELD_BYTES) && depth < DEPTH {
            let mut spread = Spread::in_dir(&self.dir, depth + 1)?;
            self.into_each(|id, line, text| {
                let heap = spread.of(id.as_str());
                heap.bytes += text.len();
                heap.write(format_args!("{id}\t{}\t{text}", line.unwrap_or(0)))
            })?;
            for heap in spread.heaps {
                heap.drafts(policy, depth + 1, with)?;
            }
            return Ok(());
        }
        let mut texts: HashMap<RecordId, (String, Vec<Option<u64>>)> = HashMap::new();
        self.into_each(|id, line, text| {
            let (texts, lines) = match texts.get_mut(id) {
                Some(known) => known,
                None => texts.entry(id.clone()).or_default(),
            };
            texts.push_str(text);
            lines.push(line);
            Ok(())
        })?;
        if texts.is_empty() {
            return Ok(());
        }
        let drafts = texts
            .into_par_iter()
            .map(|(id, (text, lines))| (id, draft(&text, lines, policy)));
        with(drafts.collect())
    }
}

/// A record-to-be of its statements.
fn draft(text: &str, lines: Vec<Option<u64>>, policy: Option<&NamedNode>) -> Result<Draft, String> {
    let mut draft = Draft::default();
    for (mut quad, line) in quads(text)?.into_iter().zip(lines) {
        under(&mut quad, policy);
        draft.push(quad, line);
    }
    Ok(draft)
}
