//! The server: desks on TCP, the same desks on the data directory's socket, metrics apart.

use crate::config::Config;
use crate::door;
use anyhow::{Context, Result};
use axum::Router;
use axum::routing::get;
use fieldmark_api::{Desk, DeskSettings, Rates};
use fieldmark_store::Base;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::future::IntoFuture;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, UnixListener};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

/// How long answers under way may take after the server was told to stop.
const PATIENCE: Duration = Duration::from_secs(20);

/// Serves until it is told to stop. `ready` runs once the address answers, with that address.
pub async fn serve(
    config: &Config,
    base: Base,
    mut settings: DeskSettings,
    ready: impl AsyncFnOnce(SocketAddr),
) -> Result<()> {
    settings.collections = config.collections.clone();
    settings.rates = Some(Arc::new(Rates::per_second(config.requests)));
    let desk = Desk {
        base,
        settings: Arc::new(settings),
    };
    let router = fieldmark_api::router(desk.clone());
    let listener = TcpListener::bind(config.listen).await.with_context(|| {
        format!(
            "cannot listen on {}; choose another with --listen",
            config.listen
        )
    })?;
    let address = listener.local_addr()?;
    let socket = bind_socket(&config.data)?;
    let (stop, stopped) = watch::channel(false);
    let until = |mut stopped: watch::Receiver<bool>| async move {
        // An error means the sender is gone, which is a stop as well.
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    let mut servers = tokio::task::JoinSet::new();
    if let Some(metrics) = config.metrics {
        let listener = TcpListener::bind(metrics).await.with_context(|| {
            format!("cannot serve metrics on {metrics}; choose another with --metrics, or `off`")
        })?;
        let recorder = recorder()?;
        let router = Router::new().route("/metrics", get(move || async move { recorder.render() }));
        let server = axum::serve(listener, router).with_graceful_shutdown(until(stopped.clone()));
        servers.spawn(server.into_future());
    }
    let local = door::local(router.clone());
    let server = axum::serve(socket, local).with_graceful_shutdown(until(stopped.clone()));
    servers.spawn(server.into_future());
    let patience = config.patience.within_the_system();
    let stop_desks = until(stopped);
    servers.spawn(async move {
        crate::listen::serve(listener, router, patience, stop_desks).await;
        Ok(())
    });
    tracing::info!(%address, data = %config.data.display(), "listening");
    tokio::task::spawn_blocking(move || {
        // Whoever asks first then waits as they would have, and is told why.
        if let Err(problem) = fieldmark_api::taxii::prepare(&desk) {
            tracing::warn!(
                why = problem.detail(),
                "no collection was put together ahead"
            );
        }
    });
    // Who is told that it is ready may stop it at once.
    let mut signals = Signals::listen()?;
    let until_stopped = async {
        ready(address).await;
        signals.told_to_stop().await;
    };
    tokio::select! {
        () = until_stopped => {}
        Some(ended) = servers.join_next() => ended??,
    }
    tracing::info!("stopping; answers under way are finished first");
    stop.send_replace(true);
    let finish = async {
        while let Some(ended) = servers.join_next().await {
            ended??;
        }
        Ok::<_, anyhow::Error>(())
    };
    match tokio::time::timeout(PATIENCE, finish).await {
        Ok(result) => result?,
        Err(_) => tracing::warn!("some answers took too long and were broken off"),
    }
    let path = config.data.join(door::SOCKET);
    std::fs::remove_file(&path).with_context(|| path.display().to_string())?;
    tracing::info!("stopped");
    Ok(())
}

/// Whoever may write into the data directory may use the socket; nobody else.
fn bind_socket(data: &Path) -> Result<UnixListener> {
    use std::os::unix::fs::PermissionsExt;
    let path = data.join(door::SOCKET);
    match std::fs::remove_file(&path) {
        // A socket that is still there was left by a server that was killed: we hold the lock.
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| path.display().to_string()),
    }
    let short = door::socket_path(data)?;
    let listener =
        UnixListener::bind(short.as_path()).with_context(|| path.display().to_string())?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))
        .with_context(|| path.display().to_string())?;
    Ok(listener)
}

fn recorder() -> Result<PrometheusHandle> {
    let seconds = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
    ];
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &seconds)?
        .install_recorder()?;
    Ok(handle)
}

/// The signals that end the server, listened for from the moment this is made.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> Result<Self> {
        let heard = |kind| signal(kind).context("signals cannot be heard");
        Ok(Self {
            terminate: heard(SignalKind::terminate())?,
            interrupt: heard(SignalKind::interrupt())?,
        })
    }

    async fn told_to_stop(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
