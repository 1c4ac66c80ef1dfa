//! What waits for a steward: what it would change, and their word on it.

use super::compose::{is_of, types};
use super::form::{FormRow, form_of};
use super::written::{ChangeRow, changed, mentioned};
use super::{Said, open};
use crate::answer::lang::Lang;
use crate::answer::names::Labels;
use crate::answer::source::{ExcerptRow, excerpts};
use crate::answer::words::{called, tie};
use crate::incoming::objects::settle;
use crate::incoming::{loosening, one_line};
use crate::problem::Problem;
use crate::state::Desk;
use axum::http::StatusCode;
use fieldmark_model::{Noun, RecordId};
use fieldmark_rdf::Record;
use fieldmark_rdf::ontology::label;
use fieldmark_rdf::vocab::{classes, properties};
use fieldmark_store::gate::{Steward, Writer};
use fieldmark_store::proposals::{Proposal, Standing, TakeUp};
use fieldmark_store::{Outcome, View};
use oxrdf::{NamedNodeRef, Quad, Term};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One record that somebody proposed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProposalRow {
    /// Its number.
    pub number: u64,
    /// Who proposed it.
    pub author: String,
    /// The audience within whose view they write.
    pub audience: String,
    /// When (RFC 3339).
    pub proposed: String,
    /// The record it is to be.
    pub record: String,
    /// What that is or says, in a few words; its id where nothing of it says so.
    pub title: String,
    /// Its statements, as N-Quads; the graph is the release policy.
    pub nquads: String,
    /// `add` of a new record, `change` of one that its author sees, `conflict` where that changed
    /// since, or `unchanged`.
    pub kind: &'static str,
    /// What it would change, old beside new, as its author sees the record.
    pub changes: Vec<ChangeRow>,
    /// The words that it quotes, where they stand in the text of their source.
    pub quotations: Vec<ExcerptRow>,
    /// Whether the record changed since it was proposed; it is then taken only with `anyway`.
    pub changed_since: bool,
    /// Why it was proposed, where that was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// `waiting`, `accepted` or `refused`.
    pub standing: &'static str,
    /// Who decided, when somebody did.
    pub decided_by: Option<String>,
    /// When.
    pub decided: Option<String>,
    /// The steward's reason.
    pub reason: Option<String>,
}

fn row(
    labels: &Labels,
    (proposal, record): (Proposal, Record),
    (before, has_changed): (Vec<Quad>, bool),
    quotations: Vec<ExcerptRow>,
) -> ProposalRow {
    let changes = changed(labels, &proposal.record, &before, record.quads());
    let waits = proposal.standing == Standing::Waiting;
    ProposalRow {
        kind: match (before.is_empty(), changes.is_empty()) {
            (true, _) => "add",
            (false, true) => "unchanged",
            (false, false) if has_changed && waits => "conflict",
            (false, false) => "change",
        },
        changes,
        quotations,
        changed_since: has_changed && waits,
        why: proposal.why,
        number: proposal.number,
        author: proposal.author,
        audience: proposal.audience,
        proposed: proposal.proposed,
        record: proposal.record.to_string(),
        title: title(labels, &record),
        nquads: proposal.nquads,
        standing: proposal.standing.name(),
        decided_by: proposal.decided_by,
        decided: proposal.decided,
        reason: proposal.reason,
    }
}

/// What a record is or says: its name, or from what to what it leads and how.
fn title(labels: &Labels, record: &Record) -> String {
    let own = record.id().iri();
    let said = |property: NamedNodeRef<'_>| {
        let quads = record.quads().iter().filter(|quad| is_of(quad, &own));
        let mut of = quads.filter(|quad| quad.predicate == property);
        // In the language of the page where there is one, else as it comes.
        let first = of.clone().next()?;
        let spoken = of.find(|quad| match &quad.object {
            Term::Literal(words) => words.language() == Some(labels.lang),
            _ => false,
        });
        Some(match &spoken.unwrap_or(first).object {
            Term::Literal(words) => words.value().to_owned(),
            Term::NamedNode(node) => labels.object(node.as_str()).label,
            _ => return None,
        })
    };
    if let Some(name) = said(properties::SKOS_PREF_LABEL) {
        return name;
    }
    let ends = said(properties::STIX_SOURCE_REF)
        .zip(said(properties::STIX_RELATIONSHIP_TYPE))
        .zip(said(properties::STIX_TARGET_REF));
    if let Some(((from, kind), to)) = ends {
        return tie(&from, &called(&kind, labels.lang), &to);
    }
    let kind = record.quads().iter().find_map(|quad| match &quad.object {
        Term::NamedNode(class)
            if quad.predicate == properties::RDF_TYPE && class.as_ref() != classes::FM_CLAIM =>
        {
            label(class.as_str(), labels.lang)
        }
        _ => None,
    });
    let object = said(properties::FM_OBJECT).or_else(|| said(properties::FM_OBJECT_TEXT));
    match (said(properties::FM_SUBJECT), object, kind) {
        (Some(subject), Some(object), Some(kind)) => tie(&subject, &kind, &object),
        (Some(subject), None, Some(kind)) => format!("{subject} · {kind}"),
        _ => record.id().to_string(),
    }
}

