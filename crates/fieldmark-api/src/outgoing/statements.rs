//! All the statements of a view or of the ledger on their way out: record by record onto the disk, so
//! that memory holds no more than the ids of the records.

use super::spool::not_kept;
use crate::problem::Problem;
use fieldmark_model::RecordId;
use fieldmark_rdf::format::Format;
use fieldmark_rdf::write::{Writer, sorted};
use fieldmark_store::gate::Steward;
use fieldmark_store::{Base, View};
use oxrdf::{GraphName, Quad};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};

/// What a view states of records, of the whole view with the ontology, with `said` at its head, each
/// record as it stands when its turn comes; the file is at its beginning.
///
/// # Errors
/// When the view or the disk fails.
pub(crate) fn of_view(
    view: &View,
    (ids, is_whole): (&BTreeSet<RecordId>, bool),
    format: Format,
    said: &str,
) -> Result<File, Problem> {
    let out = Headed::new(view.scratch()?, format, said);
    let mut writer = Writer::new(format, out).map_err(not_kept)?;
    view.each_shown(ids, is_whole, &mut |triples| {
        let quads = triples
            .into_iter()
            .map(|triple| triple.in_graph(GraphName::DefaultGraph));
        put(&mut writer, quads.collect(), format)
    })?;
    writer.finish().map_err(not_kept)?.file()
}

/// The ledger's own form: records as they stand, each statement in the graph of its release policy.
///
/// # Errors
/// When the ledger or the disk fails.
pub(crate) fn of_ledger(
    base: &Base,
    steward: &Steward,
    of: Option<&BTreeSet<RecordId>>,
    format: Format,
    scratch: File,
) -> Result<File, Problem> {
    let mut writer = Writer::new(format, Headed::plain(scratch)).map_err(not_kept)?;
    base.records(steward, |record| match of {
        Some(of) if !of.contains(record.id()) => Ok(()),
        _ => put(&mut writer, record.quads().to_vec(), format),
    })?;
    writer.finish().map_err(not_kept)?.file()
}

fn put(writer: &mut Writer<Headed>, quads: Vec<Quad>, format: Format) -> Result<(), Problem> {
    for quad in sorted(quads, format) {
        writer.put(&quad).map_err(not_kept)?;
    }
    Ok(())
}

/// A file with a remark at its head, behind what a format wants to stand there first.
struct Headed {
    file: BufWriter<File>,
    /// What was written before the place of the remark was found.
    begun: Vec<u8>,
    remark: Option<(&'static [u8], String)>,
}

impl Headed {
    fn plain(file: File) -> Self {
        Self {
            file: BufWriter::new(file),
            begun: Vec::new(),
            remark: None,
        }
    }

    /// What an export without graphs lost stands in the remark: under which marking it stood, for
    /// whom it was made, and when.
    fn new(file: File, format: Format, said: &str) -> Self {
        let remark: (&[u8], String) = match format {
            Format::Turtle | Format::TriG | Format::NTriples | Format::NQuads => {
                (b"", format!("# {said}\n"))
            }
            // XML's own declaration comes first.
            Format::RdfXml => (b"?>", format!("<!-- {} -->\n", said.replace("--", "- -"))),
            // A key that the context does not map is dropped on expansion (JSON-LD 1.1 API, 5.1.2).
            // It stands behind the brace of the document.
            Format::JsonLd => (
                b"{",
                format!("\"marking\": {},\n", serde_json::Value::from(said)),
            ),
        };
        Self {
            remark: Some(remark),
            ..Self::plain(file)
        }
    }

    /// The file, at its beginning.
    fn file(mut self) -> Result<File, Problem> {
        // Of nothing, nothing was written.
        if let Some((_, remark)) = self.remark.take() {
            self.file.write_all(&self.begun).map_err(not_kept)?;
            self.file.write_all(remark.as_bytes()).map_err(not_kept)?;
        }
        let file = self.file.into_inner();
        let mut file = file.map_err(|error| not_kept(error.into_error()))?;
        file.rewind().map_err(not_kept)?;
        Ok(file)
    }
}

impl Write for Headed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some((behind, remark)) = &self.remark else {
            return self.file.write(bytes);
        };
        self.begun.extend_from_slice(bytes);
        let place = match behind.len() {
            0 => Some(0),
            length => {
                let mut windows = self.begun.windows(length);
                windows
                    .position(|some| some == *behind)
                    .map(|at| at + length)
            }
        };
        if let Some(place) = place {
            let (before, after) = self.begun.split_at(place);
            self.file.write_all(before)?;
            self.file.write_all(remark.as_bytes())?;
            self.file.write_all(after)?;
            self.remark = None;
            self.begun = Vec::new();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
