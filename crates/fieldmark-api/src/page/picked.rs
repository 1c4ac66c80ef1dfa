//! Picking records that a page puts together: one in a form, several by a link each.

use crate::answer::names::Named;
use crate::viewing::Here;
use maud::{Markup, html};

/// A field of a form that names one of those that are offered, or what the address names already.
pub(super) fn pick(name: &str, label: &str, offered: &[Named], here: &Here) -> Markup {
    let asked = here.asked(name);
    let other = asked.filter(|id| !offered.iter().any(|one| one.id == *id));
    html! {
        label { (label) select name=(name) {
            option value="" { "—" }
            @if let Some(other) = other { option value=(other) selected { (other) } }
            @for one in offered { option value=(one.id) selected[asked == Some(&one.id)] { (one.label) } }
        } }
    }
}

/// Those that are put together, and those that might be: each is taken in or left out by its link.
/// `at` is the address of the page with other ids in `among`.
pub(super) fn picked(
    name: &str,
    (of, all): (&[Named], bool),
    offered: &[Named],
    here: &Here,
    at: &dyn Fn(Option<&str>) -> String,
) -> Markup {
    let ids: Vec<&str> = of.iter().map(|one| one.id.as_str()).collect();
    let at = |ids: &[&str]| at((!ids.is_empty()).then(|| ids.join(",")).as_deref());
    let others = of.iter().filter(|one| !offered.contains(one));
    html! {
        nav.facets aria-label=(name) {
            span { (name) }
            a href=(at(&[])) aria-current=[all.then_some("true")] { (here.say("all", "toutes")) }
            @for one in others.chain(offered) {
                @let is_in = !all && ids.contains(&one.id.as_str());
                @let left = ids.iter().copied().filter(|id| *id != one.id);
                @let mine = ids.iter().copied().filter(|_| !all);
                @let with = mine.chain([one.id.as_str()]);
                a href=(at(&if is_in { left.collect::<Vec<_>>() } else { with.collect() })) aria-current=[is_in.then_some("true")] { (one.label) }
            }
        }
    }
}
