//! Who was given what by which collection, which of their copies are stale, and who exported what.

use super::lang::Lang;
use super::names::{Labels, Named};
use crate::caller::Caller;
use crate::outgoing::Faces;
use crate::problem::Problem;
use crate::state::Desk;
use fieldmark_model::RecordId;
use fieldmark_store::View;
use fieldmark_store::deliveries::{Copy, Export, Taken, Taker};
use fieldmark_store::gate::{Reader, Steward};
use serde::Serialize;
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use utoipa::ToSchema;

/// The most stale copies that are listed of one.
const MOST: usize = 500;

/// What somebody took by one collection.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TakenRow {
    /// The name of their token.
    pub taker: String,
    /// The collection's id.
    pub collection: String,
    /// Its title; none where there is no such collection any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Whose view it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// When they first asked (RFC 3339).
    pub first_asked: String,
    /// When they last asked.
    pub last_asked: String,
    /// How many objects they hold of it.
    pub objects: u64,
    /// How many of those have a newer version that they did not take yet.
    pub outdated: u64,
    /// How many of those they would not be given any more: withdrawn, or withheld from them since.
    pub recalled: u64,
    /// The stale ones among them, those that they would not be given any more first; where one
    /// taker was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stale: Option<Vec<StaleRow>>,
    /// Whether there are more than are listed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

/// A stale copy.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StaleRow {
    /// The object, by the name it has here.
    pub object: Named,
    /// The version that they hold.
    pub version: String,
    /// When they were given it.
    pub given: String,
    /// The version that they would be given; none where they would be given none.
    pub standing: Option<String>,
}

/// What somebody exported.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportRow {
    /// When (RFC 3339).
    pub at: String,
    /// The name of their token.
    pub taker: String,
    /// The audience as which they saw it.
    pub audience: String,
    /// The name of the format.
    pub format: String,
    /// What they asked for, as they asked, a paper as `dossier(…)` or `overlap(…)`, a page by its
    /// address; none for everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// How many records that was; none for everything, a paper and a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub records: Option<u64>,
    /// The strictest marking of these, where they are not everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marking: Option<String>,
}

/// The most exports that are listed.
const LISTED: usize = 500;

/// The latest exports, the last first; with `only`, those of that token name.
pub(crate) fn exports(
    desk: &Desk,
    steward: &Steward,
    only: Option<&str>,
) -> Result<Vec<ExportRow>, Problem> {
    let exports = desk.base.exports(steward, only, LISTED)?.into_iter();
    let row = |(at, one): (String, Export)| ExportRow {
        at,
        taker: one.name,
        audience: one.audience,
        format: one.format,
        what: one.what,
        records: one.records,
        marking: one.marking,
    };
    Ok(exports.map(row).collect())
}

/// When each of some records was given to whom last by TAXII, the first first, by record.
type GivenOut = HashMap<RecordId, Vec<(String, String)>>;

/// Tells a steward when records were given to whom last by TAXII. A record that has no type in STIX went
/// out as a note.
pub(crate) fn given(
    desk: &Desk,
    steward: Steward,
) -> impl Fn(&BTreeSet<RecordId>) -> Result<GivenOut, Problem> {
    move |records| {
        let mut all = HashMap::new();
        for id in records {
            let uuid = id.as_str().rsplit_once("--").map_or("", |(_, uuid)| uuid);
            let note = RecordId::parse(&format!("note--{uuid}")).ok();
            let mut given = desk.base.given(&steward, id)?;
            if let Some(note) = note.filter(|note| note != id) {
                given.extend(desk.base.given(&steward, &note)?);
            }
            if !given.is_empty() {
                all.insert(id.clone(), given);
            }
        }
        Ok(all)
    }
}

/// What goes out, and in which form.
pub(crate) struct Leaving<'a> {
    /// The name of the format, however written.
    pub format: &'a str,
    /// What was asked for, as it was asked; none for everything.
    pub what: Option<String>,
    /// How many records that is, where records were asked for.
    pub records: Option<u64>,
    /// Its strictest marking, where it is not everything.
    pub marking: Option<String>,
}

