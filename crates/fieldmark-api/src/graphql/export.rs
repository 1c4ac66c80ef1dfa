//! `export`: what a view shows as a bundle of STIX, or as OpenCTI and MISP take it.

use super::args::{in_language, may};
use super::choices::PROFILE;
use super::fault::Fault;
use super::field::{Answer, Author, Request, reading};
use super::simple::{inner, number, word};
use super::size::{full_list, heavy};
use crate::outgoing::{self, Losses, Profile};
use crate::selection::Selection;
use async_graphql::Value;
use async_graphql::dynamic::{Field, FieldValue, InputValue, Object, TypeRef};
use fieldmark_stix::profile::Loss;

/// An export as GraphQL gives it.
struct Export {
    content: String,
    profile: Profile,
    losses: Losses,
}

/// The field at the root. It has no `knownAt`: what came in as STIX is kept as it is now.
pub(super) fn field() -> Field {
    let field = reading(
        "export",
        TypeRef::named("Export"),
        "What may be seen, as a bundle of STIX 2.1 or as OpenCTI and MISP take it, with what its \
         reader will not find; large ones are better had from /api/v1/export.",
        |request| Box::pin(export(request)),
    );
    heavy(field, 100_000)
        .argument(
            InputValue::new("format", TypeRef::named_nn(PROFILE.name))
                .description("For whom it is written."),
        )
        .argument(
            InputValue::new("of", TypeRef::named_nn_list("String"))
                .description("Only these records: ids, IRIs, numbers or names."),
        )
        .argument(may(
            "question",
            "String",
            "Only the records that this saved question answers with.",
        ))
        .argument(
            InputValue::new("args", TypeRef::named_nn_list("QuestionArgument"))
                .description("The question's parameters."),
        )
        .argument(may(
            "depth",
            "Int",
            "How many steps around the records, at most 6; 0 unless said. Each takes the \
             relationships and claims that speak of them, and the records at their ends.",
        ))
        .argument(may(
            "closed",
            "Boolean",
            "Whether what the objects refer to goes with them, as far as it may be seen.",
        ))
        .argument(in_language())
}

async fn export(request: Request<'_>) -> Answer<'_> {
    let args = request.args();
    let profile = args
        .text("format")
        .and_then(|name| Profile::from_name(&name.replace('_', "-")));
    let profile = profile.ok_or_else(|| Fault::BadInput("format is missing".to_owned()))?;
    let names = args.texts("of");
    let given = args.objects("args").into_iter().filter_map(|argument| {
        let pair = (argument.text("name")?, argument.text("value")?);
        Some((pair.0.to_owned(), pair.1.to_owned()))
    });
    let selection = Selection {
        of: names.map(|names| names.into_iter().map(str::to_owned).collect()),
        question: args.text("question").map(str::to_owned),
        arguments: given.collect(),
        depth: args.count("depth")?,
    };
    let (closed, lang) = (args.flag("closed"), args.language());
    let Author { desk, caller } = request.author().clone();
    let made = request.loader().ask(move |view| {
        let of = selection.exported(&desk, &caller, view, (profile.name(), 0))?;
        let (out, losses) = outgoing::export(view, of.as_ref(), closed, profile, &lang)?;
        let mut content = Vec::new();
        out.write(&mut content).map_err(Fault::internal)?;
        Ok(Export {
            content: String::from_utf8(content).map_err(Fault::internal)?,
            profile,
            losses,
        })
    });
    Ok(Some(FieldValue::owned_any(made.await?)))
}

/// The types of an export.
pub(super) fn types() -> Vec<Object> {
    let count = |name: &'static str, about: &'static str, read: fn(&Losses) -> usize| {
        super::field::plain(
            name,
            TypeRef::named_nn("Int"),
            about,
            move |export: &Export| Some(Value::from(read(&export.losses)).into()),
        )
    };
    vec![
        Object::new("Export")
            .description("What may be seen, written for a receiver (exportation).")
            .field(word(
                "content",
                "The bundle or event, as text.",
                |e: &Export| &e.content,
            ))
            .field(word("mediaType", "Its media type.", |e: &Export| {
                e.profile.media_type()
            }))
            .field(count("objects", "How many objects it holds.", |l| {
                l.objects
            }))
            .field(count(
                "rebuilt",
                "How many of them are shown in part and were put together again.",
                |l| l.rebuilt,
            ))
            .field(count(
                "asNotes",
                "How many records have no type in STIX and went out as notes.",
                |l| l.as_notes,
            ))
            .field(count(
                "leftOut",
                "How many are not given out, since what their type requires is not shown.",
                |l| l.left_out,
            ))
            .field(count(
                "leadsOut",
                "How many records its objects refer to that are not in it.",
                |l| l.leads_out,
            ))
            .field(super::field::plain(
                "leadsTo",
                full_list("ID", 20),
                "The first of those.",
                |e: &Export| Some(ids(&e.losses.leads_to)),
            ))
            .field(inner(
                "receiver",
                "ExportLoss",
                30,
                "What OpenCTI or MISP drops or changes.",
                |e: &Export| &e.losses.receiver,
            )),
        Object::new("ExportLoss")
            .description("What a receiver drops or changes (perte).")
            .field(word("says", "What it is, in words.", |loss: &Loss| {
                loss.says
            }))
            .field(number("count", "Of how many objects.", |loss: &Loss| {
                loss.count as u64
            }))
            .field(super::field::plain(
                "first",
                full_list("ID", 20),
                "The ids of the first of them.",
                |loss: &Loss| Some(ids(&loss.first)),
            )),
    ]
}

fn ids(ids: &[String]) -> FieldValue<'static> {
    FieldValue::list(
        ids.iter()
            .map(|id| FieldValue::from(Value::from(id.as_str()))),
    )
}
