//! The editor of claims: a form made of what the shapes let a claim say, filled in and checked before
//! it is written.

use super::Page;
use super::layout::{carried, scroll};
use crate::viewing::Here;
use crate::writing::{FormRow, SlotRow, TermRow, ValueRow, Written};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// What is being written: the form of it and what was filled in so far.
pub(crate) struct Sheet {
    /// `assertClaim`, `reviseClaim`, `dispute`, `concur`, `withdrawClaim` or `revertRecord`.
    pub order: String,
    /// The kind of claim.
    pub kind: String,
    /// The kinds there are.
    pub kinds: Vec<TermRow>,
    /// The claim that it is about, by id and label.
    pub of: Option<(String, String)>,
    /// The version of it that the writer saw.
    pub version: Option<String>,
    /// By what this is known when it is sent again.
    pub key: String,
    /// What may be filled in; nothing where nothing is, as to withdraw.
    pub form: Option<FormRow>,
    /// What is filled in, by the slot's name; several values on a line each.
    pub filled: BTreeMap<String, String>,
    /// Who may see it.
    pub marking: String,
    /// The language of words that say none.
    pub lang: String,
    /// Why it is written.
    pub reason: String,
    /// Whether it only waits for a steward.
    pub propose: bool,
    /// Whether it can do no more than wait.
    pub only_proposes: bool,
}

/// How the fields of slots are named, so that none is taken for another of the form.
pub(crate) const SLOT: &str = "said.";

/// What a form leaves to other desks: quotations with places of their own.
pub(crate) fn is_left_out(slot: &SlotRow) -> bool {
    slot.holds == "parts"
}

fn title(order: &str, here: &Here) -> &'static str {
    match (order, here.tag()) {
        ("reviseClaim", "fr") => "Réviser une affirmation",
        ("reviseClaim", _) => "Revise a claim",
        ("dispute", "fr") => "Contester une affirmation",
        ("dispute", _) => "Dispute a claim",
        ("concur", "fr") => "Concourir à une affirmation",
        ("concur", _) => "Concur with a claim",
        ("withdrawClaim", "fr") => "Retirer une affirmation",
        ("withdrawClaim", _) => "Withdraw a claim",
        ("revertRecord", "fr") => "Remettre ce qui était dit avant",
        ("revertRecord", _) => "Put back what was said before",
        (_, "fr") => "Affirmer",
        _ => "Assert a claim",
    }
}

/// The page; `told` is what came of it when it was checked or written, or why that cannot be read.
pub(crate) fn page(sheet: &Sheet, told: Option<&Result<Written, String>>, here: &Here) -> Page {
    let title = title(&sheet.order, here);
    let done = matches!(told, Some(Ok(written)) if ["added", "revised", "waiting"].contains(&written.verdict));
    let body = html! {
        h1 { (title) }
        @if let Some((id, label)) = &sheet.of { p { (here.say("About ", "À propos de ")) a href=(here.to(id)) { (label) } } }
        // Beside the form where there is room: what is found changes while it is filled in.
        div.editor {
            div #told { @match told {
                Some(Err(why)) => p.notice role="alert" { (why) },
                Some(Ok(written)) => (outcome(written, here)),
                None => {},
            } }
            @if !done { div { (form(sheet, title, here)) } }
        }
    };
    Page {
        behind: vec![(
            "REST",
            match sheet.order.as_str() {
                "assertClaim" => "POST /api/v1/claims".to_owned(),
                "reviseClaim" => "PATCH /api/v1/records/{id}".to_owned(),
                "withdrawClaim" => "POST /api/v1/claims/{id}/withdraw".to_owned(),
                "revertRecord" => "POST /api/v1/records/{id}/revert".to_owned(),
                other => format!("POST /api/v1/claims/{{id}}/{other}"),
            },
        )],
        island: sheet.form.as_ref().map(|_| "write"),
        ..Page::plain(title, body)
    }
}

