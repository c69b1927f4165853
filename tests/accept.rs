//! The accept loop under clients that do not behave, on real sockets.

#![cfg(test)]

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use axum::routing::{get, post};
use axum::{Extension, Router};
use jot::server::accept::{Limits, Peer, run};
use tokio::sync::oneshot;

/// What any single step may take; only a hang comes near it.
const PATIENCE: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(200);
const LONG: Duration = Duration::from_secs(600);

struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    ended: Receiver<jot::error::Result<()>>,
    entered: Receiver<()>,
}

impl Server {
    fn start(limits: Limits) -> Self {
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
                run(listener, routes(enter), limits, shutdown).await
            });
            // Nobody listens any more when a test has failed.
            let _ = end.send(answer);
        });
        Self { address, stop: Some(stop), ended, entered }
    }

    fn client(&self) -> Client {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Client { stream, read: Vec::new() }
    }

    /// Sends `request` on a connection of its own and reads until the server closes it.
    fn ask(&self, request: impl AsRef<[u8]>) -> String {
        let mut client = self.client();
        client.send(request);
        client.rest()
    }

    fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    fn ended(&self) {
        self.ended.recv_timeout(PATIENCE).unwrap().unwrap();
    }

    /// Waits until a client is served again.
    fn recovers(&self) {
        let start = Instant::now();
        while !self.ask(CLOSING).starts_with("HTTP/1.1 200") {
            assert!(start.elapsed() < PATIENCE, "the server serves nobody");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

struct Client {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Client {
    /// Sends what the server takes: it may have closed already.
    fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        let _ = self.stream.write_all(bytes.as_ref());
        self
    }

    /// Everything up to the end of the connection.
    fn rest(&mut self) -> String {
        match self.stream.read_to_end(&mut self.read) {
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
            outcome => drop(outcome.unwrap()),
        }
        String::from_utf8(std::mem::take(&mut self.read)).unwrap()
    }

    /// Everything up to and with `end`, on a connection that stays open.
    fn until(&mut self, end: &str) -> String {
        let mut byte = [0];
        while !self.read.ends_with(end.as_bytes()) {
            self.stream.read_exact(&mut byte).unwrap();
            self.read.push(byte[0]);
        }
        String::from_utf8(std::mem::take(&mut self.read)).unwrap()
    }
}

const OPEN: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
const CLOSING: &str = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";

fn routes(enter: std::sync::mpsc::Sender<()>) -> Router {
    let slow = move || {
        let enter = enter.clone();
        async move {
            let _ = enter.send(());
            tokio::time::sleep(SHORT).await;
            "finished"
        }
    };
    Router::new()
        .route("/", get(|| async { "hello" }))
        .route("/length", post(|body: String| async move { body.len().to_string() }))
        .route("/peer", get(|Extension(peer): Extension<Peer>| async move { peer.0.to_string() }))
        .route("/panic", get(|| async { assert_eq!(1, 2, "on purpose") }))
        .route("/large", get(|| async { vec![b'x'; 64 << 20] }))
        .route("/slow", get(slow))
        .route("/never", get(std::future::pending::<&str>))
}

fn limits() -> Limits {
    Limits { linger: SHORT, ..Limits::default() }
}

fn body(length: usize) -> String {
    format!(
        "POST /length HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
    )
}

#[track_caller]
fn assert_refused(answer: &str, status: u16) {
    assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer:?}");
    assert!(answer.contains("connection: close\r\n"), "{answer:?}");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert!(body["error"].is_string() && body["detail"].is_string(), "{body}");
}

#[test]
fn requests_share_a_connection_also_pipelined() {
    let server = Server::start(limits());
    let mut client = server.client();
    assert!(client.send(OPEN).until("hello").starts_with("HTTP/1.1 200 OK\r\n"));
    client.send(format!("{OPEN}{OPEN}{CLOSING}"));
    assert_eq!(client.rest().matches("\r\n\r\nhello").count(), 3);
}

#[test]
fn a_route_knows_its_peer() {
    let server = Server::start(limits());
    let mut client = server.client();
    client.send(CLOSING.replace("/ ", "/peer "));
    let own = client.stream.local_addr().unwrap().to_string();
    assert!(client.rest().ends_with(&own));
}

#[test]
fn no_banner_is_sent() {
    let answer = Server::start(limits()).ask(CLOSING);
    assert!(!answer.to_lowercase().contains("\r\nserver:"), "{answer:?}");
}

#[test]
fn a_panic_is_an_answer_and_not_the_end() {
    let server = Server::start(limits());
    assert_refused(&server.ask(OPEN.replace("/ ", "/panic ")), 500);
    server.recovers();
}

#[test]
fn a_silent_connection_is_closed() {
    let server = Server::start(Limits { head_time: SHORT, ..limits() });
    assert_eq!(server.client().rest(), "");
}

#[test]
fn an_idle_connection_is_closed() {
    let server = Server::start(Limits { head_time: SHORT, ..limits() });
    let mut client = server.client();
    client.send(OPEN).until("hello");
    assert_eq!(client.rest(), "");
}

#[test]
fn a_head_that_drips_is_cut_off() {
    let server = Server::start(Limits { head_time: SHORT, ..limits() });
    let mut client = server.client();
    let start = Instant::now();
    client.send("GET / HTTP/1.1\r\nx: ");
    while client.stream.write_all(b"y").is_ok() {
        assert!(start.elapsed() < PATIENCE, "the head was read for ever");
        std::thread::sleep(Duration::from_millis(10));
    }
    server.recovers();
}

#[test]
fn a_huge_head_is_refused() {
    let server = Server::start(limits());
    let head = |length: usize| {
        let fixed = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\nx: \r\n\r\n".len();
        let filling = "y".repeat(length - fixed);
        server
            .ask(format!("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\nx: {filling}\r\n\r\n"))
    };
    assert!(head(16 * 1024 - 1).starts_with("HTTP/1.1 200 "));
    assert!(head(16 * 1024 + 1).starts_with("HTTP/1.1 431 "));
    assert!(head(4 << 20).starts_with("HTTP/1.1 431 "));
}

#[test]
fn a_huge_request_line_is_refused() {
    let server = Server::start(limits());
    let line = format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", "a".repeat(1 << 20));
    assert!(server.ask(line).starts_with("HTTP/1.1 431 "));
}

#[test]
fn many_headers_are_refused() {
    let server = Server::start(limits());
    let head = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(1000));
    assert!(server.ask(head).starts_with("HTTP/1.1 431 "));
}

