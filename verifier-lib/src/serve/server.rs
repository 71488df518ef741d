//! The server: what it holds, how it starts and how it ends.

use std::{
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    sync::Arc,
};

use axum::{Router, middleware};
use axum_server::{
    Handle, Server,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use cli_kit::{Context, Failure, run::system_rng};
use rand_core::Rng as _;
use tracing::{info, warn};

use super::{
    Limits, ReferenceFiles, ServeCode, Sources,
    connection::Door,
    evidence::Evidence,
    guard::{self, Guard},
    limits, log,
    metrics::Metrics,
    references::References,
    routes, tls,
    work::Workers,
};

/// How the sidecar is started.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Where it listens.
    pub(crate) listen: SocketAddr,
    /// Certificate chain and key; plain HTTP without.
    pub(crate) tls: Option<(PathBuf, PathBuf)>,
    /// What verdicts rest on; none are given without.
    pub(crate) sources: Option<Sources>,
    /// What W3C documents may refer to.
    pub(crate) references: ReferenceFiles,
    /// The limits.
    pub(crate) limits: Limits,
}

/// What every request can reach.
#[derive(Debug)]
pub(super) struct App {
    pub(super) limits: Limits,
    pub(super) guard: Guard,
    pub(super) workers: Workers,
    pub(super) metrics: Arc<Metrics>,
    pub(super) evidence: Option<Evidence>,
    pub(super) references: References,
}

/// Serves until the process is told to end. `ready` is called once with the address listened on.
pub(crate) fn run(
    settings: Settings,
    context: &mut Context,
    ready: impl FnOnce(&mut Context, SocketAddr) -> Result<(), Failure>,
) -> Result<(), Failure> {
    log::start(context);
    let (limits, metrics) = (settings.limits, Arc::new(Metrics::new()));
    let sources = settings.sources;
    let evidence = sources.map(|sources| Evidence::open(sources, Arc::clone(&metrics)));
    let app = Arc::new(App {
        limits,
        guard: Guard::new(limits.max_concurrent, system_rng()?.next_u64()),
        workers: Workers::new(limits.workers),
        metrics,
        evidence: evidence.transpose()?,
        references: References::open(settings.references)?,
    });
    let tls = settings.tls;
    let config = tls
        .as_ref()
        .map(|(certificate, key)| tls::config(certificate, key));
    let config = config.transpose()?.map(RustlsConfig::from_config);
    if context.args.dry_run {
        return Ok(());
    }
    let unheard = |error: &std::io::Error| {
        let message = format!("cannot listen on {}", settings.listen);
        Failure::failed(ServeCode::Address.as_str(), message)
            .caused_by(error)
            .hint("check that no other program listens there: --listen names another address")
    };
    let listener = TcpListener::bind(settings.listen).map_err(|error| unheard(&error))?;
    let address = listener.local_addr().map_err(|error| unheard(&error))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(limits.workers + 4)
        .enable_all()
        .build()
        .map_err(|error| unheard(&error))?;
    let served = runtime.block_on(async {
        let handle = Handle::new();
        let signals = Signals::new().map_err(|error| unheard(&error))?;
        cli_kit::interrupt::hand_over();
        tokio::spawn(signals.wait(handle.clone(), Arc::clone(&app), config.clone(), tls));
        tokio::spawn(watch(Arc::clone(&app)));
        ready(context, address)?;
        info!(event = "listening", address = %address, tls = config.is_some());
        let door = Door::new(&limits, Arc::clone(&app.metrics));
        let router = router(&app).into_make_service();
        let mut server = axum_server::from_tcp(listener).map_err(|error| unheard(&error))?;
        bound(&mut server, &limits);
        let server = server.handle(handle);
        let ended = match config {
            None => server.acceptor(door).serve(router).await,
            Some(config) => {
                let tls = RustlsAcceptor::new(config)
                    .handshake_timeout(limits.read_timeout)
                    .acceptor(door);
                server.acceptor(tls).serve(router).await
            }
        };
        ended.map_err(|error| unheard(&error))
    });
    // Work that has begun and whose caller is gone is not waited for.
    runtime.shutdown_background();
    info!(event = "stopped");
    served
}

fn router(app: &Arc<App>) -> Router {
    let guard = middleware::from_fn_with_state(Arc::clone(app), guard::guard);
    routes::all().layer(guard).with_state(Arc::clone(app))
}

/// Bounds what the HTTP layer itself holds for one connection.
fn bound<A>(server: &mut Server<SocketAddr, A>, limits: &Limits) {
    let builder = server.http_builder();
    builder.http1().max_buf_size(limits::HEADERS_READ);
    let list = u32::try_from(limits::HEADERS_READ).unwrap_or(u32::MAX);
    builder
        .http2()
        .max_concurrent_streams(limits::STREAMS)
        .max_header_list_size(list)
        .keep_alive_interval(limits.read_timeout)
        .keep_alive_timeout(limits.read_timeout);
}

/// Looks at the files of the evidence, again and again.
async fn watch(app: Arc<App>) {
    let mut tick = tokio::time::interval(limits::WATCH);
    loop {
        tick.tick().await;
        let app = Arc::clone(&app);
        let look = move || {
            app.references.look();
            app.evidence.as_ref().map(Evidence::look)
        };
        if tokio::task::spawn_blocking(look).await.is_err() {
            warn!(event = "evidence", code = ServeCode::Fault.as_str());
        }
    }
}

/// What tells the sidecar to end, or to read its files again.
#[cfg(unix)]
struct Signals {
    end: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    reload: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        Ok(Self {
            end: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            reload: signal(SignalKind::hangup())?,
        })
    }

    async fn wait(
        mut self,
        handle: Handle<SocketAddr>,
        app: Arc<App>,
        config: Option<RustlsConfig>,
        tls: Option<(PathBuf, PathBuf)>,
    ) {
        loop {
            tokio::select! {
                _ = self.end.recv() => break,
                _ = self.interrupt.recv() => break,
                _ = self.reload.recv() => {
                    let (app, config, tls) = (Arc::clone(&app), config.clone(), tls.clone());
                    let again = move || read_again(&app, config.as_ref(), tls.as_ref());
                    let _ = tokio::task::spawn_blocking(again).await;
                }
            }
        }
        info!(event = "stopping");
        handle.graceful_shutdown(Some(limits::STOPPING));
    }
}

/// Elsewhere only an interruption is known.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn wait(
        self,
        handle: Handle<SocketAddr>,
        _app: Arc<App>,
        _config: Option<RustlsConfig>,
        _tls: Option<(PathBuf, PathBuf)>,
    ) {
        let _ = tokio::signal::ctrl_c().await;
        info!(event = "stopping");
        handle.graceful_shutdown(Some(limits::STOPPING));
    }
}

/// Reads evidence and certificate again; what cannot be read stays as it was.
#[cfg(unix)]
fn read_again(app: &App, config: Option<&RustlsConfig>, tls: Option<&(PathBuf, PathBuf)>) {
    app.references.reload();
    if let Some(evidence) = &app.evidence {
        evidence.reload();
    }
    if let (Some(config), Some((certificate, key))) = (config, tls) {
        match tls::config(certificate, key) {
            Ok(newer) => config.reload_from_config(newer),
            Err(failure) => warn!(event = "tls", code = failure.code, detail = failure.message),
        }
    }
}
