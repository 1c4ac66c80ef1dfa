//! Overlap and the matrix of techniques: what campaigns have in common.

use crate::answer::names::{Labels, Named, find_compared};
use crate::answer::overlap::{RANKED, compare, rank};
use crate::answer::verdict::shuffles;
use crate::known::KNOWN_AT;
use crate::page::layout::{carried, scroll};
use crate::page::{Page, compared, visited};
use crate::pictures::{Show, read};
use crate::problem::Problem;
use crate::state::Desk;
use crate::viewing::{Here, Visit};
use axum::extract::State;
use axum::response::Response;
use fieldmark_model::{Noun, RecordId};
use fieldmark_store::View;
use fieldmark_store::read::{Filter, Order};
use maud::html;
use std::collections::{BTreeSet, HashMap};

/// More campaigns than this, and no table of each two is made.
const MOST: usize = 20;

/// `/overlap`: of two, of one with all others, or the choice of them.
pub(super) async fn overlap(State(desk): State<Desk>, visit: Visit) -> Response {
    visited(desk, visit, |view, here, _| {
        match (here.asked("of"), here.asked("with")) {
            (Some(of), Some(with)) => {
                let (left, right) = (find_compared(view, of)?, find_compared(view, with)?);
                let how = shuffles(None).map_err(Problem::bad_request)?;
                let found = compare(view, here.lang, &left, &right, how)?;
                Ok(compared::page(&found, here))
            }
            (Some(of), None) | (None, Some(of)) => {
                let of = find_compared(view, of)?;
                let how = shuffles(Some(0)).map_err(Problem::bad_request)?;
                let types: Vec<&str> = RANKED.split(',').collect();
                let found = rank(view, here.lang, &of, &types, 25, how)?;
                Ok(compared::ranked(&found, here))
            }
            (None, None) => choice(view, here),
        }
    })
    .await
}

fn campaigns(view: &View, here: &Here) -> Result<(Vec<RecordId>, Vec<Named>), Problem> {
    let filter = Filter {
        noun: Some(Noun::Campaign),
        ..Filter::default()
    };
    let page = view.list(&filter, Order::FirstSeen, true, 100, None, false)?;
    let ids: Vec<RecordId> = page.items.into_iter().map(|listed| listed.id).collect();
    let labels = Labels::read(view, here.lang, &ids)?;
    let named = ids.iter().map(|id| labels.named(id)).collect();
    Ok((ids, named))
}

fn choice(view: &View, here: &Here) -> Result<Page, Problem> {
    let (ids, named) = campaigns(view, here)?;
    let how = shuffles(Some(0)).map_err(Problem::bad_request)?;
    let mut table = Vec::new();
    if ids.len() > 1 && ids.len() <= MOST {
        for id in &ids {
            let row = rank(view, here.lang, id, &["campaign"], ids.len(), how)?;
            let row: HashMap<&str, (u64, u64)> = row
                .ranking
                .iter()
                .map(|one| (one.other.id.as_str(), (one.features, one.hard)))
                .collect();
            let cell = |other: &RecordId| {
                (other != id).then(|| row.get(other.as_str()).copied().unwrap_or_default())
            };
            table.push(ids.iter().map(cell).collect());
        }
    }
    let title = here.say(
        "What links two campaigns?",
        "Qu’est-ce qui relie deux campagnes ?",
    );
    let marking = view.marking(ids)?.name();
    Ok(Page {
        marking,
        ..Page::plain(
            title,
            html! {
                h1 { (title) }
                p.soft { (here.say(
                    "Overlap is not attribution: it says what two share, not who runs them.",
                    "Un recoupement n’est pas une attribution : il dit ce que deux partagent, pas qui les mène.")) }
                (compared::choice(&named, &table, here))
            },
        )
    })
}

/// `/matrix`: the techniques of DISARM that one uses, two share or lack, or how often any is used.
pub(super) async fn matrix(State(desk): State<Desk>, visit: Visit) -> Response {
    visited(desk, visit, |view, here, _| {
        let (_, named) = campaigns(view, here)?;
        let of: Vec<&str> = [here.asked("of"), here.asked("with")].into_iter().flatten().collect();
        let mut shown = BTreeSet::new();
        let picture = read::matrix(view, here.lang, &of, here.asked("show"), &mut shown)?;
        let query: Vec<(&str, &str)> = ["of", "with", "show"].into_iter().filter_map(|name| Some((name, here.asked(name)?))).collect();
        let pick = |name: &str, label: &str| html! {
            label { (label) select name=(name) {
                option value="" { "—" }
                @if let Some(other) = here.asked(name).filter(|id| !named.iter().any(|one| one.id == *id)) { option value=(other) selected { (other) } }
                @for one in &named { option value=(one.id) selected[here.asked(name) == Some(&one.id)] { (one.label) } }
            } }
        };
        let modes = |name: &'static str| match name {
            "one" => here.say("one campaign", "une campagne"),
            "intersection" => here.say("A∩B: both", "A∩B : les deux"),
            "difference" => here.say("A∖B: one and not the other", "A∖B : l’une et non l’autre"),
            "frequency" => here.say("how many use each", "combien emploient chacune"),
            _ => here.say("when first seen", "quand d’abord vue"),
        };
        let body = html! {
            h1 { (picture.title) }
            form action="/matrix" method="get" {
                (carried(here, &[]))
                (pick("of", "A")) (pick("with", "B"))
                label { (here.say("Show", "Montrer")) select name="show" {
                    option value="" { "—" }
                    @for (name, _) in Show::NAMED { option value=(name) selected[here.asked("show") == Some(name)] { (modes(name)) } }
                } }
                button { (here.say("Draw", "Dessiner")) }
            }
            div.picture.wide tabindex="0" role="region" aria-label=(picture.title) { (picture.svg.inline()) }
            (scroll(&picture.title, picture.table))
        };
        let picture_at = here.with("/api/v1/pictures/matrix", &query);
        let mut layer = vec![("format", "navigator")];
        layer.extend(here.asked("of").map(|of| ("of", of)));
        let layer = here.with("/api/v1/export", &layer);
        let mut forms = vec![("SVG", picture_at.clone())];
        // An export is of now.
        if here.carried(KNOWN_AT).is_none() {
            forms.push((here.say("Navigator layer", "couche Navigator"), layer));
        }
        Ok(Page {
            title: picture.title,
            marking: view.marking(shown)?.name(),
            behind: vec![("REST", format!("GET {picture_at}"))],
            forms,
            body,
            island: None,
        })
    })
    .await
}