#[test]
fn a_body_may_have_the_limit_and_no_more() {
    let server = Server::start(limits());
    let limit = 64 * 1024;
    let answer = server.ask(body(limit) + &"x".repeat(limit));
    assert!(answer.ends_with("\r\n\r\n65536"), "{answer:?}");
    assert_refused(&server.ask(body(limit + 1) + &"x".repeat(limit + 1)), 413);
}

#[test]
fn a_body_that_states_too_much_is_not_waited_for() {
    let server = Server::start(Limits { body_time: LONG, ..limits() });
    assert_refused(&server.ask(body(usize::MAX >> 2)), 413);
    let expecting = body(1 << 30).replace("\r\n\r\n", "\r\nexpect: 100-continue\r\n\r\n");
    assert_refused(&server.ask(expecting), 413);
}

#[test]
fn the_refusal_of_a_body_reaches_a_client_that_sends_it_all() {
    let server = Server::start(Limits { linger: PATIENCE, ..limits() });
    let mut client = server.client();
    client.stream.write_all(body(32 << 20).as_bytes()).unwrap();
    client.stream.write_all(&vec![b'x'; 32 << 20]).unwrap();
    client.stream.shutdown(Shutdown::Write).unwrap();
    assert_refused(&client.rest(), 413);
}

#[test]
fn a_chunked_body_has_the_same_limit() {
    let server = Server::start(limits());
    let head = "POST /length HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n";
    let chunks = |count: usize| format!("1000\r\n{}\r\n", "x".repeat(4096)).repeat(count);
    let answer = server.ask(format!("{head}{}0\r\n\r\n", chunks(16)));
    assert!(answer.ends_with("\r\n\r\n65536"), "{answer:?}");
    assert_refused(&server.ask(format!("{head}{}", chunks(17))), 413);
    assert!(server.ask(format!("{head}zz\r\n")).starts_with("HTTP/1.1 400 "));
}

#[test]
fn a_slow_body_is_given_up() {
    let server = Server::start(Limits { body_time: SHORT, ..limits() });
    assert_refused(&server.ask(body(10) + "abc"), 408);
}

#[test]
fn lengths_that_contradict_are_refused() {
    let server = Server::start(limits());
    let two = body(3).replace("\r\n\r\n", "\r\ncontent-length: 4\r\n\r\nabcd");
    assert!(server.ask(two).starts_with("HTTP/1.1 400 "));
}

