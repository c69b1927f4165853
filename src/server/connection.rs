//! One connection, from its first byte to its last: HTTP/1.1 by hyper, with our limits.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::accept::{Limits, Peer};
use super::intake;
use super::metrics::Metrics;
use super::socket::Socket;

/// The least that hyper takes for a connection's buffers.
const LEAST_BUFFER: usize = 8192;

/// What all connections of a server have in common.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) app: Router,
    pub(super) limits: Arc<Limits>,
    pub(super) metrics: Arc<Metrics>,
    /// Has no sender any more once the server stops.
    pub(super) stopped: watch::Receiver<()>,
}

impl Shared {
    /// Serves one connection until it ends or, once the server stops, until the request that is
    /// running has been answered.
    pub(super) async fn serve(self, stream: TcpStream, peer: Peer) {
        // Answers are whole when they are written; waiting for more would only delay them.
        let _ = stream.set_nodelay(true);
        let socket = Socket::new(stream, &self.limits);
        let settled = socket.settled();
        let http = builder(&self.limits);
        let mut stopped = self.stopped.clone();
        let service = service_fn(move |request| {
            let answer = intake::answer(request, peer, self.clone(), settled.clone());
            async move { Ok::<_, Infallible>(answer.await) }
        });
        let mut connection = pin!(http.serve_connection(TokioIo::new(socket), service));
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            _ = stopped.changed() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(peer = %peer.address, %error, "a connection ended early");
        }
    }
}

/// hyper starts its header timer before the first byte of a head and again after each answer, so
/// that it also ends silent and idle connections. Clients that end their side early still get their
/// answer.
fn builder(limits: &Limits) -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_header_size(limits.head_bytes)
        .max_buf_size(limits.head_bytes.max(LEAST_BUFFER))
        .half_close(true);
    http
}
