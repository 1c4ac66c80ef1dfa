//! Who took what by which collection, which of their copies are stale, and who exported what.

use super::layout::scroll;
use crate::answer::deliveries::{ExportRow, StaleRow, TakenRow};
use crate::viewing::Here;
use maud::{Markup, html};

/// What everybody took; of `whom`, also their stale copies.
pub(crate) fn deliveries(taken: &[TakenRow], whom: Option<&str>, here: &Here) -> Markup {
    let caption = here.say(
        "What partners took by TAXII",
        "Ce que les partenaires ont pris par TAXII",
    );
    html! {
        @if taken.is_empty() {
            h2 { (caption) }
            p.notice { @match whom {
                Some(whom) => { (here.say("Nothing was taken with a token of that name: ", "Rien n’a été pris avec un jeton de ce nom : ")) (whom) ". "
                    a href=(here.link("/sharing")) { (here.say("See everybody", "Voir tout le monde")) } },
                None => (here.say(
                    "Nobody has asked a TAXII collection yet. Give a partner a token (fieldmark token create) and the address /taxii2/.",
                    "Personne n’a encore interrogé de collection TAXII. Donnez à un partenaire un jeton (fieldmark token create) et l’adresse /taxii2/.")),
            } }
        } @else { (scroll(caption, html! { table {
            caption { (caption) }
            thead { tr {
                th scope="col" { (here.say("Token", "Jeton")) } th scope="col" { "Collection" } th scope="col" { "Audience" }
                th scope="col" { (here.say("First asked", "Première demande")) } th scope="col" { (here.say("Last asked", "Dernière demande")) }
                th.number scope="col" { (here.say("Objects held", "Objets détenus")) }
                th.number scope="col" { (here.say("Newer version not taken", "Version plus récente non prise")) }
                th.number scope="col" { (here.say("Withdrawn or withheld since", "Retirés ou retenus depuis")) }
            } }
            tbody { @for row in taken { tr {
                th scope="row" { a href=(here.with("/sharing", &[("of", &row.taker)])) { (row.taker) } }
                td { @match &row.title { Some(title) => (title), None => code { (row.collection) } } }
                td { (row.audience.as_deref().unwrap_or("–")) }
                td.short { (row.first_asked) } td.short { (row.last_asked) }
                td.number { (row.objects) }
                td.number { (row.outdated) } td.number { @if row.recalled > 0 { strong { (row.recalled) } } @else { "0" } }
            } } }
        } })) }
        @for row in taken { @if let Some(stale) = &row.stale { (copies(row, stale, here)) } }
    }
}

fn copies(row: &TakenRow, stale: &[StaleRow], here: &Here) -> Markup {
    let of = row.title.as_deref().unwrap_or(&row.collection);
    let caption = format!(
        "{}{}{} · {of}",
        here.say("Stale copies of ", "Copies périmées de "),
        row.taker,
        match row.more {
            true => here.say(" (the first 500)", " (les 500 premières)"),
            false => "",
        }
    );
    html! {
        @if stale.is_empty() {
            p { (of) (here.say(": every copy that they hold is the latest they may have.", " : chaque copie qu’ils détiennent est la dernière qu’ils peuvent avoir.")) }
        } @else { (scroll(&caption, html! { table {
            caption { (caption) }
            thead { tr {
                th scope="col" { (here.say("Object", "Objet")) } th scope="col" { (here.say("Version they hold", "Version détenue")) }
                th scope="col" { (here.say("Given", "Donnée")) } th scope="col" { (here.say("Version they may have", "Version qu’ils peuvent avoir")) }
            } }
            tbody { @for one in stale { tr {
                th scope="row" { a href=(here.to(&one.object.id)) { (one.object.label) } }
                td.short { (one.version) } td.short { (one.given) }
                td.short { @match &one.standing {
                    Some(version) => (version),
                    None => strong { (here.say("none: ask them to delete it", "aucune : demandez-leur de la supprimer")) },
                } }
            } } }
        } })) }
    }
}

/// The latest exports.
pub(crate) fn exports(exports: &[ExportRow], here: &Here) -> Markup {
    let caption = here.say(
        "What was exported with a token, the last first",
        "Ce qui a été exporté avec un jeton, le dernier d’abord",
    );
    html! {
        @if exports.is_empty() {
            h2 { (caption) }
            p.notice { (here.say(
                "Nothing yet. What anybody may see without a token is not recorded.",
                "Rien encore. Ce que chacun peut voir sans jeton n’est pas noté.")) }
        } @else { (scroll(caption, html! { table {
            caption { (caption) }
            thead { tr {
                th scope="col" { (here.say("When", "Quand")) } th scope="col" { (here.say("Token", "Jeton")) } th scope="col" { "Audience" }
                th scope="col" { "Format" } th scope="col" { (here.say("What was asked for", "Ce qui était demandé")) }
                th.number scope="col" { (here.say("Records", "Fiches")) } th scope="col" { "TLP" }
            } }
            tbody { @for one in exports { tr {
                td.short { (one.at) }
                th scope="row" { a href=(here.with("/sharing", &[("of", &one.taker)])) { (one.taker) } }
                td { (one.audience) } td { (one.format) }
                td { (one.what.as_deref().unwrap_or(here.say("everything they may see", "tout ce qu’ils peuvent voir"))) }
                td.number { @match one.records { Some(records) => (records), None => "–" } }
                td.short { (one.marking.as_deref().unwrap_or("–")) }
            } } }
        } })) }
    }
}