#[test]
fn a_client_that_reads_nothing_loses_its_place() {
    let server = Server::start(Limits { write_time: SHORT, connections: 1, ..limits() });
    let mut client = server.client();
    client.send(OPEN.replace("/ ", "/large "));
    // It has been accepted once the first byte of its answer is here.
    client.stream.read_exact(&mut [0]).unwrap();
    server.recovers();
}

#[test]
fn a_half_closed_client_gets_its_answer() {
    let server = Server::start(limits());
    let mut client = server.client();
    client.send(OPEN.replace("/ ", "/slow "));
    client.stream.shutdown(Shutdown::Write).unwrap();
    assert!(client.rest().ends_with("finished"));

    let mut client = server.client();
    client.send("GET / HT");
    client.stream.shutdown(Shutdown::Write).unwrap();
    assert!(!client.rest().starts_with("HTTP/1.1 200"));
}

#[track_caller]
fn assert_overloaded(answer: &str) {
    assert_refused(answer, 503);
    assert!(answer.contains("retry-after: 1\r\n"), "{answer:?}");
}

#[test]
fn one_address_has_a_share() {
    let server = Server::start(Limits { connections_each: 2, head_time: LONG, ..limits() });
    let mut clients = [server.client(), server.client()];
    for client in &mut clients {
        client.send(OPEN).until("hello");
    }
    assert_overloaded(&server.ask(OPEN));
    assert_overloaded(&server.client().rest());
    drop(clients);
    server.recovers();
}

#[test]
fn all_addresses_have_a_limit() {
    let server = Server::start(Limits { connections: 1, head_time: LONG, ..limits() });
    let mut client = server.client();
    client.send(OPEN).until("hello");
    for _ in 0..200 {
        assert_overloaded(&server.ask(OPEN));
    }
    assert!(client.send(OPEN).until("hello").starts_with("HTTP/1.1 200 "));
    drop(client);
    server.recovers();
}

#[test]
fn refused_clients_that_stay_hold_nothing() {
    let server = Server::start(Limits { connections: 1, head_time: LONG, ..limits() });
    let mut client = server.client();
    client.send(OPEN).until("hello");
    let mut staying: Vec<_> = (0..200).map(|_| server.client()).collect();
    for refused in &mut staying {
        assert_overloaded(&refused.rest());
    }
    drop(client);
    server.recovers();
}

#[test]
fn no_room_at_all_is_refused_at_start() {
    let server = Server::start(Limits { connections: 0, ..limits() });
    let error = server.ended.recv_timeout(PATIENCE).unwrap().unwrap_err();
    assert_eq!(error.code(), jot::error::Code::Settings);
}

#[test]
fn a_running_request_finishes_when_the_server_stops() {
    let mut server = Server::start(Limits { head_time: LONG, shutdown: LONG, ..limits() });
    let mut client = server.client();
    client.send(OPEN.replace("/ ", "/slow "));
    server.entered.recv_timeout(PATIENCE).unwrap();
    server.stop();
    let answer = client.rest();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("finished"), "{answer:?}");
    server.ended();
    assert!(TcpStream::connect(server.address).is_err());
}

#[test]
fn idle_connections_do_not_delay_the_stop() {
    let waits = Limits { head_time: LONG, shutdown: LONG, linger: LONG, ..Limits::default() };
    let mut server = Server::start(waits);
    let mut used = server.client();
    used.send(OPEN).until("hello");
    let mut silent = server.client();
    server.recovers();
    server.stop();
    server.ended();
    assert_eq!(used.rest() + &silent.rest(), "");
}

#[test]
fn a_request_that_never_ends_is_cut_off_when_the_server_stops() {
    let mut server = Server::start(Limits { shutdown: SHORT, ..limits() });
    let mut client = server.client();
    client.send(OPEN.replace("/ ", "/never "));
    server.recovers();
    server.stop();
    server.ended();
    assert_eq!(client.rest(), "");
}

#[test]
fn what_is_not_http_does_no_harm() {
    let server = Server::start(Limits { head_time: SHORT, ..limits() });
    assert_eq!(server.ask("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x12\x04\0\0\0\0\0"), "");
    let hello = [0x16, 3, 1, 0, 5, 1, 0, 0, 1, 3, 3];
    assert!(server.ask(hello).starts_with("HTTP/1.1 400 "));
    let mut state = 1_u64;
    for _ in 0..50 {
        let mut noise = [0; 2048];
        for byte in &mut noise {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            *byte = (state >> 56) as u8;
        }
        let answer = server.ask(noise);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{answer:?}");
    }
    server.recovers();
}
