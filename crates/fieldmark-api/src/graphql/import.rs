//! `import`: what `POST /api/v1/import` takes, as a text in a mutation.

use super::args::{Args, may};
use super::field::{Answer, Author, Request, plain, reading};
use super::simple::{flag, inner, number, text, word};
use super::size::full_list;
use crate::incoming::report::{self, EntryRow, FindingRow, MarkingRow, Report, Would};
use crate::incoming::{Wish, scratch};
use async_graphql::Value;
use async_graphql::dynamic::{Field, FieldValue, InputValue, Object, TypeRef};

/// How many rows of a list a report is taken to have when a request is weighed.
const ROWS: usize = 100;

/// The field of the mutation.
pub(super) fn field() -> Field {
    let field = reading(
        "import",
        TypeRef::named("ImportReport"),
        "Takes in STIX, RDF, a table or a MISP galaxy: each record is judged, and those that hold \
         are written together. Null with an error where the whole cannot be used; a large file is \
         better sent to /api/v1/import.",
        |request| Box::pin(import(request)),
    );
    let words = [
        (
            "format",
            "stix, turtle, trig, ntriples, nquads, jsonld, rdfxml, csv, misp (events) or \
             misp-galaxy; else the name tells it, and STIX and events their beginning.",
        ),
        ("name", "The file's name: its ending tells the format."),
        (
            "mapping",
            "For CSV: which columns are what, as JSON of the shape docs/tables.md gives.",
        ),
        (
            "marking",
            "The release policy of statements in no graph, and of STIX objects without a marking: \
             tlp:clear to tlp:red, or a marking definition's id.",
        ),
        (
            "loosen",
            "Why statements may be seen by more people than now, in one line. Without it a record \
             that would show more than it does is refused; only a steward may say it.",
        ),
        (
            "reason",
            "Why this is written, in one line: it stands in the ledger beside each record that \
             changes.",
        ),
    ];
    let field = field.argument(
        InputValue::new("content", TypeRef::named_nn("String")).description("The file's text."),
    );
    words
        .into_iter()
        .fold(field, |field, (name, about)| {
            field.argument(may(name, "String", about))
        })
        .argument(may(
            "dryRun",
            "Boolean",
            "Whether to judge and report only.",
        ))
        .argument(may(
            "propose",
            "Boolean",
            "Whether what holds only waits for a steward; nothing of it stands anywhere until then.",
        ))
}

