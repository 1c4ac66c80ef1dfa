//! Load on a loopback server: so many callers, each with its own connection, for so long.

use crate::http::Connection;
use anyhow::{Context, Result, bail};
use std::thread;
use std::time::{Duration, Instant};

/// One request, ready to be sent again and again.
#[derive(Clone)]
pub struct Request {
    /// The path and query.
    pub path: String,
    /// Header names and values.
    pub headers: Vec<(&'static str, String)>,
    /// The body; every request is a POST.
    pub body: Vec<u8>,
}

impl Request {
    /// Sends it and takes nothing but success for an answer.
    pub fn send(&self, connection: &mut Connection) -> Result<Vec<u8>> {
        let headers: Vec<(&str, &str)> = self
            .headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let answer = connection.request("POST", &self.path, &headers, &self.body)?;
        if answer.status / 100 != 2 {
            bail!(
                "{} answered {}: {:.400}",
                self.path,
                answer.status,
                answer.text()
            );
        }
        Ok(answer.body)
    }
}

/// Requests answered in a second by `callers` at once, over at least `span`.
pub fn throughput(
    address: &str,
    requests: &[Request],
    callers: usize,
    span: Duration,
) -> Result<f64> {
    let begun = Instant::now();
    let answered = thread::scope(|scope| {
        let threads: Vec<_> = (0..callers)
            .map(|caller| {
                scope.spawn(move || -> Result<u64> {
                    let mut connection = Connection::new(address);
                    let mut answered = 0;
                    // Callers start at different places, so that they do not ask in step.
                    let offset = caller * requests.len() / callers;
                    for request in requests.iter().cycle().skip(offset) {
                        if begun.elapsed() >= span {
                            break;
                        }
                        request.send(&mut connection)?;
                        answered += 1;
                    }
                    Ok(answered)
                })
            })
            .collect();
        let mut total = 0;
        for thread in threads {
            total += thread
                .join()
                .map_err(|_| anyhow::anyhow!("a caller panicked"))??;
        }
        Ok::<u64, anyhow::Error>(total)
    })
    .with_context(|| format!("{callers} callers at {address}"))?;
    Ok(answered as f64 / begun.elapsed().as_secs_f64())
}

/// Milliseconds from sending a request to having its whole answer.
pub fn time(connection: &mut Connection, request: &Request) -> Result<f64> {
    let begun = Instant::now();
    request.send(connection)?;
    Ok(begun.elapsed().as_secs_f64() * 1000.0)
}
