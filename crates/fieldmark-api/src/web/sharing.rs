//! Sharing status: who may see what, by which collection and which token.

use crate::answer::deliveries::{deliveries, exports};
use crate::page::layout::scroll;
use crate::page::{self, Page, visited};
use crate::state::Desk;
use crate::viewing::Visit;
use axum::extract::State;
use axum::response::Response;
use fieldmark_model::Noun;
use maud::html;

/// `/sharing`. For the steward, or whoever runs the installation.
pub(super) async fn sharing(State(desk): State<Desk>, visit: Visit) -> Response {
    let of = desk.clone();
    visited(desk, visit.of_now(), move |_, here, caller| {
        here.takes(&["of"])?;
        let steward = caller.steward();
        let operator = caller.operator().ok();
        if operator.is_none() {
            caller.steward()?;
        }
        let gate = of.base.gate();
        let mut rows = Vec::new();
        for audience in gate.audiences() {
            if operator.is_some_and(|operator| !operator.runs(&audience.name)) {
                continue;
            }
            let records = match gate.step_down(&caller.reader, &audience.name) {
                Err(_) => None,
                Ok(reader) => {
                    let view = of.base.view(&reader)?;
                    let nouns = view.nouns()?;
                    let claims = nouns.get(&Noun::Claim).copied().unwrap_or_default();
                    Some((nouns.values().sum::<u64>(), claims))
                }
            };
            let collections: Vec<_> = of.settings.collections.iter().filter(|one| one.audience == audience.name).collect();
            rows.push((audience, records, collections));
        }
        let whom = here.asked("of");
        let taken = steward
            .as_ref()
            .ok()
            .map(|steward| deliveries(&of, (&caller.reader, steward), whom, here.lang))
            .transpose()?;
        let exported = steward.as_ref().ok();
        let exported = exported.map(|steward| exports(&of, steward, whom)).transpose()?;
        let tokens = operator.map(|operator| gate.tokens_list(operator)).transpose()?;
        let title = here.say("Who may see what", "Qui peut voir quoi");
        let names = [
            here.say("Audiences", "Audiences"),
            here.say("Tokens", "Jetons"),
        ];
        let body = html! {
            h1 { (title) }
            (scroll(names[0], html! { table {
                caption { (names[0]) }
                thead { tr {
                    th scope="col" { (here.say("Audience", "Audience")) } th scope="col" { (here.say("Up to", "Jusqu’à")) }
                    th scope="col" { (here.say("Member of", "Membre de")) } th.number scope="col" { (here.say("Records", "Fiches")) }
                    th.number scope="col" { (here.say("Claims", "Affirmations")) } th scope="col" { (here.say("TAXII collections", "Collections TAXII")) }
                } }
                tbody { @for (audience, records, collections) in &rows { tr {
                    th scope="row" { a href=(here.with("/release", &[("to", &audience.name)])) { (audience.name) } }
                    td { @if audience.sees_all { (here.say("everything", "tout")) } @else { (audience.ceiling) } }
                    td { (audience.memberships.iter().cloned().collect::<Vec<_>>().join(", ")) }
                    td.number { @if let Some((records, _)) = records { (records) } @else { "–" } }
                    td.number { @if let Some((_, claims)) = records { (claims) } @else { "–" } }
                    td { @for one in collections { div { (one.title) " " code { (one.alias.as_deref().unwrap_or(&one.id)) } } } }
                } } }
            } }))
            @if let Some(taken) = &taken { (page::sharing::deliveries(taken, whom, here)) }
            @if let Some(exported) = &exported { (page::sharing::exports(exported, here)) }
            @match &tokens {
                None => p.soft { (here.say(
                    "Who holds tokens is told to an operator: sign in with a token of role operator.",
                    "Qui détient des jetons est dit à un opérateur : ouvrez une session avec un jeton au rôle operator.")) },
                Some(tokens) => (scroll(names[1], html! { table {
                    caption { (names[1]) }
                    thead { tr { th scope="col" { (here.say("Name", "Nom")) } th scope="col" { "Audience" } th scope="col" { (here.say("Role", "Rôle")) }
                        th scope="col" { (here.say("Made", "Créé")) } th scope="col" { (here.say("Ends", "Expire")) } th scope="col" { (here.say("Standing", "État")) } } }
                    tbody { @for token in tokens { tr {
                        th scope="row" { (token.name) } td { (token.audience) } td { (token.role.name()) } td { (token.created) }
                        td { (token.expires.as_deref().unwrap_or(here.say("never", "jamais"))) }
                        td { @if token.revoked { del { (here.say("revoked", "révoqué")) } } @else { (here.say("in force", "en vigueur")) } }
                    } } }
                } })),
            }
        };
        let mut forms = page::with_table("/api/v1/audiences".to_owned());
        if steward.is_ok() {
            let mut asked = vec![("format", "csv")];
            asked.extend(whom.map(|whom| ("taker", whom)));
            forms.extend([
                (
                    here.say("what was taken (CSV)", "ce qui a été pris (CSV)"),
                    here.with("/api/v1/deliveries", &asked),
                ),
                (
                    here.say("what was exported (CSV)", "ce qui a été exporté (CSV)"),
                    here.with("/api/v1/deliveries/exports", &asked),
                ),
            ]);
        }
        Ok(Page {
            behind: vec![("REST", "GET /api/v1/audiences\nGET /api/v1/tokens\nGET /api/v1/deliveries\nGET /api/v1/deliveries/exports".to_owned())],
            forms,
            ..Page::plain(title, body)
        })
    })
    .await
}
