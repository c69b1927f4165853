//! What one request may be.

use std::io::Write;
use std::net::Shutdown;
use std::time::{Duration, Instant};

use jot::server::accept::Limits;

use crate::server::{CLOSING, LONG, OPEN, PATIENCE, SHORT, Server, assert_refused, limits};

fn body(length: usize) -> String {
    format!(
        "POST /length HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
    )
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
    client.stream.write_all(body(4 << 20).as_bytes()).unwrap();
    client.stream.write_all(&vec![b'x'; 4 << 20]).unwrap();
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
fn a_request_cannot_hide_behind_two_lengths() {
    let server = Server::start(Limits { head_time: LONG, ..limits() });
    // RFC 9112 6.1: the chunks count, and the connection ends.
    let answer = server.ask(format!(
        "POST /length HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n\
         3\r\nabc\r\n0\r\n\r\n{OPEN}"
    ));
    assert!(answer.ends_with("\r\n\r\n3"), "{answer:?}");
}

#[test]
fn what_is_not_http_does_no_harm() {
    let server = Server::start(Limits { head_time: SHORT, ..limits() });
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

#[test]
fn http_2_ends_at_its_preface_and_none_of_its_frames_is_read() {
    let server = Server::start(Limits { head_time: LONG, ..limits() });
    // RFC 9113 6.1 and 6.4: a DATA frame of no bytes, and one that resets its stream.
    let frames = [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 8].repeat(4096);
    let mut client = server.client();
    client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    assert_eq!(client.rest(), "");
    let mut client = server.client();
    client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    // What the system holds for both sides is less than a hundredth of this.
    let taken = (0..10_000).take_while(|_| client.stream.write_all(&frames).is_ok()).count();
    assert!(taken < 1000, "{taken}");
    assert_eq!(client.rest(), "");
    // Nor is it spoken after a request, where HTTP/1.1 lets a client ask for it (RFC 9110 7.8).
    let upgrade = "connection: upgrade, close\r\nupgrade: h2c\r\n\r\n";
    let answer = server.ask(CLOSING.replace("connection: close\r\n\r\n", upgrade));
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("hello"), "{answer:?}");
}
