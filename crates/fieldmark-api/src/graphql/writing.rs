//! Mutations: claims, records and links written by hand. What may be filled in is read from the
//! shapes, as the check of it is.

use super::args::{in_language, may};
use super::choices::noun;
use super::fault::Fault;
use super::field::{Answer, Author, Request, plain, reading};
use super::item::items;
use super::simple::{flag, inner, text, word};
use super::size::full_list;
use crate::state::blocking;
use crate::writing::{self, ChangeRow, Order, Said, Slots, Stance, Terms, ValueRow, Written};
use async_graphql::Value;
use async_graphql::dynamic::{Field, FieldValue, InputObject, InputValue, Object, TypeRef};
use fieldmark_model::RecordId;
use fieldmark_store::shapes::Holds;
use serde_json::Value as Json;

const CLAIM: &str = "ClaimInput";
const RECORD: &str = "RecordInput";
const QUOTATION: &str = "QuotationInput";
const WORDS: &str = "WordsInput";

/// The fields of the mutation.
pub(super) fn fields() -> Vec<Field> {
    let of = || {
        given(
            "id",
            TypeRef::named_nn("String"),
            "The claim or record: an id or a name.",
        )
    };
    let said = |name: &str, ty: &str, about: &str| given(name, TypeRef::named_nn(ty), about);
    let claim = |about| said("claim", CLAIM, about);
    vec![
        writes(
            "assertClaim",
            "Asserts a claim: an assessor's word on a subject, in their words.",
            |read| Ok(Order::Assert(read.said("claim"))),
        )
        .argument(claim("What it says; kind and marking have to be there.")),
        writes(
            "reviseClaim",
            "Gives some properties of a claim other values, null for none; all else stays.",
            |read| Ok(Order::Revise(read.text("id")?, read.said("change"))),
        )
        .argument(of())
        .argument(said("change", CLAIM, "The properties that change.")),
        writes(
            "withdrawClaim",
            "Takes a claim back, for its assessor: it stands, and has no say any more.",
            |read| Ok(Order::Withdraw(read.text("id")?)),
        )
        .argument(of()),
        writes(
            "dispute",
            "Asserts a claim about the same, which says that it is not so.",
            |read| Ok(Order::Answer(read.text("id")?, Stance::Disputes, read.said("claim"))),
        )
        .argument(of())
        .argument(claim("Who disputes it, in what words, where; kind and polarity follow.")),
        writes(
            "concur",
            "Asserts a claim about the same, which says that it is so.",
            |read| Ok(Order::Answer(read.text("id")?, Stance::Concurs, read.said("claim"))),
        )
        .argument(of())
        .argument(claim("Who concurs, in what words, where; kind and polarity follow.")),
        writes(
            "attachEvidence",
            "Attaches evidence to a claim, beside what it rests on already.",
            |read| Ok(Order::Attach(read.text("id")?, read.json("evidence"))),
        )
        .argument(of())
        .argument(given(
            "evidence",
            TypeRef::named_nn_list_nn("String"),
            "Records of evidence: ids or names.",
        )),
        writes(
            "createRecord",
            "Makes a record of another noun than a claim.",
            |read| {
                let mut said = read.said("record");
                let name = read.text("noun")?;
                let noun = noun(&name).map_or(name, |noun| noun.name().to_owned());
                said.insert("noun".to_owned(), noun.into());
                Ok(Order::Create(said))
            },
        )
        .argument(given("noun", TypeRef::named_nn("Noun"), "What it is."))
        .argument(said("record", RECORD, "What it says; marking has to be there.")),
        writes(
            "reviseRecord",
            "Gives some properties of a record other values, null for none; all else stays.",
            |read| Ok(Order::Revise(read.text("id")?, read.said("change"))),
        )
        .argument(of())
        .argument(said("change", RECORD, "The properties that change.")),
        writes(
            "revertRecord",
            "Says again, as a further revision, what a record said before its last one. For stewards.",
            |read| Ok(Order::Revert(read.text("id")?)),
        )
        .argument(of()),
        writes(
            "linkRecords",
            "Links two records by a relationship, as a source states it.",
            |read| {
                let mut said = read.said("link");
                said.insert("noun".to_owned(), "Relationship".into());
                for (key, argument) in [
                    ("source_ref", "from"),
                    ("target_ref", "to"),
                    ("relationship_type", "by"),
                ] {
                    said.insert(key.to_owned(), read.text(argument)?.into());
                }
                Ok(Order::Create(said))
            },
        )
        .argument(given("from", TypeRef::named_nn("String"), "Where it goes out from."))
        .argument(given("to", TypeRef::named_nn("String"), "Where it goes to."))
        .argument(given(
            "by",
            TypeRef::named_nn("String"),
            "The relationship's type, such as uses.",
        ))
        .argument(said("link", RECORD, "What else is said of it; marking has to be there.")),
        writes(
            "proposeSame",
            "Asserts that two names or networks are one: a claim that links them and merges nothing.",
            |read| Ok(Order::Same(read.text("one")?, read.text("other")?, read.said("claim"))),
        )
        .argument(given("one", TypeRef::named_nn("String"), "The one."))
        .argument(given("other", TypeRef::named_nn("String"), "The other."))
        .argument(claim("Who says so, in what words, where; marking has to be there.")),
    ]
}