fn record_of(proposal: &Proposal) -> Result<Record, Problem> {
    Record::from_canonical(proposal.record.clone(), &proposal.nquads)
        .map_err(|error| Problem::internal(&error))
}

/// How many records of a noun there are, and would be if all that waits were taken.
#[derive(Serialize, ToSchema)]
pub struct Total {
    /// The type of their ids, such as `campaign`.
    #[serde(rename = "type")]
    pub kind: String,
    /// How many there are.
    pub before: u64,
    /// How many there would be.
    pub after: u64,
    /// How many proposals of them wait, to add or to change.
    pub waiting: u64,
}

/// A page of proposals.
#[derive(Serialize, ToSchema)]
pub struct ProposalPage {
    /// The proposals, oldest first.
    pub proposals: Vec<ProposalRow>,
    /// On the first page: of each type of which some wait, how many records there are and would be.
    pub totals: Vec<Total>,
    /// The `after` of the next page, when there is one.
    pub next: Option<u64>,
}

/// The standing that is asked for: those that wait unless said, none for all.
pub(crate) fn standing(name: Option<&str>) -> Result<Option<Standing>, Problem> {
    match name {
        None => Ok(Some(Standing::Waiting)),
        Some("all") => Ok(None),
        Some(name) => Standing::parse(name)
            .map(Some)
            .ok_or_else(|| Problem::bad_request("standing: waiting, accepted, refused or all")),
    }
}

/// Proposals as rows, in their order.
fn rows(
    desk: &Desk,
    steward: &Steward,
    view: &View,
    found: Vec<Proposal>,
    lang: Lang,
) -> Result<Vec<ProposalRow>, Problem> {
    let before = desk.base.stands_before(steward, &found)?;
    let found = found.into_par_iter().map(|one| {
        let record = record_of(&one)?;
        Ok((one, record))
    });
    let found: Vec<(Proposal, Record)> = found.collect::<Result<_, Problem>>()?;
    let after_all = found
        .iter()
        .flat_map(|(_, record)| mentioned(record.quads()));
    let named = before.iter().flat_map(|(before, _)| mentioned(before));
    let named: Vec<RecordId> = named.chain(after_all).collect();
    let labels = Labels::read(view, lang, &named)?;
    let records: Vec<&Record> = found.iter().map(|(_, record)| record).collect();
    let quoted = excerpts(desk, steward, &labels, &records)?;
    let rows = found.into_par_iter().zip(before).zip(quoted);
    Ok(rows
        .map(|((one, before), quoted)| row(&labels, one, before, quoted))
        .collect())
}

/// A page of proposals: of a standing or of any, after a number, at most so many.
pub(crate) fn page(
    desk: &Desk,
    steward: &Steward,
    view: &View,
    (standing, after, limit): (Option<Standing>, u64, u64),
    lang: Lang,
) -> Result<ProposalPage, Problem> {
    let mut found = desk.base.proposals(steward, standing, after, limit + 1)?;
    let more = found.len() as u64 > limit;
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = found.last().filter(|_| more).map(|last| last.number);
    let proposals = rows(desk, steward, view, found, lang)?;
    // They are the same on every page, and cost what waits on all of them.
    let (waiting, counts) = match after {
        0 => (desk.base.waiting(steward)?, view.counts()?),
        _ => Default::default(),
    };
    let total = |(kind, (waiting, added)): (String, (u64, u64))| {
        let before = counts.get(&kind).copied().unwrap_or_default();
        Total {
            after: before + added,
            before,
            waiting,
            kind,
        }
    };
    Ok(ProposalPage {
        proposals,
        totals: waiting.into_iter().map(total).collect(),
        next,
    })
}

/// One that waits, as it would be filled in: itself, what it says, and what it may say.
///
/// # Errors
/// When none of that number waits.
pub(crate) fn opened(
    desk: &Desk,
    steward: &Steward,
    view: &View,
    number: u64,
    lang: Lang,
) -> Result<(ProposalRow, Said, FormRow), Problem> {
    let found = desk.base.proposal(steward, number)?;
    let proposal = found.filter(|one| one.standing == Standing::Waiting);
    let proposal = proposal.ok_or_else(Problem::not_found)?;
    let record = record_of(&proposal)?;
    let filled = open::of(record.id(), record.quads(), String::new());
    let form = form_of(filled.noun, &types(record.quads(), record.id()), lang.tag);
    let row = rows(desk, steward, view, vec![proposal], lang)?.pop();
    let row = row.ok_or_else(Problem::not_found)?;
    Ok((row, filled.said, form))
}

