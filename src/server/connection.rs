//! One connection, from its first byte to its last: perhaps a TLS handshake, then HTTP/1.1 by hyper,
//! with our limits.

use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::accept::{Limits, Peer, Serving};
use super::intake;
use super::metrics::Metrics;
use super::slots::Slot;
use super::socket::{Settled, Socket};
use super::tls::Tls;

/// The least that hyper takes for a connection's buffers.
const LEAST_BUFFER: usize = 8192;
/// What a client reads that speaks plain HTTP where TLS is expected.
const NOT_TLS: &[u8] = b"HTTP/1.1 400 Bad Request\r\n\
    content-type: text/plain; charset=utf-8\r\n\
    content-length: 62\r\n\
    cache-control: no-store\r\n\
    connection: close\r\n\r\n\
    This port speaks HTTPS: ask again with https:// in the address";

/// What all connections of a server have in common.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) serving: watch::Receiver<Serving>,
    pub(super) limits: Arc<Limits>,
    pub(super) metrics: Arc<Metrics>,
    /// Has no sender any more once the server stops.
    pub(super) stopped: watch::Receiver<()>,
}

/// Who is at the other end of a connection, and how it stands there.
pub(super) struct Client {
    pub(super) peer: Peer,
    pub(super) slot: Arc<Slot>,
    pub(super) settled: Settled,
}

impl Shared {
    /// Whether the next connection is to be encrypted.
    pub(super) fn is_tls(&self) -> bool {
        self.serving.borrow().tls.is_some()
    }

    /// Serves one connection until it ends, until it loses its place while it waits for its client
    /// or, once the server stops, until the request that is running has been answered.
    pub(super) async fn serve(self, stream: TcpStream, peer: Peer, slot: Arc<Slot>) {
        // Answers are whole when they are written; waiting for more would only delay them.
        let _ = stream.set_nodelay(true);
        let tls = self.serving.borrow().tls.clone();
        let Some(tls) = tls else {
            let socket = Socket::new(stream, &self.limits);
            let client = Client { peer, slot, settled: socket.settled() };
            return self.http(socket, client).await;
        };
        let shaken =
            tokio::time::timeout(self.limits.head_time, handshake(stream, &tls, &self.limits));
        let mut stopped = self.stopped.clone();
        let shaken = tokio::select! {
            shaken = shaken => shaken.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())),
            _ = stopped.changed() => return,
            () = self.displaced(&slot) => return,
        };
        match shaken {
            Ok(Some(stream)) => {
                let settled = stream.get_ref().0.settled();
                // All that was read belongs to the handshake, unless a request came with its end.
                settled.set(stream.get_ref().1.wants_read());
                let peer = Peer { secure: true, ..peer };
                self.http(stream, Client { peer, slot, settled }).await;
            }
            Ok(None) => {}
            Err(error) => tracing::debug!(peer = %peer.address, %error, "a handshake failed"),
        }
    }

    async fn http(self, stream: impl AsyncRead + AsyncWrite + Unpin, client: Client) {
        let http = builder(&self.limits);
        let mut stopped = self.stopped.clone();
        let (client, shared) = (Arc::new(client), Arc::new(self));
        let service = service_fn(|request| {
            let answer = intake::answer(request, Arc::clone(&client), Arc::clone(&shared));
            async move { Ok::<_, Infallible>(answer.await) }
        });
        let Client { peer, slot, settled } = &*client;
        let mut connection = http.serve_connection(TokioIo::new(stream), service);
        let mut patience = shared.limits.linger;
        let ended: Result<(), Box<dyn Error + Send + Sync>> = tokio::select! {
            // What there is to answer is answered first.
            biased;
            ended = &mut connection => ended.map_err(Into::into),
            () = shared.displaced(slot) => {
                // Its place is another's: what cannot be written at once is not.
                patience = Duration::ZERO;
                Err("a newcomer needed its place".into())
            }
            _ = stopped.changed() => {
                std::pin::Pin::new(&mut connection).graceful_shutdown();
                (&mut connection).await.map_err(Into::into)
            }
        };
        if let Err(error) = ended {
            tracing::debug!(peer = %peer.address, %error, "a connection ended early");
            // Who was only silent is told that it is over, which TLS has words for (RFC 8446 6.1).
            if settled.get() {
                let mut stream = connection.into_parts().io.into_inner();
                _ = tokio::time::timeout(patience, stream.shutdown()).await;
            }
        }
    }

    async fn displaced(&self, slot: &Slot) {
        slot.displaced().await;
        self.metrics.displaced.inc();
    }
}

/// Encrypts a connection, above the socket: what that promises of slow clients and of the last answer
/// holds for the encrypted bytes. None: the client spoke plain HTTP and was told.
async fn handshake(
    stream: TcpStream,
    tls: &Arc<Tls>,
    limits: &Limits,
) -> io::Result<Option<TlsStream<Socket>>> {
    let mut first = [0];
    stream.peek(&mut first).await?;
    // A method begins with a letter (RFC 9110 9.1), a handshake record with 22 (RFC 8446 5.1).
    if first[0].is_ascii_alphabetic() {
        let mut socket = Socket::answered(stream, limits.linger);
        socket.write_all(NOT_TLS).await?;
        socket.close().await;
        return Ok(None);
    }
    let acceptor = TlsAcceptor::from(tls.config().await);
    acceptor.accept(Socket::new(stream, limits)).await.map(Some)
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

#[cfg(test)]
mod tests {
    use super::NOT_TLS;

    #[test]
    fn the_answer_in_plain_text_states_its_length() {
        let text = std::str::from_utf8(NOT_TLS).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-length: {}\r\n", body.len())), "{}", body.len());
    }
}
