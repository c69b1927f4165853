//! The same loop under TLS.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jot::clock::System;
use jot::key::TooOpen;
use jot::server::accept::Limits;
use jot::server::tls::{Files, Tls};
use rustls::SupportedProtocolVersion;
use rustls::version::{TLS12, TLS13};
use tempfile::TempDir;

use crate::certificate::{Believer, Encrypted, Made, dated, made};
use crate::server::{CLOSING, Client, LONG, OPEN, PATIENCE, SHORT, Server, assert_refused, limits};

/// A server with a certificate for localhost.
pub(crate) struct Secured {
    server: Server,
    believer: Believer,
    folder: TempDir,
}

impl Secured {
    fn start(limits: Limits) -> Self {
        Self::with(&made(&["localhost"]), limits)
    }

    pub(crate) fn with(made: &Made, limits: Limits) -> Self {
        let folder = TempDir::new().unwrap();
        made.put(folder.path());
        let server = Server::start_with(limits, Some(Arc::new(open(&folder).unwrap())));
        Self { server, believer: made.believer(), folder }
    }

    pub(crate) fn raw(&self) -> TcpStream {
        self.server.client().stream
    }

    fn encrypt(&self, believer: &Believer) -> std::io::Result<Encrypted> {
        believer.encrypt(self.raw(), "localhost")
    }

    pub(crate) fn client(&self) -> Client<Encrypted> {
        Client::on(self.encrypt(&self.believer).unwrap())
    }

    pub(crate) fn ask(&self, request: impl AsRef<[u8]>) -> String {
        self.client().send(request).rest()
    }

