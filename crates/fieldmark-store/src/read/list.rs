//! Lists of records: filtered, ordered, counted and cut into pages within the view.

use super::fixed::Fixed;
use super::{Cursor, Page, ReadError, record, terms};
use crate::index::dates::Day;
use crate::index::names::{Asked, Row};
use crate::view::View;
use fieldmark_model::date::during;
use fieldmark_model::{Certainty, ClaimKind, Edtf, Noun, Polarity, RecordId, Tlp};
use fieldmark_rdf::vocab::{FM, values};
use oxrdf::{Literal, NamedNode, Term};
use std::cmp::Ordering;
use std::collections::HashSet;

/// What a listed record must meet, all together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Only this noun.
    pub noun: Option<Noun>,
    /// Only what operates on this platform.
    pub platform: Option<RecordId>,
    /// Only what uses this technique or one of its kinds.
    pub technique: Option<RecordId>,
    /// Only what targets this.
    pub target: Option<RecordId>,
    /// Only what a claim affirms of it is at least this likely, by the lower end of its range, 0 to 1;
    /// of claims, those that say so.
    pub likely: Option<f64>,
    /// Only where the strictest marking of what is shown has this level.
    pub tlp: Option<Tlp>,
    /// Of claims, only those that speak of this record.
    pub subject: Option<RecordId>,
    /// Only what a claim says of this actor, as subject or object.
    pub actor: Option<RecordId>,
    /// Only what a claim of this assessor speaks of; of claims, this assessor's.
    pub assessor: Option<RecordId>,
    /// Only what may fall within these dates; an open end is `None`.
    pub date: Option<(Option<Edtf>, Option<Edtf>)>,
    /// Only where these words occur in a name.
    pub text: Option<String>,
    /// Of claims, only this kind.
    pub claim_kind: Option<ClaimKind>,
    /// Of claims, only this polarity.
    pub polarity: Option<Polarity>,
}

/// A record of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The record.
    pub id: RecordId,
    /// How surely it falls within the dates asked about; `None` when none were.
    pub certainty: Option<Certainty>,
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// By name, whatever its case and accents.
    #[default]
    Label,
    /// By the first date stated; the undated come last either way.
    FirstSeen,
    /// By the last date stated; the undated come last either way.
    LastSeen,
    /// By id.
    Id,
}

static ON_PLATFORM: Fixed =
    Fixed::new("SELECT ?s WHERE { VALUES ?platform { UNDEF } ?s fm:operatesOn ?platform }");
static USING: Fixed = Fixed::new(
    "SELECT ?s WHERE { { VALUES ?technique { UNDEF } ?s stix:uses ?technique }
       UNION { VALUES ?technique { UNDEF } ?kind skos:broader ?technique . ?s stix:uses ?kind } }",
);
static TARGETING: Fixed =
    Fixed::new("SELECT ?s WHERE { VALUES ?target { UNDEF } ?s stix:targets ?target }");
static CLAIMS_LIKELY: Fixed = Fixed::new(
    "SELECT ?s WHERE { VALUES ?likely { UNDEF } ?band fm:rangeLow ?low ; skos:inScheme/fm:scaleKind fm:likelihoodScale .
       FILTER(?low >= ?likely) ?s fm:band|fm:assumedBand ?band ; fm:polarity fm:affirms }",
);
static LIKELY: Fixed = Fixed::new(
    "SELECT ?s WHERE { VALUES ?likely { UNDEF } ?band fm:rangeLow ?low ; skos:inScheme/fm:scaleKind fm:likelihoodScale .
       FILTER(?low >= ?likely) ?claim fm:band|fm:assumedBand ?band ; fm:polarity fm:affirms ; fm:subject ?s }",
);
static CLAIMED: Fixed = Fixed::new(
    "SELECT ?s WHERE { { VALUES ?actor { UNDEF } ?claim fm:object ?actor ; fm:subject ?s }
       UNION { VALUES ?actor { UNDEF } ?claim fm:subject ?actor ; fm:object ?s } }",
);
static CLAIMS_NAMING: Fixed = Fixed::new(
    "SELECT ?s WHERE { { VALUES ?actor { UNDEF } ?s fm:object ?actor }
       UNION { VALUES ?actor { UNDEF } ?s fm:subject ?actor } }",
);
static ASSESSED: Fixed = Fixed::new(
    "SELECT ?s WHERE { { VALUES ?assessor { UNDEF } ?claim fm:assessor ?assessor ; fm:subject ?s }
       UNION { VALUES ?assessor { UNDEF } ?claim fm:assessor ?assessor ; fm:object ?s } }",
);
static CLAIMS_BY: Fixed =
    Fixed::new("SELECT ?s WHERE { VALUES ?assessor { UNDEF } ?s fm:assessor ?assessor }");
static OF_SUBJECT: Fixed =
    Fixed::new("SELECT ?s WHERE { VALUES ?subject { UNDEF } ?s fm:subject ?subject }");