/// Records that somebody with a token takes something out. What nobody showed a token for is what
/// everybody may see, and is not.
pub(crate) fn note_export(
    desk: &Desk,
    caller: &Caller,
    view: &View,
    leaving: Leaving<'_>,
) -> Result<(), Problem> {
    if !caller.with_token {
        return Ok(());
    }
    desk.base.note_export(&Export {
        name: caller.name.clone(),
        audience: view.audience().to_owned(),
        format: leaving.format.to_ascii_lowercase(),
        what: leaving.what,
        records: leaving.records,
        marking: leaving.marking,
    })?;
    Ok(())
}

/// Everybody who asked a collection; with `only`, those of that token name, each with its stale
/// copies.
pub(crate) fn deliveries(
    desk: &Desk,
    (reader, steward): (&Reader, &Steward),
    only: Option<&str>,
    lang: Lang,
) -> Result<Vec<TakenRow>, Problem> {
    let mine = desk.base.view(reader)?;
    let takers = desk.base.takers(steward)?.into_iter();
    let takers = takers.filter(|one| only.is_none_or(|only| one.taker.name == only));
    let mut standing: HashMap<String, Standing> = HashMap::new();
    let mut rows = Vec::new();
    for taken in takers {
        let now = match standing.entry(taken.taker.collection.clone()) {
            Entry::Occupied(read) => read.into_mut(),
            Entry::Vacant(lacking) => {
                let now = Standing::of(desk, reader, lacking.key())?;
                lacking.insert(now)
            }
        };
        rows.push(row(desk, steward, &mine, taken, now, only.is_some(), lang)?);
    }
    Ok(rows)
}

/// What a collection gives now.
struct Standing {
    title: Option<String>,
    audience: Option<String>,
    versions: HashMap<RecordId, String>,
}

impl Standing {
    fn of(desk: &Desk, reader: &Reader, id: &str) -> Result<Self, Problem> {
        let mut collections = desk.settings.collections.iter();
        let Some(collection) = collections.find(|one| one.id == id) else {
            return Ok(Self {
                title: None,
                audience: None,
                versions: HashMap::new(),
            });
        };
        let reader = desk.base.gate().step_down(reader, &collection.audience)?;
        let view = desk.base.view(&reader)?;
        let mut versions = HashMap::new();
        view.collection(&Faces, None, |version, _, last| {
            if last && collection.holds(version) {
                versions.insert(version.id.clone(), version.version.clone());
            }
            true
        })?;
        Ok(Self {
            title: Some(collection.title.clone()),
            audience: Some(collection.audience.clone()),
            versions,
        })
    }
}

fn row(
    desk: &Desk,
    steward: &Steward,
    mine: &View,
    taken: Taken,
    now: &Standing,
    listed: bool,
    lang: Lang,
) -> Result<TakenRow, Problem> {
    let (mut outdated, mut recalled) = (Vec::new(), Vec::new());
    let (mut outdated_count, mut recalled_count) = (0, 0);
    desk.base.copies(steward, &taken.taker, |copy| {
        let (count, list) = match now.versions.get(&copy.object) {
            Some(version) if *version == copy.version => return,
            Some(_) => (&mut outdated_count, &mut outdated),
            None => (&mut recalled_count, &mut recalled),
        };
        *count += 1;
        if list.len() < MOST {
            list.push(copy);
        }
    })?;
    let stale: Vec<Copy> = recalled.into_iter().chain(outdated).take(MOST).collect();
    let named = stale.iter().filter(|_| listed);
    let ids: Vec<RecordId> = named.map(|copy| copy.object.clone()).collect();
    let labels = Labels::read(mine, lang, &ids)?;
    let each = |copy: Copy| StaleRow {
        object: labels.named(&copy.object),
        version: copy.version,
        given: copy.given,
        standing: now.versions.get(&copy.object).cloned(),
    };
    let Taker { name, collection } = taken.taker;
    Ok(TakenRow {
        taker: name,
        collection,
        title: now.title.clone(),
        audience: now.audience.clone(),
        first_asked: taken.first,
        last_asked: taken.last,
        objects: taken.objects,
        outdated: outdated_count,
        recalled: recalled_count,
        more: listed && outdated_count + recalled_count > stale.len() as u64,
        stale: listed.then(|| stale.into_iter().map(each).collect()),
    })
}
