//! The reads of one request, one call a level.
//!
//! Fields ask for the records, claims and edges they need and wait. When no field can go on, every
//! key that was asked for is known: [`drive`] then makes one `View` call for each kind of
//! question, all of them at once on blocking threads, and lets the fields go on only when the last
//! has answered. The number of calls therefore depends on the shape of the query and never on how
//! many records a level holds, nor on timing. A timer-driven loader splits a level that takes
//! longer to register than its delay, so the library's own is not used.

use super::fault::Fault;
use super::paging::Paging;
use crate::answer::list;
use fieldmark_model::{Claim, Noun, Quotation, RecordId};
use fieldmark_store::View;
use fieldmark_store::caller::{current, working_for};
use fieldmark_store::read::{
    Cursor, Direction, Edge, Filter, Listed, Marked, Node, ReadError, Resolved,
};
use fieldmark_store::sparql::CancelToken;
use std::collections::{HashMap, HashSet};
use std::future::poll_fn;
use std::hash::Hash;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use tokio::task::JoinSet;

/// One question about edges: which way, of which type, to what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Along {
    /// Whether the record is the source or the target.
    pub(super) direction: Direction,
    /// The relationship type, such as `uses`; `None` for every type.
    pub(super) kind: Option<&'static str>,
    /// What stands at the other end; `None` for anything.
    pub(super) far: Option<Noun>,
}

/// Everything one request has asked of its view.
pub(super) struct Loader {
    view: View,
    /// Whose request it is: when they leave, the reads under way stop.
    caller: CancelToken,
    state: Mutex<State>,
}

/// One page of ids, each with its cursor.
pub(super) struct Found {
    /// What is listed, in order, with its cursors.
    pub(super) rows: Vec<(Listed, String)>,
    /// How many there are on all pages.
    pub(super) total: u64,
    /// Whether ids precede.
    pub(super) previous: bool,
    /// Whether ids follow.
    pub(super) next: bool,
}

type Job = Box<dyn FnOnce() + Send>;
type Held<K, V> = HashMap<K, Result<V, Fault>>;

type Edges = Slot<RecordId, Arc<[Arc<Edge>]>>;

#[derive(Default)]
struct State {
    nodes: Slot<RecordId, Option<Arc<Node>>>,
    claims: Slot<RecordId, Option<Arc<Claim>>>,
    claims_of: Slot<RecordId, Arc<[Arc<Claim>]>>,
    claims_by: Slot<RecordId, Arc<[Arc<Claim>]>>,
    measured: Slot<RecordId, Arc<[RecordId]>>,
    marked: Slot<RecordId, Arc<Marked>>,
    quoted: Slot<RecordId, Arc<[Quotation]>>,
    edges: HashMap<Along, Edges>,
    resolved: Slot<String, Arc<Resolved>>,
    once: Vec<Job>,
    waiting: Vec<Waker>,
    calls: usize,
}

/// The answers to one kind of question, and the keys still to be asked for.
struct Slot<K, V> {
    held: Held<K, V>,
    wanted: Vec<K>,
    known: HashSet<K>,
}

impl<K, V> Default for Slot<K, V> {
    fn default() -> Self {
        Self {
            held: HashMap::new(),
            wanted: Vec::new(),
            known: HashSet::new(),
        }
    }
}

impl Loader {
    /// A loader for one request, reading in `view` alone.
    pub(super) fn new(view: View) -> Self {
        Self {
            view,
            caller: current(),
            state: Mutex::default(),
        }
    }

    /// How many `View` calls were made so far.
    #[cfg(test)]
    pub(super) fn calls(&self) -> usize {
        self.state().calls
    }

    /// Records by id, aligned with `ids`; `None` where there is nothing the caller may see.
    pub(super) async fn nodes(&self, ids: &[RecordId]) -> Result<Vec<Option<Arc<Node>>>, Fault> {
        self.load(|state| &mut state.nodes, ids).await
    }

    /// Claims by id, aligned with `ids`.
    pub(super) async fn claims(&self, ids: &[RecordId]) -> Result<Vec<Option<Arc<Claim>>>, Fault> {
        self.load(|state| &mut state.claims, ids).await
    }