fn form(sheet: &Sheet, title: &str, here: &Here) -> Markup {
    let levels = ["clear", "green", "amber", "amber+strict", "red"];
    let asserts = sheet.order == "assertClaim";
    html! {
        @if asserts { form action="/write" method="get" {
            (carried(here, &[]))
            @for name in ["subject", "object"] { @if let Some(value) = sheet.filled.get(name) { input type="hidden" name=(name) value=(value); } }
            label { (here.say("What kind of claim", "Quelle sorte d’affirmation")) select name="kind" {
                @for kind in &sheet.kinds { option value=(kind.name) selected[kind.name.eq_ignore_ascii_case(&sheet.kind)] { (kind.label) } }
            } }
            button.other { (here.say("Show its form", "Montrer son formulaire")) }
        } }
        form.sheet action=(here.link("/write")) method="post" {
            input type="hidden" name="order" value=(sheet.order);
            input type="hidden" name="kind" value=(sheet.kind);
            input type="hidden" name="key" value=(sheet.key);
            @if let Some((id, _)) = &sheet.of { input type="hidden" name="of" value=(id); }
            @if let Some(version) = &sheet.version { input type="hidden" name="version" value=(version); }
            @if let Some(form) = &sheet.form {
                (fields(form, &sheet.filled, here))
                label { (here.say("Who may see it", "Qui peut le voir")) select name="marking" {
                    @for level in levels { @let value = format!("tlp:{level}"); option value=(value) selected[sheet.marking.eq_ignore_ascii_case(&value)] { (value.to_uppercase()) } }
                } }
                (language(&sheet.lang, here))
            }
            label { (here.say("Why (stands in the ledger)", "Pourquoi (figure au registre)")) input name="reason" value=(sheet.reason); }
            @if sheet.only_proposes { p.soft { (here.say("What you write waits for a steward.", "Ce que vous écrivez attend un responsable.")) } }
            @else { label.line { input type="checkbox" name="propose" value="true" checked[sheet.propose]; (here.say("only propose it: a steward decides", "seulement le proposer : un responsable décide")) } }
            div.acts {
                button.other name="act" value="check" { (here.say("Check", "Vérifier")) }
                button name="act" value="write" { (title) }
            }
        }
    }
}

/// The fields of a form, those first that have to be filled in.
pub(super) fn fields(form: &FormRow, filled: &BTreeMap<String, String>, here: &Here) -> Markup {
    let slots = form.slots.iter().filter(|slot| !is_left_out(slot));
    let (needed, others): (Vec<_>, Vec<_>) = slots.partition(|slot| slot.needed || slot.either);
    html! {
        @for slot in needed { (field(slot, filled, here)) }
        details open[others.iter().any(|slot| filled.contains_key(&slot.name))] {
            summary { (here.say("What else is known", "Ce qu’on sait d’autre")) }
            @for slot in others { (field(slot, filled, here)) }
        }
    }
}

/// The language of words that say none.
pub(super) fn language(lang: &str, here: &Here) -> Markup {
    html! { label { (here.say("Language of the words (a line that begins with @fr is in French)", "Langue des mots (une ligne qui commence par @en est en anglais)"))
    input name="lang-of-words" value=(lang) size="6"; } }
}