fn given(name: &str, ty: TypeRef, about: &str) -> InputValue {
    InputValue::new(name, ty).description(about)
}

/// The arguments of a mutation.
struct Read<'a>(&'a Request<'a>);

impl Read<'_> {
    fn json(&self, name: &str) -> Json {
        let value = self.0.ctx.args.get(name);
        let value = value.map(|value| value.as_value().clone());
        value
            .and_then(|value| value.into_json().ok())
            .unwrap_or_default()
    }

    fn text(&self, name: &str) -> Result<String, Fault> {
        self.0.args().needed(name).map(str::to_owned)
    }

    /// What is filled in, with words by language.
    fn said(&self, name: &str) -> Said {
        match self.json(name) {
            Json::Object(said) => said
                .into_iter()
                .map(|(key, value)| (key, by_language(value)))
                .collect(),
            _ => Said::new(),
        }
    }
}

/// Words as a list of texts with languages become texts by language.
fn by_language(value: Json) -> Json {
    match value {
        Json::Array(values) if values.iter().all(is_words) && !values.is_empty() => {
            let mut by_language = Said::new();
            for value in values {
                let lang = value["lang"].as_str().unwrap_or("en").to_owned();
                let texts = by_language
                    .entry(lang)
                    .or_insert_with(|| Json::Array(Vec::new()));
                if let Json::Array(texts) = texts {
                    texts.push(value["text"].clone());
                }
            }
            Json::Object(by_language)
        }
        Json::Array(values) => values.into_iter().map(by_language).collect(),
        Json::Object(said) => said
            .into_iter()
            .map(|(key, value)| (key, by_language(value)))
            .collect::<Said>()
            .into(),
        one => one,
    }
}

fn is_words(value: &Json) -> bool {
    value
        .as_object()
        .is_some_and(|said| said.contains_key("text"))
}

/// A field that writes.
fn writes(name: &str, about: &str, order: fn(&Read<'_>) -> Result<Order, Fault>) -> Field {
    reading(name, TypeRef::named("Written"), about, move |request| {
        Box::pin(write(request, order))
    })
    .argument(may(
        "version",
        "String",
        "The version that is changed, as it was read; needed to change what is there.",
    ))
    .argument(may(
        "reason",
        "String",
        "Why, in one line: it stands in the ledger.",
    ))
    .argument(may(
        "loosen",
        "String",
        "Why more people may see statements of it than now; a steward's to say.",
    ))
    .argument(may(
        "idempotencyKey",
        "String",
        "A word of your own: the same request sent again under it changes nothing more.",
    ))
    .argument(may(
        "dryRun",
        "Boolean",
        "Whether to judge and report only.",
    ))
    .argument(may(
        "propose",
        "Boolean",
        "Whether it only waits for a steward; nothing of it stands anywhere until then.",
    ))
    .argument(in_language())
}

async fn write<'a>(
    request: Request<'a>,
    order: fn(&Read<'_>) -> Result<Order, Fault>,
) -> Answer<'a> {
    let order = order(&Read(&request))?;
    let args = request.args();
    let text = |name| args.text(name).map(str::to_owned);
    let terms = Terms {
        version: text("version"),
        reason: text("reason"),
        loosen: text("loosen"),
        key: text("idempotencyKey"),
        dry_run: args.flag("dryRun"),
        propose: args.flag("propose").then_some(None),
        lang: if args.language() == "fr" { "fr" } else { "en" },
    };
    let Author { desk, caller } = request.author().clone();
    let written = blocking(move || writing::write(&desk, &caller, &order, &terms)).await??;
    Ok(Some(FieldValue::owned_any(written)))
}

