//! The accept loop: from a listener to running connections, within [`Limits`], until told to stop.
//!
//! Deliberately not `axum::serve`, which sets no timer, so that a silent client holds its connection
//! for ever. HTTP/1.1 only. Who comes when all places are taken gets that of a client that is waited
//! for (see `Slots`). If there is none, or its address has its share, it is told so (503, under TLS
//! an alert) and costs no place.

use std::future::Future;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinError, JoinSet};

use super::connection::Shared;
use super::metrics::Metrics;
use super::slots::Slots;
use super::socket::Socket;
use super::tls::Tls;
use crate::error::{Code, Error, Result};

/// What one server gives to all its clients, and how long it waits for them.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The longest request head, in bytes; longer is 431.
    pub head_bytes: usize,
    /// The time for a head, and for a TLS handshake. It also ends a connection that is silent, before
    /// its first request and between two.
    pub head_time: Duration,
    /// The longest request body, in bytes; longer is 413.
    pub body_bytes: usize,
    /// The time for a body; slower is 408.
    pub body_time: Duration,
    /// How long a client may take nothing of its answer.
    pub write_time: Duration,
    /// Connections in all; one more takes the place of one that waits for its client, or is 503 where
    /// all requests are running.
    pub connections: usize,
    /// Connections of one address, for IPv6 of one /64; one more is 503. Behind a proxy all clients
    /// share its address.
    pub connections_each: usize,
    /// How long an answer given before the end of a request is protected from being lost.
    pub linger: Duration,
    /// The time for running requests to finish when the server stops.
    pub shutdown: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_bytes: 16 * 1024,
            head_time: Duration::from_secs(10),
            body_bytes: 64 * 1024,
            body_time: Duration::from_secs(15),
            write_time: Duration::from_secs(30),
            connections: 1024,
            connections_each: 128,
            linger: Duration::from_secs(1),
            shutdown: Duration::from_secs(10),
        }
    }
}

/// The other end of a connection as the socket tells it; an extension of every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// Its address.
    pub address: SocketAddr,
    /// Whether the connection is encrypted.
    pub secure: bool,
}

/// What connections are served with. Whoever exchanges it while they are open is heard at the next
/// request, and at the next connection of what encrypts it.
#[derive(Clone)]
pub struct Serving {
    /// The routes.
    pub app: Router,
    /// What encrypts connections, if anything does.
    pub tls: Option<Arc<Tls>>,
}

/// How many refused clients are waited for at a time; beyond that they are only written to.
const REFUSALS: usize = 64;
/// The pause after a failed accept, such as one for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
const OVERLOADED: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\n\
    content-type: application/json\r\n\
    content-length: 65\r\n\
    retry-after: 1\r\n\
    cache-control: no-store\r\n\
    connection: close\r\n\r\n\
    {\"error\":\"overloaded\",\"detail\":\"too many connections, try again\"}";
/// The same before a handshake: the fatal alert `internal_error` (RFC 8446 6.2) in a record of its
/// own.
const OVERLOADED_TLS: &[u8] = &[21, 3, 3, 0, 2, 2, 80];

/// Serves `serving` on `listener` until `shutdown` is ready, then lets running requests finish within
/// [`Limits::shutdown`]. Connections are counted in `metrics`.
pub async fn run(
    listener: TcpListener,
    serving: watch::Receiver<Serving>,
    (limits, metrics): (Limits, Arc<Metrics>),
    shutdown: impl Future<Output = ()>,
) -> Result<()> {
    if limits.connections == 0 || limits.connections_each == 0 {
        return Err(Error::new(Code::Settings, "a server needs room for at least one connection"));
    }
    let slots = Slots::new(limits.connections, limits.connections_each);
    let refusals = Arc::new(Semaphore::new(REFUSALS));
    let (running, stopped) = watch::channel(());
    let shared = Shared { serving, limits: Arc::new(limits), metrics, stopped };
    let limits = Arc::clone(&shared.limits);
    let mut tasks = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            biased;
            () = &mut shutdown => break,
            Some(ended) = tasks.join_next() => report(ended),
            (stream, peer) = accept(&listener) => {
                if let Some(slot) = slots.take(peer.address.ip()) {
                    slot.waits();
                    let open = shared.metrics.connection();
                    let serving = shared.clone().serve(stream, peer, Arc::new(slot));
                    tasks.spawn(async move {
                        serving.await;
                        drop(open);
                    });
                } else {
                    shared.metrics.refused.inc();
                    let answer = if shared.is_tls() { OVERLOADED_TLS } else { OVERLOADED };
                    if let Some(waiting) = refuse(stream, answer, &refusals, limits.linger) {
                        tasks.spawn(waiting);
                    }
                }
            }
        }
    }
    drop((listener, running));
    finish(tasks, limits.shutdown).await;
    Ok(())
}

async fn accept(listener: &TcpListener) -> (TcpStream, Peer) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                let address = SocketAddr::new(peer.ip().to_canonical(), peer.port());
                return (stream, Peer { address, secure: false });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Writes the refusal, which fits a fresh socket's buffer, and answers what remains to be waited
/// for: closing at once would reset the connection when the request is still on its way, and the
/// client would not see the answer.
fn refuse(
    stream: TcpStream,
    answer: &[u8],
    refusals: &Arc<Semaphore>,
    linger: Duration,
) -> Option<impl Future<Output = ()> + use<>> {
    let written = write_refusal(stream, answer).ok()?;
    let permit = refusals.clone().try_acquire_owned().ok()?;
    let stream = TcpStream::from_std(written).ok()?;
    Some(async move {
        Socket::answered(stream, linger).close().await;
        drop(permit);
    })
}

fn write_refusal(stream: TcpStream, answer: &[u8]) -> io::Result<std::net::TcpStream> {
    let mut stream = stream.into_std()?;
    stream.write_all(answer)?;
    stream.shutdown(Shutdown::Write)?;
    match stream.read(&mut [0; 4096]) {
        Err(error) if error.kind() != io::ErrorKind::WouldBlock => Err(error),
        _ => Ok(stream),
    }
}

async fn finish(mut tasks: JoinSet<()>, time: Duration) {
    let all = async {
        while let Some(ended) = tasks.join_next().await {
            report(ended);
        }
    };
    if tokio::time::timeout(time, all).await.is_err() {
        tracing::warn!(connections = tasks.len(), "stopped before all requests were answered");
        tasks.shutdown().await;
    }
}

fn report(ended: std::result::Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a connection ended by a panic");
    }
}

#[cfg(test)]
mod tests {
    use super::OVERLOADED;

    #[test]
    fn the_refusal_states_its_length() {
        let text = std::str::from_utf8(OVERLOADED).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-length: {}\r\n", body.len())), "{}", body.len());
        serde_json::from_str::<serde_json::Value>(body).unwrap();
    }
}
