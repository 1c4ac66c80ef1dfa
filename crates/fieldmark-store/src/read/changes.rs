//! What differs between two dossiers of one subject: which claims came, were revised, were
//! withdrawn or went, and whose headline that changed.

use super::Proposition;
use super::dossier::{Dossier, Key};
use fieldmark_analysis::lines::Weighing;
use fieldmark_model::{Claim, ClaimKind, RecordId};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// What has become of one claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was not there before.
    Came,
    /// It may have been there before: its date is too coarse to tell.
    Perhaps,
    /// It has no date, so that nobody can tell whether it was there before.
    Undated,
    /// It says something else; in these respects, by the names its desk gives them.
    Revised(Vec<&'static str>),
    /// Its assessor took it back; it is still there and has no say any more.
    Withdrawn,
    /// It is not there any more.
    Gone,
}

/// One claim that changed, as it is after, or as it was when it went.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimChange {
    /// The claim.
    pub claim: Arc<Claim>,
    /// What has become of it.
    pub fate: Fate,
}

/// One proposition of which something changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    /// What it is about.
    pub kind: ClaimKind,
    /// The record it speaks of.
    pub subject: RecordId,
    /// What it says of it.
    pub object: Option<String>,
    /// How great an impact, by the level's IRI.
    pub level: Option<String>,
    /// How two names relate, by the SKOS relation's IRI.
    pub relation: Option<String>,
    /// What the claims came to before; `None` when nobody had claimed it.
    pub before: Option<Weighing>,
    /// What they come to after.
    pub after: Option<Weighing>,
    /// The claims that changed, by id.
    pub claims: Vec<ClaimChange>,
}

impl Changed {
    /// Whether the headline says something else.
    pub fn headline_changed(&self) -> bool {
        self.before.as_ref().map(|w| &w.headline) != self.after.as_ref().map(|w| &w.headline)
    }
}

/// The propositions of which something changed from one dossier to another, in their order there;
/// all came when there was none before.
pub fn changes(before: Option<&Dossier>, after: &Dossier) -> Vec<Changed> {
    let ids = |list: &'_ [Arc<Claim>]| list.iter().map(|claim| claim.id.clone()).collect();
    let untold: [BTreeSet<RecordId>; 2] = before.map_or_else(Default::default, |before| {
        [ids(&before.possible), ids(&before.undated)]
    });
    let before = before.map_or(&[][..], |before| &before.propositions);
    let after = &after.propositions;
    let (before, after) = (by_key(before), by_key(after));
    let keys: BTreeSet<&Key<'_>> = before.keys().chain(after.keys()).collect();
    keys.into_iter()
        .filter_map(|key| {
            let (was, is) = (before.get(key), after.get(key));
            let changed = Changed {
                kind: key.0,
                subject: key.1.clone(),
                object: key.2.map(str::to_owned),
                level: key.3.map(str::to_owned),
                relation: key.4.map(str::to_owned),
                before: was.map(|p| p.weighing.clone()),
                after: is.map(|p| p.weighing.clone()),
                claims: claims(
                    was.map_or(&[], |p| &p.claims),
                    is.map_or(&[], |p| &p.claims),
                    &untold,
                ),
            };
            let same = changed.claims.is_empty() && !changed.headline_changed();
            (!same).then_some(changed)
        })
        .collect()
}

/// The propositions of a dossier, by what they say.
fn by_key(list: &[Proposition]) -> BTreeMap<Key<'_>, &Proposition> {
    let keyed = list.iter().map(|p| {
        let (object, level) = (p.object.as_deref(), p.level.as_deref());
        let key = (p.kind, &p.subject, object, level, p.relation.as_deref());
        (key, p)
    });
    keyed.collect()
}

fn claims(
    before: &[Arc<Claim>],
    after: &[Arc<Claim>],
    [possible, undated]: &[BTreeSet<RecordId>; 2],
) -> Vec<ClaimChange> {
    let was: HashMap<&RecordId, &Arc<Claim>> =
        before.iter().map(|claim| (&claim.id, claim)).collect();
    let is: BTreeSet<&RecordId> = after.iter().map(|claim| &claim.id).collect();
    let withdrawn = |claim: &Claim| claim.status.as_deref() == Some("withdrawn");
    let mut out: Vec<ClaimChange> = after
        .iter()
        .filter_map(|claim| {
            let fate = match was.get(&claim.id) {
                None if possible.contains(&claim.id) => Fate::Perhaps,
                None if undated.contains(&claim.id) => Fate::Undated,
                None => Fate::Came,
                Some(old) if *old == claim => return None,
                Some(old) if withdrawn(claim) && !withdrawn(old) => Fate::Withdrawn,
                Some(old) => Fate::Revised(respects(old, claim)),
            };
            Some(ClaimChange {
                claim: claim.clone(),
                fate,
            })
        })
        .chain(
            before
                .iter()
                .filter(|claim| !is.contains(&claim.id))
                .map(|claim| ClaimChange {
                    claim: claim.clone(),
                    fate: Fate::Gone,
                }),
        )
        .collect();
    out.sort_by(|a, b| a.claim.id.cmp(&b.claim.id));
    out
}

fn respects(old: &Claim, new: &Claim) -> Vec<&'static str> {
    [
        ("assessors", old.assessors != new.assessors),
        ("verbatim", old.verbatim != new.verbatim),
        ("polarity", old.polarity != new.polarity),
        ("scale", old.likelihood != new.likelihood),
        ("confidence", old.confidence != new.confidence),
        ("assertedAt", old.asserted_at != new.asserted_at),
        ("publishedAt", old.published_at != new.published_at),
        ("basis", old.basis != new.basis),
        ("evidence", old.evidence != new.evidence),
        ("status", old.status != new.status),
        ("derivation", old.derivation != new.derivation),
        ("sources", old.sources != new.sources),
        ("locator", old.locator != new.locator),
    ]
    .into_iter()
    .filter_map(|(name, differs)| differs.then_some(name))
    .collect()
}