/// What may be filled in.
pub(super) fn inputs() -> Vec<InputObject> {
    let words = InputObject::new(WORDS)
        .description("Words in a language (mots).")
        .field(given("text", TypeRef::named_nn("String"), "The words."))
        .field(may(
            "lang",
            "String",
            "Their language; English unless said.",
        ));
    let claim = InputObject::new(CLAIM)
        .description("What a claim says (affirmation à écrire).")
        .field(may("kind", "ClaimKind", "What it is about."));
    let record = InputObject::new(RECORD).description("What a record says (fiche à écrire).");
    let quotation =
        InputObject::new(QUOTATION).description("Words quoted from one place (citation).");
    vec![
        words,
        slots(marked(claim), &writing::slots_of(Slots::Claims)),
        slots(marked(record), &writing::slots_of(Slots::Records)),
        slots(quotation, &writing::slots_of(Slots::Quotations)),
    ]
}

fn marked(input: InputObject) -> InputObject {
    input.field(may(
        "marking",
        "String",
        "Who may see it: tlp:clear to tlp:red, or a marking definition's id.",
    ))
}

fn slots(input: InputObject, slots: &[fieldmark_store::shapes::Slot]) -> InputObject {
    slots.iter().fold(input, |input, slot| {
        let ty = match &slot.holds {
            _ if slot.name == "quotation" => QUOTATION,
            Holds::Words => WORDS,
            Holds::Date => "Date",
            Holds::Literal(datatype) => match fieldmark_rdf::ontology::local(datatype.as_str()) {
                "boolean" => "Boolean",
                "integer" | "nonNegativeInteger" => "Int",
                _ => "String",
            },
            _ => "String",
        };
        let ty = match slot.many {
            true => TypeRef::named_nn_list(ty),
            false if ty == WORDS => TypeRef::named_nn_list(ty),
            false => TypeRef::named(ty),
        };
        let about = fieldmark_rdf::ontology::definition(slot.property.as_str(), "en");
        let about = about.unwrap_or_else(|| slot.says.en.clone());
        input.field(InputValue::new(slot.name.clone(), ty).description(about))
    })
}

/// The types of what became of it.
pub(super) fn types() -> Vec<Object> {
    vec![
        Object::new("Written")
            .description("What became of something written by hand (écriture).")
            .field(plain("id", TypeRef::named_nn("ID"), "The record.", |w: &Written| {
                Some(Value::from(w.id.as_str()).into())
            }))
            .field(reading(
                "record",
                TypeRef::named("Node"),
                "The record as it may be seen now.",
                |request| {
                    Box::pin(async move {
                        let id = RecordId::parse(&request.parent::<Written>()?.id).ok();
                        let found = items(request.loader(), id.as_slice(), None).await?;
                        Ok(found.into_iter().next().map(|item| item.owned(true)))
                    })
                },
            ))
            .field(text(
                "version",
                "The version that stands now, to be named by whoever changes it next.",
                |w: &Written| w.version.as_deref(),
            ))
            .field(word(
                "verdict",
                "added, revised, unchanged, waiting (for a steward), conflict or refused; of what was \
                 only judged would-add, would-revise and would-wait.",
                |w: &Written| w.verdict,
            ))
            .field(flag(
                "repeated",
                "Whether this is the answer to a request that was sent before.",
                |w: &Written| w.repeated,
            ))
            .field(inner(
                "changes",
                "Change",
                30,
                "What changes, property by property.",
                |w: &Written| &w.changes,
            ))
            .field(inner(
                "findings",
                "ImportFinding",
                5,
                "What is wrong with it, or to be known of it.",
                |w: &Written| &w.findings,
            ))
            .field(plain(
                "waiting",
                full_list("ID", 5),
                "Records it refers to that are not here.",
                |w: &Written| {
                    let ids = w.waiting.iter();
                    let ids = ids.map(|id| FieldValue::from(Value::from(id.as_str())));
                    Some(FieldValue::list(ids))
                },
            )),
        Object::new("Change")
            .description("One property before and after (changement).")
            .field(word("property", "The property's own name.", |c: &ChangeRow| &c.property))
            .field(word("label", "What it is called.", |c: &ChangeRow| &c.label))
            .field(inner("before", "ChangeValue", 3, "Its values before.", |c: &ChangeRow| &c.before))
            .field(inner("after", "ChangeValue", 3, "Its values after.", |c: &ChangeRow| &c.after)),
        Object::new("ChangeValue")
            .description("One value of a property (valeur).")
            .field(word("value", "The value in words.", |v: &ValueRow| &v.value))
            .field(text("id", "The record, where it is one.", |v: &ValueRow| v.id.as_deref()))
            .field(text("lang", "The language of words.", |v: &ValueRow| v.lang.as_deref()))
            .field(text("marking", "Who may see it.", |v: &ValueRow| v.marking.as_deref())),
    ]
}