    /// The claims that speak of `id`, as subject or object.
    pub(super) async fn claims_of(&self, id: &RecordId) -> Result<Arc<[Arc<Claim>]>, Fault> {
        one(self
            .load(|state| &mut state.claims_of, std::slice::from_ref(id))
            .await?)
    }

    /// The claims that `id` makes, as an assessor.
    pub(super) async fn claims_by(&self, id: &RecordId) -> Result<Arc<[Arc<Claim>]>, Fault> {
        one(self
            .load(|state| &mut state.claims_by, std::slice::from_ref(id))
            .await?)
    }

    /// The metrics that measure `id`.
    pub(super) async fn measured(&self, id: &RecordId) -> Result<Arc<[RecordId]>, Fault> {
        one(self
            .load(|state| &mut state.measured, std::slice::from_ref(id))
            .await?)
    }

    /// Under which markings stands what is shown of `id`.
    pub(super) async fn marked(&self, id: &RecordId) -> Result<Arc<Marked>, Fault> {
        one(self
            .load(|state| &mut state.marked, std::slice::from_ref(id))
            .await?)
    }

    /// What `id` quotes, in the order of the source.
    pub(super) async fn quoted(&self, id: &RecordId) -> Result<Arc<[Quotation]>, Fault> {
        one(self
            .load(|state| &mut state.quoted, std::slice::from_ref(id))
            .await?)
    }

    /// The edges of `id` along `along`.
    pub(super) async fn edges(
        &self,
        id: &RecordId,
        along: Along,
    ) -> Result<Arc<[Arc<Edge>]>, Fault> {
        one(self
            .load(
                move |state| state.edges.entry(along).or_default(),
                std::slice::from_ref(id),
            )
            .await?)
    }

    /// The record that an id, an IRI, a number or a name means.
    ///
    /// Nothing found and nothing visible are the same fault; a name of several records lists them.
    pub(super) async fn resolve(&self, text: &str) -> Result<RecordId, Fault> {
        let key = [text.to_owned()];
        meant(
            text,
            &*one(self.load(|state| &mut state.resolved, &key).await?)?,
        )
    }

    /// The same, where something that has features is wanted.
    pub(super) async fn resolve_compared(&self, text: &str) -> Result<RecordId, Fault> {
        let asked = text.to_owned();
        let found = self
            .ask(move |view| Ok(view.resolve_compared(&asked)?))
            .await?;
        meant(text, &found)
    }

    /// The record of one noun that a text means: a name that several nouns bear is no doubt when
    /// one of the records is of the noun asked for.
    pub(super) async fn resolve_as(&self, text: &str, noun: Noun) -> Result<RecordId, Fault> {
        match self.resolve(text).await {
            Err(Fault::Ambiguous {
                text,
                mut candidates,
            }) => {
                candidates.retain(|(_, found, _)| *found == noun);
                match candidates.as_slice() {
                    [] => Err(Fault::NotFound {
                        text,
                        near: Vec::new(),
                    }),
                    [(id, ..)] => Ok(id.clone()),
                    _ => Err(Fault::Ambiguous { text, candidates }),
                }
            }
            found => found,
        }
    }

    /// One page of the records that meet `filter`.
    pub(super) async fn page(
        &self,
        filter: Filter,
        order: &str,
        paging: Paging,
    ) -> Result<Found, Fault> {
        let (order, descending) = list::order(order).map_err(Fault::BadInput)?;
        let page = self
            .ask(move |view| {
                let cursor = paging.cursor.map(Cursor);
                Ok(view.list(
                    &filter,
                    order,
                    descending,
                    paging.size,
                    cursor.as_ref(),
                    paging.backward,
                )?)
            })
            .await?;
        Ok(Found {
            total: page.total,
            previous: page.has_previous,
            next: page.has_next,
            rows: page
                .items
                .into_iter()
                .zip(page.cursors.into_iter().map(|cursor| cursor.0))
                .collect(),
        })
    }

