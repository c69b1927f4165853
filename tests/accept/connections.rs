//! How connections end, how many there may be, and how the server stops.

use std::io::Read;
use std::net::{Shutdown, TcpStream};

use jot::server::accept::Limits;

use crate::server::{LONG, OPEN, PATIENCE, SHORT, Server, assert_refused, limits};

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
fn a_client_that_reads_nothing_loses_its_place() {
    let server = Server::start(Limits { write_time: SHORT, connections_each: 1, ..limits() });
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
    let server = Server::start(Limits { connections: 1, ..limits() });
    let mut client = server.client();
    client.send(OPEN.replace("/ ", "/never "));
    server.entered.recv_timeout(PATIENCE).unwrap();
    for _ in 0..200 {
        assert_overloaded(&server.ask(OPEN));
    }
}

#[test]
fn refused_clients_that_stay_hold_nothing() {
    let server = Server::start(Limits { connections_each: 1, head_time: LONG, ..limits() });
    let mut client = server.client();
    client.send(OPEN).until("hello");
    let mut staying: Vec<_> = (0..200).map(|_| server.client()).collect();
    for refused in &mut staying {
        assert_overloaded(&refused.rest());
    }
    assert!(client.send(OPEN).until("hello").starts_with("HTTP/1.1 200 "));
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
