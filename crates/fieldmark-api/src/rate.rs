//! How often one caller may ask: a bucket each that fills at a steady rate (GCRA).
//!
//! A token is a caller; without one, where a request comes from is. It bounds how fast one caller
//! can make everybody else's desk busy, and is no measure of what a request costs: that is bounded
//! where it is worked on.

use crate::peer::{LocalCaller, Peer};
use crate::problem::Problem;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, HeaderValue, RETRY_AFTER};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU32;
use std::sync::Arc;

/// How many callers are remembered before those who have not asked for a while are forgotten.
const REMEMBERED: usize = 10_000;

/// How many seconds' worth a caller may ask at once.
const BURST: u32 = 4;

/// The buckets of all callers.
pub struct Rates {
    limiter: DefaultKeyedRateLimiter<u64>,
    /// Callers are kept by a digest, so that no token stays in memory.
    digest: RandomState,
    clock: DefaultClock,
}

impl Rates {
    /// So many requests a second for each caller.
    pub fn per_second(requests: NonZeroU32) -> Self {
        let burst = requests.saturating_mul(NonZeroU32::MIN.saturating_add(BURST - 1));
        Self {
            limiter: RateLimiter::keyed(Quota::per_second(requests).allow_burst(burst)),
            digest: RandomState::new(),
            clock: DefaultClock::default(),
        }
    }

    /// Takes one request of a caller; how many seconds to wait when it comes too soon.
    fn take(&self, caller: u64) -> Result<(), u64> {
        if self.limiter.len() > REMEMBERED {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&caller).map_err(|early| {
            let wait = early.wait_time_from(self.clock.now());
            wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
        })
    }
}

impl std::fmt::Debug for Rates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rates").finish_non_exhaustive()
    }
}

/// Sends a caller away who asks too often. Whoever holds the data directory is not counted.
pub async fn limit(
    State(rates): State<Option<Arc<Rates>>>,
    request: Request,
    next: Next,
) -> Response {
    let Some(rates) = rates else {
        return next.run(request).await;
    };
    if request.extensions().get::<LocalCaller>().is_some() {
        return next.run(request).await;
    }
    let caller = match request.headers().get(AUTHORIZATION) {
        Some(shown) => rates.digest.hash_one(shown.as_bytes()),
        None => {
            let peer = request.extensions().get::<Peer>();
            rates.digest.hash_one(peer.map(|Peer(address)| *address))
        }
    };
    let Err(wait) = rates.take(caller) else {
        return next.run(request).await;
    };
    metrics::counter!("fieldmark_requests_too_soon_total").increment(1);
    let mut response = Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        format!("you ask too often: wait {wait} s, then go on more slowly"),
    )
    .into_response();
    let headers = response.headers_mut();
    headers.insert(RETRY_AFTER, HeaderValue::from(wait));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_callers_haste_is_not_anothers() {
        let rates = Rates::per_second(NonZeroU32::new(5).unwrap());
        let taken = (0..100).take_while(|_| rates.take(1).is_ok()).count();
        assert!((20..100).contains(&taken), "{taken}");
        assert!(rates.take(1).is_err_and(|wait| wait >= 1));
        assert_eq!(rates.take(2), Ok(()));
    }
}
