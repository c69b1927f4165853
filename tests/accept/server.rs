//! A server of its own for each test, and clients that do what they are told.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use axum::routing::{get, post};
use axum::{Extension, Router};
use jot::server::accept::{Limits, Peer, Serving, run};
use jot::server::tls::Tls;
use tokio::sync::{oneshot, watch};

/// What any single step may take; only a hang comes near it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const SHORT: Duration = Duration::from_millis(200);
pub(crate) const LONG: Duration = Duration::from_secs(600);

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) stop: Option<oneshot::Sender<()>>,
    pub(crate) ended: Receiver<jot::error::Result<()>>,
    pub(crate) entered: Receiver<()>,
}

impl Server {
    pub(crate) fn start(limits: Limits) -> Self {
        Self::start_with(limits, None)
    }

    pub(crate) fn start_with(limits: Limits, tls: Option<Arc<Tls>>) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let (end, ended) = channel();
        let (enter, entered) = channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let answer = runtime.unwrap().block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                let shutdown = async { stopped.await.unwrap_or_default() };
                let serving = watch::Sender::new(Serving { app: routes(enter), tls });
                run(listener, serving.subscribe(), (limits, Arc::default()), shutdown).await
            });
            // Nobody listens any more when a test has failed.
            let _ = end.send(answer);
        });
        Self { address, stop: Some(stop), ended, entered }
    }

    pub(crate) fn client(&self) -> Client {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Client::on(stream)
    }

    /// Sends `request` on a connection of its own and reads until the server closes it.
    pub(crate) fn ask(&self, request: impl AsRef<[u8]>) -> String {
        let mut client = self.client();
        client.send(request);
        client.rest()
    }

    pub(crate) fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    pub(crate) fn ended(&self) {
        self.ended.recv_timeout(PATIENCE).unwrap().unwrap();
    }

    /// Waits until a client is served again.
    pub(crate) fn recovers(&self) {
        let start = Instant::now();
        while !self.ask(CLOSING).starts_with("HTTP/1.1 200") {
            assert!(start.elapsed() < PATIENCE, "the server serves nobody");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

pub(crate) struct Client<S = TcpStream> {
    pub(crate) stream: S,
    read: Vec<u8>,
}

impl<S: Read + Write> Client<S> {
    pub(crate) fn on(stream: S) -> Self {
        Self { stream, read: Vec::new() }
    }

    /// Sends what the server takes: it may have closed already.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        let _ = self.stream.write_all(bytes.as_ref());
        self
    }

    /// Everything up to the end of the connection.
    pub(crate) fn rest(&mut self) -> String {
        match self.stream.read_to_end(&mut self.read) {
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
            outcome => drop(outcome.unwrap()),
        }
        String::from_utf8(std::mem::take(&mut self.read)).unwrap()
    }

    /// Everything up to and with `end`, on a connection that stays open.
    pub(crate) fn until(&mut self, end: &str) -> String {
        let mut byte = [0];
        while !self.read.ends_with(end.as_bytes()) {
            self.stream.read_exact(&mut byte).unwrap();
            self.read.push(byte[0]);
        }
        String::from_utf8(std::mem::take(&mut self.read)).unwrap()
    }
}

pub(crate) const OPEN: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
pub(crate) const CLOSING: &str = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";

fn routes(enter: std::sync::mpsc::Sender<()>) -> Router {
    let entered = move |time: Duration| {
        let enter = enter.clone();
        move || {
            let enter = enter.clone();
            async move {
                let _ = enter.send(());
                tokio::time::sleep(time).await;
                "finished"
            }
        }
    };
    Router::new()
        .route("/", get(|| async { "hello" }))
        .route("/length", post(|body: String| async move { body.len().to_string() }))
        .route(
            "/peer",
            get(|Extension(peer): Extension<Peer>| async move { peer.address.to_string() }),
        )
        .route(
            "/secure",
            get(|Extension(peer): Extension<Peer>| async move { peer.secure.to_string() }),
        )
        .route("/panic", get(|| async { assert_eq!(1, 2, "on purpose") }))
        .route("/large", get(|| async { vec![b'x'; 64 << 20] }))
        .route("/slow", get(entered(SHORT)))
        .route("/never", get(entered(LONG)))
}

pub(crate) fn limits() -> Limits {
    Limits { linger: SHORT, ..Limits::default() }
}

#[track_caller]
pub(crate) fn assert_refused(answer: &str, status: u16) {
    assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer:?}");
    assert!(answer.contains("connection: close\r\n"), "{answer:?}");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    if let Some(length) = answer.split("content-length: ").nth(1) {
        assert_eq!(
            length.split("\r\n").next(),
            Some(body.len().to_string().as_str()),
            "{answer:?}"
        );
    }
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert!(body["error"].is_string() && body["detail"].is_string(), "{body}");
}