static OF_KIND: Fixed = Fixed::new("SELECT ?s WHERE { VALUES ?kind { UNDEF } ?s a ?kind }");
static OF_POLARITY: Fixed =
    Fixed::new("SELECT ?s WHERE { VALUES ?polarity { UNDEF } ?s fm:polarity ?polarity }");

impl View {
    /// One page of the records that meet the filter: `size` of them after the cursor, or before
    /// it when `backward`.
    pub fn list(
        &self,
        filter: &Filter,
        order: Order,
        descending: bool,
        size: usize,
        cursor: Option<&Cursor>,
        backward: bool,
    ) -> Result<Page<Listed>, ReadError> {
        let sets = self.sets(filter)?;
        let names = self.names()?;
        let asked = filter.text.as_deref().map(Asked::new);
        let named: Option<HashSet<u32>> = asked.map(|asked| {
            let named = names.all();
            let fit = named.filter(|(_, name)| asked.is_empty() || name.fit(&asked).is_some());
            fit.map(|(record, _)| record).collect()
        });
        let mut rows: Vec<Placed<'_>> = (0..)
            .zip(&names.rows)
            .filter(|(at, row)| {
                filter.noun.is_none_or(|noun| row.noun == noun)
                    && sets.iter().all(|set| set.contains(&row.id))
                    && named.as_ref().is_none_or(|named| named.contains(at))
            })
            .filter_map(|(_, row)| {
                let certainty = match &filter.date {
                    None => None,
                    Some((from, to)) => Some(within(row, from.as_ref(), to.as_ref())?),
                };
                let key = Key::of(row, order);
                let id = &row.id;
                Some(Placed { key, id, certainty })
            })
            .collect();
        if let Some(level) = filter.tlp {
            self.keep_marked(&mut rows, level)?;
        }
        rows.sort_unstable_by(|a, b| compare((&a.key, a.id), (&b.key, b.id), descending));
        let total = rows.len();
        let place = cursor.map(open).transpose()?;
        let (from, to) = match &place {
            None if backward => (total.saturating_sub(size), total),
            None => (0, size.min(total)),
            Some((key, id)) => {
                let key = Key::read(key, order)?;
                let side = |row: &Placed<'_>| compare((&row.key, row.id), (&key, id), descending);
                if backward {
                    let end = rows.partition_point(|row| side(row) == Ordering::Less);
                    (end.saturating_sub(size), end)
                } else {
                    let start = rows.partition_point(|row| side(row) != Ordering::Greater);
                    (start, (start + size).min(total))
                }
            }
        };
        let page = &rows[from..to];
        let listed = |row: &Placed<'_>| Listed {
            id: row.id.clone(),
            certainty: row.certainty,
        };
        Ok(Page {
            items: page.iter().map(listed).collect(),
            cursors: page.iter().map(|row| close(&row.key, row.id)).collect(),
            total: total as u64,
            has_previous: from > 0,
            has_next: to < total,
        })
    }

    /// Keeps the rows whose strictest marking has a level. A view does not hold markings: each is
    /// looked up in the ledger once, until it changes.
    fn keep_marked(&self, rows: &mut Vec<Placed<'_>>, level: Tlp) -> Result<(), ReadError> {
        let ids: Vec<RecordId> = rows.iter().map(|row| row.id.clone()).collect();
        let mut markings = self.marked_whole(&ids)?.into_iter();
        rows.retain(|_| markings.next().flatten().and_then(|one| one.tlp()) == Some(level));
        Ok(())
    }

    /// For each part of the filter that is about statements, the records that meet it.
    fn sets(&self, filter: &Filter) -> Result<Vec<HashSet<RecordId>>, ReadError> {
        let claims = filter.noun == Some(Noun::Claim);
        let kind = filter
            .claim_kind
            .map(|kind| NamedNode::new_unchecked(format!("{FM}{}", kind.name())));
        let polarity = filter.polarity.map(|polarity| match polarity {
            Polarity::Affirms => values::FM_AFFIRMS.into_owned(),
            Polarity::Denies => values::FM_DENIES.into_owned(),
        });
        let id = |id: &Option<RecordId>| id.as_ref().and_then(|id| terms([id]).pop());
        let likely = filter.likely.map(|least| Literal::from(least).into());
        let parts: [(&Fixed, &str, Option<Term>); 9] = [
            (&OF_SUBJECT, "subject", id(&filter.subject)),
            (&ON_PLATFORM, "platform", id(&filter.platform)),
            (&USING, "technique", id(&filter.technique)),
            (&TARGETING, "target", id(&filter.target)),
            (
                if claims { &CLAIMS_LIKELY } else { &LIKELY },
                "likely",
                likely,
            ),
            (
                if claims { &CLAIMS_NAMING } else { &CLAIMED },
                "actor",
                id(&filter.actor),
            ),
            (
                if claims { &CLAIMS_BY } else { &ASSESSED },
                "assessor",
                id(&filter.assessor),
            ),
            (&OF_KIND, "kind", kind.map(Term::from)),
            (&OF_POLARITY, "polarity", polarity.map(Term::from)),
        ];
        parts
            .into_iter()
            .filter_map(|(query, name, value)| value.map(|value| (query, name, value)))
            .map(|(query, name, value)| {
                let mut set = HashSet::new();
                query.run(self, &[(name, vec![value])], |row| {
                    set.extend(row.first().and_then(|term| record(term.as_ref())));
                })?;
                Ok(set)
            })
            .collect()
    }
}

