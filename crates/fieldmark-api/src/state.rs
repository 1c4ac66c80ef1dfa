//! What every desk has at hand.

use crate::collection::Collection;
use crate::rate::Rates;
use crate::sessions::Sessions;
use fieldmark_store::Base;
use fieldmark_store::caller::working_for;
use fieldmark_store::sparql::CancelToken;
use std::sync::Arc;

/// The opened knowledge base and how the desks are set.
#[derive(Clone)]
pub struct Desk {
    /// The knowledge base.
    pub base: Base,
    /// The settings.
    pub settings: Arc<DeskSettings>,
}

/// How the desks are set.
#[derive(Clone, Debug)]
pub struct DeskSettings {
    /// What a caller without a token may do: `false` is `public`; `true` makes every anonymous
    /// caller the steward, which only the demo on loopback does.
    pub anonymous_is_steward: bool,
    /// How many bytes one import may have.
    pub import_bytes: usize,
    /// The TAXII collections.
    pub collections: Vec<Arc<Collection>>,
    /// Who signed in on a page.
    pub sessions: Arc<Sessions>,
    /// How often one caller may ask; as often as they like when there is none.
    pub rates: Option<Arc<Rates>>,
}

impl Default for DeskSettings {
    fn default() -> Self {
        Self {
            anonymous_is_steward: false,
            import_bytes: 4 << 30,
            collections: Vec::new(),
            sessions: Arc::default(),
            rates: None,
        }
    }
}

/// Tells work that its caller has gone, which is when this is dropped.
struct Leaving(CancelToken);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// Runs what blocks (every read and write does) off the async threads. When the caller leaves, its
/// queries stop.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, crate::problem::Problem> {
    let span = tracing::Span::current();
    let caller = CancelToken::new();
    let _leaving = Leaving(caller.clone());
    tokio::task::spawn_blocking(move || span.in_scope(|| working_for(caller, work)))
        .await
        .map_err(|error| crate::problem::Problem::internal(&error))
}
