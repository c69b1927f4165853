//! A TCP stream that gives up on a client which takes nothing, and that closes so that the last
//! answer arrives.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use super::accept::Limits;

/// How much of what is read only to be dropped is read at once: a body somewhat too long.
const AT_ONCE: usize = 72 * 1024;
/// Between two pieces of the rest.
const PAUSE: Duration = Duration::from_millis(1);

/// Says that everything the client sent so far belongs to a request read to its end.
#[derive(Debug, Clone)]
pub(super) struct Settled(Arc<AtomicBool>);

impl Settled {
    pub(super) fn set(&self, settled: bool) {
        self.0.store(settled, Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

pub(super) struct Socket {
    stream: TcpStream,
    patience: Duration,
    linger: Duration,
    settled: Settled,
    stalled: Option<Pin<Box<Sleep>>>,
    lingering: Option<Pin<Box<Sleep>>>,
    dropped: usize,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Socket {
    /// A socket that nothing was read from yet.
    pub(super) fn new(stream: TcpStream, limits: &Limits) -> Self {
        Self::with(stream, limits.write_time, limits.linger, true)
    }

    /// A socket that was written to and shall be closed, whatever its client is sending.
    pub(super) fn answered(stream: TcpStream, linger: Duration) -> Self {
        Self::with(stream, linger, linger, false)
    }

    fn with(stream: TcpStream, patience: Duration, linger: Duration, settled: bool) -> Self {
        let settled = Settled(Arc::new(AtomicBool::new(settled)));
        Self {
            stream,
            patience,
            linger,
            settled,
            stalled: None,
            lingering: None,
            dropped: 0,
            pause: None,
        }
    }

    pub(super) fn settled(&self) -> Settled {
        self.settled.clone()
    }

    pub(super) async fn close(mut self) {
        // A client that is gone already is closed as well.
        let _ = poll_fn(|cx| Pin::new(&mut self).poll_shutdown(cx)).await;
    }

    /// Passes on the outcome of a write, or ends the wait of one that took too long.
    fn progress<T>(
        &mut self,
        cx: &mut Context<'_>,
        outcome: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.stalled = None;
            return outcome;
        }
        let patience = self.patience;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(stalled.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// Drops what comes, beyond a beginning slower than it can be sent: what is not read yet holds the
    /// client back, and the others have their turn.
    fn poll_discard(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            if let Some(pause) = &mut self.pause {
                ready!(pause.as_mut().poll(cx));
            }
            let mut bytes = [0; 4096];
            let mut buffer = ReadBuf::new(&mut bytes);
            let outcome = ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer));
            if outcome.is_err() || buffer.filled().is_empty() {
                return Poll::Ready(());
            }
            self.dropped += buffer.filled().len();
            self.pause = (self.dropped > AT_ONCE).then(|| Box::pin(sleep(PAUSE)));
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        if buffer.filled().len() > before {
            self.settled.set(false);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.progress(cx, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.progress(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    /// Ends our side. If the client may still be sending, what it sends is read and dropped for a
    /// while: closing a socket with unread bytes resets the connection, and the reset can overtake
    /// the answer (RFC 9112 9.6).
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.lingering.is_none() {
            ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
            if self.settled.get() {
                return Poll::Ready(Ok(()));
            }
            self.lingering = Some(Box::pin(sleep(self.linger)));
        }
        if self.poll_discard(cx).is_ready() {
            return Poll::Ready(Ok(()));
        }
        self.lingering.as_mut().map_or(Poll::Ready(()), |end| end.as_mut().poll(cx)).map(Ok)
    }
}