    /// Any other question, asked once, beside the batches of its level.
    pub(super) async fn ask<T, F>(&self, question: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: FnOnce(&View) -> Result<T, Fault> + Send + 'static,
    {
        let answer: Arc<Mutex<Option<Result<T, Fault>>>> = Arc::default();
        {
            let (view, place) = (self.view.clone(), Arc::clone(&answer));
            self.state().once.push(Box::new(move || {
                let result = guarded(|| question(&view));
                *lock(&place) = Some(result);
            }));
        }
        poll_fn(|context| {
            if let Some(result) = lock(&answer).take() {
                return Poll::Ready(result);
            }
            self.state().waiting.push(context.waker().clone());
            Poll::Pending
        })
        .await
    }

    async fn load<K, V>(
        &self,
        slot: impl Fn(&mut State) -> &mut Slot<K, V>,
        keys: &[K],
    ) -> Result<Vec<V>, Fault>
    where
        K: Clone + Eq + Hash,
        V: Clone,
    {
        poll_fn(|context| {
            let mut state = self.state();
            let found = slot(&mut state);
            let mut complete = true;
            for key in keys {
                if !found.held.contains_key(key) {
                    complete = false;
                    if found.known.insert(key.clone()) {
                        found.wanted.push(key.clone());
                    }
                }
            }
            if complete {
                return Poll::Ready(keys.iter().map(|key| found.held[key].clone()).collect());
            }
            state.waiting.push(context.waker().clone());
            Poll::Pending
        })
        .await
    }

    /// The calls that answer everything asked for since the last round.
    fn round(self: &Arc<Self>) -> Vec<Job> {
        let mut guard = self.state();
        let state = &mut *guard;
        let mut jobs: Vec<Job> = state.once.drain(..).collect();
        let nodes = |view: &View, ids: &[RecordId]| view.nodes(ids);
        let claims = |view: &View, ids: &[RecordId]| view.claims(ids);
        let shared = |lists: Vec<Vec<_>>| lists.into_iter().map(Arc::from).collect();
        let claims_of = move |view: &View, ids: &[RecordId]| Ok(shared(view.claims_of(ids)?));
        let claims_by = move |view: &View, ids: &[RecordId]| Ok(shared(view.claims_by(ids)?));
        let measured = |view: &View, ids: &[RecordId]| {
            Ok(view.measured(ids)?.into_iter().map(Arc::from).collect())
        };
        let marked = |view: &View, ids: &[RecordId]| {
            let found = view.markings(ids.iter().cloned())?;
            let of = |id| found.shared(id).unwrap_or_default();
            Ok(ids.iter().map(of).collect())
        };
        let quoted = |view: &View, ids: &[RecordId]| {
            let found = view.quotations(ids)?;
            Ok(ids.iter().map(|id| found.of(id).into()).collect())
        };
        let resolved = |view: &View, texts: &[String]| {
            texts
                .iter()
                .map(|text| view.resolve(text).map(Arc::new))
                .collect()
        };
        jobs.extend(self.job(&mut state.nodes, |state| &mut state.nodes, nodes));
        jobs.extend(self.job(&mut state.claims, |state| &mut state.claims, claims));
        jobs.extend(self.job(
            &mut state.claims_of,
            |state| &mut state.claims_of,
            claims_of,
        ));
        jobs.extend(self.job(
            &mut state.claims_by,
            |state| &mut state.claims_by,
            claims_by,
        ));
        jobs.extend(self.job(&mut state.measured, |state| &mut state.measured, measured));
        jobs.extend(self.job(&mut state.marked, |state| &mut state.marked, marked));
        jobs.extend(self.job(&mut state.quoted, |state| &mut state.quoted, quoted));
        jobs.extend(self.job(&mut state.resolved, |state| &mut state.resolved, resolved));
        for (along, slot) in &mut state.edges {
            let along = *along;
            jobs.extend(self.job(
                slot,
                move |state| state.edges.entry(along).or_default(),
                move |view, ids| {
                    Ok(view
                        .edges(ids, along.direction, along.kind.as_slice(), along.far)?
                        .into_iter()
                        .map(|edges| edges.into_iter().map(Arc::new).collect())
                        .collect())
                },
            ));
        }
        state.calls += jobs.len();
        jobs
    }

    fn job<K, V>(
        self: &Arc<Self>,
        slot: &mut Slot<K, V>,
        place: impl Fn(&mut State) -> &mut Slot<K, V> + Send + 'static,
        call: impl FnOnce(&View, &[K]) -> Result<Vec<V>, ReadError> + Send + 'static,
    ) -> Option<Job>
    where
        K: Eq + Hash + Send + 'static,
        V: Send + 'static,
    {
        let keys = std::mem::take(&mut slot.wanted);
        if keys.is_empty() {
            return None;
        }
        let loader = Arc::clone(self);
        Some(Box::new(move || {
            let answers = guarded(|| {
                let values = call(&loader.view, &keys)?;
                if values.len() == keys.len() {
                    return Ok(values);
                }
                let (answers, keys) = (values.len(), keys.len());
                Err(Fault::internal(format_args!(
                    "{answers} answers to {keys} keys"
                )))
            });
            let answers: Vec<_> = match answers {
                Ok(values) => values.into_iter().map(Ok).collect(),
                Err(fault) => keys.iter().map(|_| Err(fault.clone())).collect(),
            };
            let mut state = loader.state();
            place(&mut state).held.extend(keys.into_iter().zip(answers));
        }))
    }

    /// Lets every waiting field look again.
    fn wake(&self) {
        let waiting = std::mem::take(&mut self.state().waiting);
        for waker in waiting {
            waker.wake();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

/// A read that panics fails the fields that asked for it and no others.
fn guarded<T>(read: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(Fault::internal("a read panicked; see the panic above")))
}

fn one<T>(mut values: Vec<T>) -> Result<T, Fault> {
    values
        .pop()
        .ok_or_else(|| Fault::internal("one key, no answer"))
}

/// A panic elsewhere must not spread: what the lock guards is always whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs `work`, whose fields read through `loader`, round by round.
///
/// Dropping the future (a time limit, a client that left) abandons the answer; a read already
/// begun ends by its own budget.
pub(super) async fn drive<F: Future>(loader: Arc<Loader>, work: F) -> F::Output {
    let mut work = pin!(work);
    let mut round = JoinSet::new();
    poll_fn(|context| {
        loop {
            if !round.is_empty() {
                while !round.is_empty() {
                    // What a job could say is in the loader; it catches its own panics.
                    if round.poll_join_next(context).is_pending() {
                        return Poll::Pending;
                    }
                }
                loader.wake();
            }
            let again = Arc::new(Again {
                asked: AtomicBool::new(false),
                outer: context.waker().clone(),
            });
            let waker = Waker::from(Arc::clone(&again));
            if let Poll::Ready(output) = work.as_mut().poll(&mut Context::from_waker(&waker)) {
                return Poll::Ready(output);
            }
            // A set of many futures hands control back between two of them and asks to be polled
            // again: the level is not complete until it does not.
            if again.asked.load(Ordering::Acquire) {
                continue;
            }
            for job in loader.round() {
                let caller = loader.caller.clone();
                round.spawn_blocking(move || working_for(caller, job));
            }
            if round.is_empty() {
                return Poll::Pending;
            }
        }
    })
    .await
}

struct Again {
    asked: AtomicBool,
    outer: Waker,
}

impl Wake for Again {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.asked.store(true, Ordering::Release);
        self.outer.wake_by_ref();
    }
}

/// The one record that a text means.
fn meant(text: &str, found: &Resolved) -> Result<RecordId, Fault> {
    match found {
        Resolved::One(id) => Ok(id.clone()),
        Resolved::Many(candidates) => Err(Fault::Ambiguous {
            text: text.to_owned(),
            candidates: candidates.clone(),
        }),
        Resolved::None(near) => Err(Fault::NotFound {
            text: text.chars().take(120).collect(),
            near: near.clone(),
        }),
    }
}