async fn import(request: Request<'_>) -> Answer<'_> {
    let Author { desk, caller } = request.author();
    let args = request.args();
    let writer = caller.writing(args.flag("propose"))?;
    let manner = wish(args).understood(&writer)?;
    let file = scratch(desk, &writer, args.needed("content")?.to_owned()).await?;
    let input = manner.input(desk, &writer, file).await?;
    let report = report::whole(desk.clone(), writer, input).await?;
    Ok(Some(FieldValue::owned_any(report)))
}

fn wish(args: Args<'_>) -> Wish {
    let text = |name| args.text(name).map(str::to_owned);
    Wish {
        format: text("format"),
        mapping: text("mapping"),
        name: text("name"),
        media: None,
        marking: text("marking"),
        dry_run: args.flag("dryRun"),
        loosen: text("loosen"),
        reason: text("reason"),
    }
}

/// The types of a report.
pub(super) fn types() -> Vec<Object> {
    vec![report_type(), would(), entry(), marking(), finding()]
}

fn report_type() -> Object {
    Object::new("ImportReport")
        .description("What became of an import (compte rendu d'importation).")
        .field(flag(
            "committed",
            "Whether the ledger was changed.",
            |r: &Report| r.committed,
        ))
        .field(number(
            "statements",
            "How many statements were read.",
            |r: &Report| r.statements,
        ))
        .field(number(
            "added",
            "How many new records were stored.",
            |r: &Report| r.added as u64,
        ))
        .field(number(
            "revised",
            "How many records got a new revision.",
            |r: &Report| r.revised as u64,
        ))
        .field(number(
            "unchanged",
            "How many stood there already.",
            |r: &Report| r.unchanged as u64,
        ))
        .field(number(
            "proposed",
            "How many are not in your view and wait for a steward.",
            |r: &Report| r.proposed as u64,
        ))
        .field(number(
            "conflicts",
            "How many were kept out, since another version is here that they may not take the place of.",
            |r: &Report| r.conflicts as u64,
        ))
        .field(number("refused", "How many were refused.", |r: &Report| {
            r.refused as u64
        }))
        .field(plain(
            "would",
            TypeRef::named("WouldImport"),
            "What would have been stored, where nothing was.",
            |r: &Report| Some(FieldValue::borrowed_any(r.would.as_ref()?)),
        ))
        .field(inner(
            "problems",
            "ImportFinding",
            ROWS,
            "What kept the file from being read as a whole; if any, nothing was changed.",
            |r: &Report| &r.problems,
        ))
        .field(inner(
            "entries",
            "ImportEntry",
            ROWS,
            "Every record that was kept out, and of the others the first 100,000.",
            |r: &Report| &r.entries,
        ))
        .field(number(
            "omitted",
            "How many more there are that nothing kept out.",
            |r: &Report| r.omitted as u64,
        ))
        .field(inner(
            "markings",
            "ImportMarking",
            ROWS,
            "Every statement whose release policy changes, or would.",
            |r: &Report| &r.markings,
        ))
        .field(plain(
            "waiting",
            full_list("String", ROWS),
            "Records that are referred to and not here yet.",
            |r: &Report| Some(texts(&r.waiting)),
        ))
        .field(plain(
            "notes",
            full_list("String", 5),
            "How the input was read, such as its encoding.",
            |r: &Report| Some(texts(&r.notes)),
        ))
}

fn would() -> Object {
    Object::new("WouldImport")
        .description("What an import would have stored (importation envisagée).")
        .field(number("add", "How many new records.", |w: &Would| {
            w.add as u64
        }))
        .field(number(
            "revise",
            "How many new revisions of records.",
            |w: &Would| w.revise as u64,
        ))
        .field(number(
            "propose",
            "How many would wait for a steward.",
            |w: &Would| w.propose as u64,
        ))
}

fn entry() -> Object {
    Object::new("ImportEntry")
        .description("What became of one record (fiche importée).")
        .field(word(
            "name",
            "The record's id, or the subject as written.",
            |e: &EntryRow| &e.name,
        ))
        .field(line("line", "The line it begins on.", |e: &EntryRow| e.line))
        .field(text(
            "place",
            "Where it stands in a file of STIX objects: a JSON path.",
            |e: &EntryRow| e.place.as_deref(),
        ))
        .field(word(
            "verdict",
            "added, revised, unchanged, waiting (for a steward), conflict or refused; where nothing \
             was stored would-add, would-revise and would-wait.",
            |e: &EntryRow| e.verdict,
        ))
        .field(inner(
            "findings",
            "ImportFinding",
            2,
            "What is said of it, such as why it was refused.",
            |e: &EntryRow| &e.findings,
        ))
}

fn marking() -> Object {
    Object::new("ImportMarking")
        .description("One statement whose release policy changes (diffusion modifiée).")
        .field(word("record", "The record it is of.", |m: &MarkingRow| {
            &m.record
        }))
        .field(word(
            "statement",
            "The statement, as N-Triples.",
            |m: &MarkingRow| &m.statement,
        ))
        .field(word(
            "from",
            "The policies it stood under.",
            |m: &MarkingRow| &m.from,
        ))
        .field(word(
            "to",
            "Those it is to stand under.",
            |m: &MarkingRow| &m.to,
        ))
        .field(flag(
            "looser",
            "Whether more people may see it then.",
            |m: &MarkingRow| m.looser,
        ))
}

fn finding() -> Object {
    Object::new("ImportFinding")
        .description("One thing to be said of an input, where, and the remedy (constat).")
        .field(line("line", "The line.", |f: &FindingRow| f.line))
        .field(line("column", "The column.", |f: &FindingRow| f.column))
        .field(text(
            "property",
            "The property, by IRI.",
            |f: &FindingRow| f.property.as_deref(),
        ))
        .field(text("rule", "The rule broken.", |f: &FindingRow| {
            f.rule.as_deref()
        }))
        .field(word(
            "message",
            "What is wrong and how to mend it.",
            |f: &FindingRow| &f.message,
        ))
        .field(text(
            "messageFr",
            "The same in French, where it is said.",
            |f: &FindingRow| f.message_fr.as_deref(),
        ))
}

fn line<P: Send + Sync + 'static>(name: &str, about: &str, read: fn(&P) -> Option<u64>) -> Field {
    plain(name, TypeRef::named("Int"), about, move |parent: &P| {
        read(parent).map(|line| Value::from(line).into())
    })
}

fn texts(texts: &[String]) -> FieldValue<'static> {
    FieldValue::list(
        texts
            .iter()
            .map(|text| FieldValue::from(Value::from(text.as_str()))),
    )
}