/// A steward's word on a proposal.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// `accept`, `edit` (take it with what `said` says otherwise), `compete` (take a claim as one of
    /// its own, beside the claim that it would change) or `refuse`.
    pub decision: String,
    /// Why, in a line; needed for all but `accept`.
    pub reason: Option<String>,
    /// Why more people may see statements of it than now, where that is so.
    pub loosen: Option<String>,
    /// Whether it is taken although the record changed since.
    pub anyway: Option<bool>,
    /// What it is to say otherwise, by name, as `/api/v1/forms/{name}` lists it; null for nothing.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub said: Said,
}

/// What became of one.
#[derive(Serialize, ToSchema)]
pub struct Decided {
    /// The proposal's number.
    pub number: u64,
    /// The record.
    pub record: String,
    /// `added`, `revised`, `unchanged` or `refused`; `undecided` where nothing came of it.
    pub verdict: &'static str,
    /// Why nothing came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl Decided {
    pub(crate) fn of(proposal: &Proposal, record: &RecordId, verdict: &'static str) -> Self {
        Self {
            number: proposal.number,
            record: record.to_string(),
            verdict,
            problem: None,
        }
    }
}

pub(crate) fn verdict(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Added => "added",
        Outcome::Revised | Outcome::Retracted => "revised",
        Outcome::Unchanged => "unchanged",
    }
}

/// Takes a proposal into the ledger, as it is or otherwise, or turns it down.
pub(crate) fn decide(
    desk: &Desk,
    (steward, writer): (&Steward, &Writer),
    view: &View,
    number: u64,
    decision: Decision,
    lang: Lang,
) -> Result<Decided, Problem> {
    let how = TakeUp {
        loosen: loosening(decision.loosen.as_deref(), writer)?,
        anyway: decision.anyway.unwrap_or(false),
        reason: one_line("reason", decision.reason.as_deref())?,
    };
    let word = Word::named(&decision.decision, how.reason.is_some())?;
    if word != Word::Edit && !decision.said.is_empty() {
        return Err(Problem::bad_request(
            "said: what it is to say otherwise goes with decision edit",
        ));
    }
    let proposal = desk.base.proposal(steward, number)?;
    let proposal = proposal.ok_or_else(Problem::not_found)?;
    let one = std::slice::from_ref(&proposal);
    let only = |mut all: Vec<_>| all.pop();
    let decided = match word {
        Word::Accept => {
            let outcome = only(desk.base.accept(writer, one, &how)?).transpose()?;
            Decided::of(
                &proposal,
                &proposal.record,
                outcome.map_or("unchanged", verdict),
            )
        }
        Word::Refuse => {
            let reason = how.reason.as_deref().unwrap_or_default();
            desk.base.refuse(writer, one, reason)?.pop().transpose()?;
            Decided::of(&proposal, &proposal.record, "refused")
        }
        Word::Edit | Word::Compete => {
            let proposed = record_of(&proposal)?;
            let record = match word {
                Word::Edit => super::edited(view, &proposed, decision.said, lang)?,
                _ => competing(view, &proposal, &proposed)?,
            };
            let id = record.id().clone();
            let outcome = desk.base.accept_as(writer, &proposal, record, &how)?;
            Decided::of(&proposal, &id, verdict(outcome))
        }
    };
    if word != Word::Refuse {
        settle(&desk.base, writer, &[&proposal.record])?;
    }
    Ok(decided)
}

/// What may be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    Accept,
    Edit,
    Compete,
    Refuse,
}

impl Word {
    pub(crate) fn named(name: &str, has_reason: bool) -> Result<Self, Problem> {
        let word = match name {
            "accept" => Self::Accept,
            "edit" => Self::Edit,
            "compete" => Self::Compete,
            "refuse" => Self::Refuse,
            _ => {
                return Err(Problem::bad_request(
                    "decision: accept, edit, compete or refuse",
                ));
            }
        };
        match word {
            Self::Accept => Ok(word),
            _ if has_reason => Ok(word),
            Self::Refuse => Err(Problem::bad_request("reason: say why it is refused")),
            _ => Err(Problem::bad_request(
                "reason: say why it is taken otherwise than it was proposed",
            )),
        }
    }
}

/// A proposed claim as one of its own: two assessors who differ are two claims.
fn competing(view: &View, proposal: &Proposal, proposed: &Record) -> Result<Record, Problem> {
    let unfit = |why: &str| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, why);
    if proposed.noun() != Noun::Claim {
        return Err(unfit(
            "only a claim competes with another: accept it, edit it or refuse it",
        ));
    }
    if view.node(&proposal.record).is_err() {
        return Err(unfit(
            "nothing stands here that it would compete with: accept it, and it is a claim of its own",
        ));
    }
    let name = format!("proposal {} of {}", proposal.number, proposal.record);
    let id = RecordId::derived(proposal.record.stix_type(), &name);
    // The number that a claim goes by in its case is the other's.
    proposed
        .renamed(id, &[properties::DCTERMS_IDENTIFIER])
        .map_err(|error| unfit(&error.to_string()))
}
