//! Connections: how many, and how long one may say nothing whole.
//!
//! A connection on which no request is being answered has the read timeout to deliver the next one's
//! last header, counted from its first byte or its last answer. Bytes that trickle do not extend it, so a
//! slow client costs one connection for that long and no more. This holds for both versions of HTTP, for
//! the handshake of TLS, and for a client that does not read its answer.

use core::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use axum::http::Request;
use axum_server::accept::Accept;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, Sleep},
};
use tower::Service;

use super::{
    Limits, ServeCode, limits,
    metrics::{Counted, Metrics},
};

/// Lets connections in, up to a number.
#[derive(Clone, Debug)]
pub(super) struct Door {
    places: Arc<Semaphore>,
    /// Places in which one is told that there is none.
    refusals: Arc<Semaphore>,
    read_timeout: Duration,
    metrics: Arc<Metrics>,
}

/// What the requests of one connection share.
#[derive(Debug)]
struct Shared {
    answering: AtomicUsize,
    requests: AtomicU64,
    /// Since when nothing is being answered.
    idle_since: Mutex<Instant>,
}

/// Which place the connection of a request has; among the request's extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// One to be served.
    Served,
    /// One to be told that there are too many.
    Refused,
    /// The last request that this connection is good for.
    Last,
}

impl Door {
    pub(super) fn new(limits: &Limits, metrics: Arc<Metrics>) -> Self {
        Self {
            places: Arc::new(Semaphore::new(limits.max_connections)),
            refusals: Arc::new(Semaphore::new(limits::REFUSED)),
            read_timeout: limits.read_timeout,
            metrics,
        }
    }

    fn enter(&self) -> Option<(Place, OwnedSemaphorePermit)> {
        if let Ok(permit) = Arc::clone(&self.places).try_acquire_owned() {
            return Some((Place::Served, permit));
        }
        self.metrics.limited(ServeCode::Connections.as_str());
        let refusal = Arc::clone(&self.refusals).try_acquire_owned().ok()?;
        Some((Place::Refused, refusal))
    }
}

impl<S> Accept<TcpStream, S> for Door {
    type Stream = Watched<TcpStream>;
    type Service = OnConnection<S>;
    type Future = core::future::Ready<io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let Some((place, permit)) = self.enter() else {
            let full = io::Error::from(io::ErrorKind::ConnectionRefused);
            return core::future::ready(Err(full));
        };
        // Answers are small, and nobody is to wait for the next segment.
        if let Err(error) = stream.set_nodelay(true) {
            return core::future::ready(Err(error));
        }
        let shared = Arc::new(Shared {
            answering: AtomicUsize::new(0),
            requests: AtomicU64::new(0),
            idle_since: Mutex::new(Instant::now()),
        });
        let watched = Watched {
            stream,
            shared: Arc::clone(&shared),
            timeout: self.read_timeout,
            alarm: Box::pin(tokio::time::sleep(self.read_timeout)),
            metrics: Arc::clone(&self.metrics),
            _counted: Counted::new(&self.metrics.connections),
            _permit: permit,
        };
        let service = OnConnection {
            inner: service,
            shared,
            place,
        };
        core::future::ready(Ok((watched, service)))
    }
}

/// A stream that is closed when nothing whole arrives on it in time.
#[derive(Debug)]
pub(super) struct Watched<I> {
    stream: I,
    shared: Arc<Shared>,
    timeout: Duration,
    alarm: Pin<Box<Sleep>>,
    metrics: Arc<Metrics>,
    _counted: Counted,
    _permit: OwnedSemaphorePermit,
}

impl<I> Watched<I> {
    /// Ready when the connection has been idle for too long.
    fn poll_alarm(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        loop {
            ready!(self.alarm.as_mut().poll(cx));
            let now = Instant::now();
            let deadline = if self.shared.answering.load(Ordering::SeqCst) > 0 {
                now + self.timeout
            } else {
                self.shared.idle_since() + self.timeout
            };
            if deadline <= now {
                // One that waits between two requests is no slow client.
                let waiting = self.shared.requests.load(Ordering::SeqCst) > 0;
                if !waiting {
                    self.metrics.limited(ServeCode::SlowClient.as_str());
                }
                return Poll::Ready(io::ErrorKind::TimedOut.into());
            }
            self.alarm.as_mut().reset(deadline);
        }
    }

    fn or_alarm<T>(
        &mut self,
        cx: &mut Context<'_>,
        done: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        match done {
            Poll::Ready(done) => Poll::Ready(done),
            Poll::Pending => self.poll_alarm(cx).map(Err),
        }
    }
}

impl Shared {
    fn idle_since(&self) -> Instant {
        *self
            .idle_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Watched<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // Also between bytes that are there at once: whoever sends without pause is not idle for ever.
        if let Poll::Ready(error) = self.poll_alarm(cx) {
            return Poll::Ready(Err(error));
        }
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        self.or_alarm(cx, read)
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Watched<I> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.or_alarm(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.or_alarm(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.or_alarm(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// The service of one connection: counts its requests.
#[derive(Clone, Debug)]
pub(super) struct OnConnection<S> {
    inner: S,
    shared: Arc<Shared>,
    place: Place,
}

/// Says that a request is being answered, until it is dropped.
struct Answering(Arc<Shared>);

impl Drop for Answering {
    fn drop(&mut self) {
        let now = Instant::now();
        *self
            .0
            .idle_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = now;
        self.0.answering.fetch_sub(1, Ordering::SeqCst);
    }
}

impl<S, B> Service<Request<B>> for OnConnection<S>
where
    S: Service<Request<B>>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        self.shared.answering.fetch_add(1, Ordering::SeqCst);
        let answering = Answering(Arc::clone(&self.shared));
        let before = self.shared.requests.fetch_add(1, Ordering::SeqCst);
        let place = match self.place {
            Place::Served if before + 1 >= limits::REQUESTS => Place::Last,
            place => place,
        };
        request.extensions_mut().insert(place);
        let answer = self.inner.call(request);
        Box::pin(async move {
            let _answering = answering;
            answer.await
        })
    }
}