    /// Waits until a client is served again.
    fn recovers(&self) {
        let start = Instant::now();
        while self.encrypt(&self.believer).is_err() {
            assert!(start.elapsed() < PATIENCE, "the server serves nobody");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until who believes in another certificate is served.
    fn shows(&self, made: &Made) {
        let start = Instant::now();
        while self.encrypt(&made.believer()).is_err() {
            assert!(start.elapsed() < PATIENCE, "the certificate is not shown");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

fn open(folder: &TempDir) -> jot::error::Result<Tls> {
    let [cert, key] = ["server.crt", "server.key"].map(|name| folder.path().join(name));
    Tls::open(Files { cert, key, open: TooOpen::Refuse }, Box::new(System))
}

#[test]
fn requests_are_served_and_known_to_be_encrypted() {
    let secured = Secured::start(limits());
    let mut client = secured.client();
    assert!(client.send(OPEN).until("hello").starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(client.send(CLOSING.replace("/ ", "/secure ")).rest().ends_with("\r\n\r\ntrue"));
    let plain = Server::start(limits());
    assert!(plain.ask(CLOSING.replace("/ ", "/secure ")).ends_with("\r\n\r\nfalse"));
}

#[test]
fn both_versions_and_one_protocol_are_spoken() {
    const VERSIONS: [&[&SupportedProtocolVersion]; 2] = [&[&TLS12], &[&TLS13]];
    let mut secured = Secured::start(limits());
    for version in VERSIONS {
        secured.believer.versions = version;
        let mut client = secured.client();
        assert_eq!(client.stream.conn.protocol_version(), Some(version[0].version));
        assert_eq!(client.stream.conn.alpn_protocol(), Some(&b"http/1.1"[..]));
        assert!(client.send(CLOSING).rest().ends_with("hello"));
    }
    secured.believer.alpn = &[];
    assert!(secured.ask(CLOSING).ends_with("hello"));
    secured.believer.alpn = &[b"h2"];
    assert!(secured.encrypt(&secured.believer).is_err());
}

#[test]
fn a_client_that_does_not_believe_is_not_served() {
    let secured = Secured::start(limits());
    let stranger = made(&["localhost"]).believer();
    assert!(secured.encrypt(&stranger).is_err());
    assert!(secured.believer.encrypt(secured.raw(), "other.example").is_err());
    let (old, new) = (dated(&["localhost"], -20, -10), dated(&["localhost"], 10, 20));
    for (made, seen) in [(old, "ended at"), (new, "begins at")] {
        let secured = Secured::with(&made, limits());
        let refused = secured.encrypt(&secured.believer).unwrap_err().to_string();
        assert!(refused.contains("certificate"), "{refused}");
        assert!(open(&secured.folder).unwrap().untimely().unwrap().contains(seen));
    }
    assert_eq!(open(&secured.folder).unwrap().untimely(), None);
}

#[test]
fn a_handshake_that_stalls_loses_its_place() {
    let limits = Limits { head_time: SHORT, connections_each: 1, ..limits() };
    let secured = Secured::start(limits);
    for beginning in [&[][..], &[22][..], &[22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3][..]] {
        let mut stalled = secured.raw();
        stalled.write_all(beginning).unwrap();
        secured.recovers();
        _ = stalled.read_to_end(&mut Vec::new());
    }
}

#[test]
fn what_is_no_handshake_does_no_harm() {
    let secured = Secured::start(Limits { connections_each: 1, linger: SHORT, ..limits() });
    let mut answer = secured.server.client();
    let answer = answer.send(OPEN).rest();
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
    assert!(answer.contains("\r\ncontent-type: text/plain"), "{answer}");
    assert!(answer.ends_with("https:// in the address"), "{answer}");
    for noise in [&[0; 64][..], &[22, 3, 1, 0, 1, 99], &[128, 46, 1, 3, 1], &[255; 4096]] {
        let mut stream = secured.raw();
        _ = stream.write_all(noise).and_then(|()| stream.shutdown(Shutdown::Write));
        let mut seen = Vec::new();
        _ = stream.read_to_end(&mut seen);
        assert!(seen.is_empty() || seen[0] == 21, "{seen:?}");
        secured.recovers();
    }
}

#[test]
fn over_a_cap_is_an_alert() {
    let secured = Secured::start(Limits { connections_each: 1, head_time: LONG, ..limits() });
    let mut client = secured.client();
    client.send(OPEN).until("hello");
    for _ in 0..100 {
        let mut seen = Vec::new();
        secured.raw().read_to_end(&mut seen).unwrap();
        assert_eq!(seen, [21, 3, 3, 0, 2, 2, 80]);
    }
    let refused = secured.encrypt(&secured.believer).unwrap_err().to_string();
    assert!(refused.contains("InternalError"), "{refused}");
    assert!(client.send(OPEN).until("hello").starts_with("HTTP/1.1 200 "));
    drop(client);
    secured.recovers();
}

#[test]
fn a_client_that_reads_nothing_loses_its_place() {
    let secured = Secured::start(Limits { write_time: SHORT, connections_each: 1, ..limits() });
    let mut client = secured.client();
    client.send(OPEN.replace("/ ", "/large "));
    client.stream.read_exact(&mut [0]).unwrap();
    secured.recovers();
}

#[test]
fn a_silent_connection_is_closed() {
    let secured = Secured::start(Limits { head_time: SHORT, ..limits() });
    assert_eq!(secured.client().rest(), "");
    let mut client = secured.client();
    client.send(OPEN).until("hello");
    assert_eq!(client.rest(), "");
}

#[test]
fn a_refusal_reaches_a_client_that_sends_it_all() {
    let secured = Secured::start(Limits { linger: PATIENCE, ..limits() });
    let length = 32 << 20;
    let mut client = secured.client();
    client.send(format!("POST /length HTTP/1.1\r\nhost: a\r\ncontent-length: {length}\r\n\r\n"));
    client.stream.write_all(&vec![b'x'; length]).unwrap();
    client.stream.conn.send_close_notify();
    client.stream.flush().unwrap();
    client.stream.sock.shutdown(Shutdown::Write).unwrap();
    assert_refused(&client.rest(), 413);
}

#[test]
fn a_half_closed_client_gets_its_answer() {
    let secured = Secured::start(limits());
    let mut client = secured.client();
    client.send(OPEN.replace("/ ", "/slow "));
    client.stream.conn.send_close_notify();
    client.stream.flush().unwrap();
    assert!(client.rest().ends_with("finished"));
}

#[test]
fn a_stop_finishes_what_runs_and_waits_for_nobody_else() {
    let waits = Limits { head_time: LONG, shutdown: LONG, linger: LONG, ..Limits::default() };
    let mut secured = Secured::start(waits);
    let (mut fresh, mut idle, mut running) = (secured.client(), secured.client(), secured.client());
    let mut shaking = secured.raw();
    shaking.write_all(&[22, 3, 1]).unwrap();
    idle.send(OPEN).until("hello");
    running.send(OPEN.replace("/ ", "/slow "));
    secured.server.entered.recv_timeout(PATIENCE).unwrap();
    secured.server.stop();
    assert!(running.rest().ends_with("finished"));
    secured.server.ended();
    assert_eq!(fresh.rest() + &idle.rest(), "");
}

#[test]
fn a_new_certificate_is_shown_while_connections_stay() {
    let (first, second) = (made(&["localhost"]), made(&["localhost"]));
    let secured = Secured::with(&first, Limits { head_time: LONG, ..limits() });
    let mut staying = secured.client();
    staying.send(OPEN).until("hello");
    second.put(secured.folder.path());
    secured.shows(&second);
    assert!(secured.encrypt(&first.believer()).is_err());
    assert!(staying.send(OPEN).until("hello").starts_with("HTTP/1.1 200 "));
}

#[test]
fn half_a_pair_leaves_the_one_before() {
    let (first, second, third) = (made(&["localhost"]), made(&["localhost"]), made(&["localhost"]));
    let secured = Secured::with(&first, limits());
    second.put_certificate(secured.folder.path());
    // Longer than a look is put off.
    std::thread::sleep(Duration::from_secs(3));
    secured.shows(&first);
    std::fs::remove_file(secured.folder.path().join("server.key")).unwrap();
    std::thread::sleep(Duration::from_secs(3));
    secured.shows(&first);
    third.put(secured.folder.path());
    secured.shows(&third);
}

/// A mode is no part of what is looked at: whoever renews may set it a moment after.
#[test]
fn a_pair_that_could_not_be_read_once_is_taken_when_it_can() {
    use std::os::unix::fs::PermissionsExt;
    let (first, second) = (made(&["localhost"]), made(&["localhost"]));
    let secured = Secured::with(&first, limits());
    let key = secured.folder.path().join("server.key");
    let mode = |mode| std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode));
    secured.shows(&first);
    second.put(secured.folder.path());
    mode(0o644).unwrap();
    std::thread::sleep(Duration::from_secs(3));
    secured.shows(&first);
    mode(0o600).unwrap();
    secured.shows(&second);
}