/// One property. What a value means stands beside it, not in a balloon.
fn field(slot: &SlotRow, filled: &BTreeMap<String, String>, here: &Here) -> Markup {
    let name = format!("{SLOT}{}", slot.name);
    let value = filled
        .get(&slot.name)
        .map(String::as_str)
        .unwrap_or_default();
    let chosen: Vec<&str> = value.lines().collect();
    let id = format!("about-{}", slot.name);
    let hint = match slot.holds.as_str() {
        "record" => here.say("a name or an id", "un nom ou un identifiant"),
        "date" => "2023, 2023-08, 2023-08-29",
        "words" => here.say("to the letter", "à la lettre"),
        "iri" => "https://…",
        _ => "",
    };
    let hint = match slot.many {
        true => format!("{hint} {}", here.say("(one a line)", "(un par ligne)")),
        false => hint.to_owned(),
    };
    // A name that may be completed says what the list of them is called.
    let names =
        (slot.holds == "record").then(|| here.say("Records of that name", "Fiches de ce nom"));
    let needed = slot.needed.then_some("true");
    html! {
        label {
            span { (slot.label) @if slot.needed { " *" } @else if slot.either { " (*)" } @if !hint.trim().is_empty() { " · " (hint.trim()) } }
            @if !slot.terms.is_empty() {
                select name=(name) multiple[slot.many] size=[slot.many.then_some("4")] aria-required=[needed] aria-describedby=(id) {
                    @if !slot.many { option value="" { "—" } }
                    @for term in &slot.terms { option value=(term.name) selected[chosen.contains(&term.name.as_str())] {
                        (term.label) @if let Some(of) = &term.of { " (" (of) ")" }
                    } }
                }
            } @else if slot.many || slot.holds == "words" {
                textarea name=(name) rows=(chosen.len().clamp(1, 6) + 1) data-names=[names] aria-required=[needed] aria-describedby=(id) { (value) }
            } @else { input name=(name) value=(value) autocomplete="off" data-names=[names] aria-required=[needed] aria-describedby=(id); }
            span.soft id=(id) { (slot.about.as_deref().unwrap_or(&slot.says)) }
        }
    }
}

/// What came of it: the change property by property, and what is wrong or to be known.
fn outcome(written: &Written, here: &Here) -> Markup {
    let verdict = match written.verdict {
        "added" => here.say("It is written.", "C’est écrit."),
        "revised" => here.say("It is revised.", "C’est révisé."),
        "unchanged" => here.say("That says no more than what stands.", "Cela ne dit rien de plus que ce qui est là."),
        "waiting" => here.say("It waits for a steward.", "Cela attend un responsable."),
        "would-add" => here.say("It holds, and would be added.", "Cela tient, et serait ajouté."),
        "would-revise" => here.say("It holds, and would be a revision.", "Cela tient, et serait une révision."),
        "would-wait" => here.say("It holds, and would wait for a steward.", "Cela tient, et attendrait un responsable."),
        "conflict" => here.say("Somebody was faster: it changed since you opened it. Open it again; what you filled in stands below.", "Quelqu’un a été plus rapide : cela a changé depuis. Rouvrez-le ; ce que vous avez saisi reste ci-dessous."),
        _ => here.say("It cannot be written like this; nothing was changed.", "Cela ne peut s’écrire ainsi ; rien n’a changé."),
    };
    let caption = here.say("What changes", "Ce qui change");
    let values = |values: &[ValueRow]| {
        html! { @for value in values { div lang=[value.lang.as_deref()] {
            @match &value.id { Some(id) => a href=(here.to(id)) { (value.value) }, None => (value.value) }
        } } }
    };
    html! {
        div.notice role="status" {
            p { strong { (verdict) } " " a href=(here.to(&written.id)) { (written.id) } }
            @if !written.findings.is_empty() { ul { @for finding in &written.findings { li lang="en" { (finding.message) } } } }
            @if !written.waiting.is_empty() { p { (here.say("It refers to what is not here: ", "Cela renvoie à ce qui n’est pas ici : ")) (written.waiting.join(", ")) } }
        }
        @if !written.changes.is_empty() { (scroll(caption, html! { table {
            caption { (caption) }
            thead { tr { th scope="col" { (here.say("Property", "Propriété")) } th scope="col" { (here.say("Before", "Avant")) } th scope="col" { (here.say("After", "Après")) } } }
            tbody { @for change in &written.changes { tr { th scope="row" { (change.label) } td { del { (values(&change.before)) } } td { ins { (values(&change.after)) } } } } }
        } })) }
    }
}