/// How surely the row falls within the dates; the undated never do.
fn within(row: &Row, from: Option<&Edtf>, to: Option<&Edtf>) -> Option<Certainty> {
    let (first, last) = (date(&row.first), date(&row.last));
    let (first, last) = match (&first, &last) {
        (None, None) => return None,
        (first, last) => (
            first.as_ref().or(last.as_ref())?,
            last.as_ref().or(first.as_ref())?,
        ),
    };
    during(first, last, from, to)
}

fn date(text: &Option<String>) -> Option<Edtf> {
    Edtf::parse(text.as_deref()?).ok()
}

/// A row where it stands in a list.
struct Placed<'a> {
    key: Key<'a>,
    id: &'a RecordId,
    certainty: Option<Certainty>,
}

/// By what a row is put in order.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    /// A name; nothing where order is by id.
    Text(&'a str),
    /// A day, where one is stated.
    Day(Option<Day>),
}

impl<'a> Key<'a> {
    fn of(row: &'a Row, order: Order) -> Self {
        match order {
            Order::Label => Self::Text(&row.folded),
            Order::FirstSeen => Self::Day(row.days[0]),
            Order::LastSeen => Self::Day(row.days[1]),
            Order::Id => Self::Text(""),
        }
    }

    /// As a cursor of such a list says it.
    fn read(text: &'a str, order: Order) -> Result<Self, ReadError> {
        if !matches!(order, Order::FirstSeen | Order::LastSeen) {
            return Ok(Self::Text(text));
        }
        let mut parts = text.rsplitn(3, '-');
        let mut next = || parts.next().ok_or(ReadError::BadCursor);
        let number = |text: &str| text.parse().map_err(|_| ReadError::BadCursor);
        if text.is_empty() {
            return Ok(Self::Day(None));
        }
        let (day, month) = (number(next()?)?, number(next()?)?);
        let year = next()?.parse().map_err(|_| ReadError::BadCursor)?;
        Ok(Self::Day(Some((year, month, day))))
    }

    fn is_empty(&self) -> bool {
        matches!(self, Self::Text("") | Self::Day(None))
    }
}

fn compare(a: (&Key<'_>, &RecordId), b: (&Key<'_>, &RecordId), descending: bool) -> Ordering {
    // What has no key comes last, whichever way the rest is read.
    let keyless = a.0.is_empty().cmp(&b.0.is_empty());
    keyless.then(if descending { b.cmp(&a) } else { a.cmp(&b) })
}

fn close(key: &Key<'_>, id: &RecordId) -> Cursor {
    let key = match key {
        Key::Text(text) => (*text).to_owned(),
        Key::Day(None) => String::new(),
        Key::Day(Some((year, month, day))) => format!("{year:04}-{month:02}-{day:02}"),
    };
    Cursor(hex::encode(format!("{key}\u{0}{id}")))
}

fn open(cursor: &Cursor) -> Result<(String, RecordId), ReadError> {
    let text = unhex(&cursor.0).ok_or(ReadError::BadCursor)?;
    let (key, id) = text.rsplit_once('\u{0}').ok_or(ReadError::BadCursor)?;
    Ok((
        key.to_owned(),
        RecordId::parse(id).map_err(|_| ReadError::BadCursor)?,
    ))
}

fn unhex(text: &str) -> Option<String> {
    String::from_utf8(hex::decode(text).ok()?).ok()
}

/// A page of items that stand in the order of their keys.
pub fn cut<T>(
    items: Vec<(String, T)>,
    size: usize,
    after: Option<&Cursor>,
    backward: bool,
) -> Result<Page<T>, ReadError> {
    let total = items.len();
    let place = after
        .map(|cursor| unhex(&cursor.0).ok_or(ReadError::BadCursor))
        .transpose()?;
    let (from, to) = match place {
        None if backward => (total.saturating_sub(size), total),
        None => (0, size.min(total)),
        Some(key) if backward => {
            let end = items.partition_point(|item| item.0 < key);
            (end.saturating_sub(size), end)
        }
        Some(key) => {
            let start = items.partition_point(|item| item.0 <= key);
            (start, (start + size).min(total))
        }
    };
    let (cursors, items) = items
        .into_iter()
        .take(to)
        .skip(from)
        .map(|(key, item)| (Cursor(hex::encode(key)), item))
        .unzip();
    Ok(Page {
        items,
        cursors,
        total: total as u64,
        has_previous: from > 0,
        has_next: to < total,
    })
}
