//! Who makes room when all places are taken: whoever is waited for, and never a request that runs.

use std::io::Write;

use jot::server::accept::Limits;

use crate::certificate::made;
use crate::server::{CLOSING, Client, LONG, OPEN, PATIENCE, SHORT, Server};
use crate::tls::Secured;

/// So many places, which nobody loses by a deadline.
fn places(connections: usize) -> Limits {
    let (head_time, body_time, write_time) = (LONG, LONG, LONG);
    Limits { connections, head_time, body_time, write_time, linger: SHORT, ..Limits::default() }
}

#[track_caller]
fn assert_served(server: &Server) {
    let answer = server.ask(CLOSING);
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("hello"), "{answer:?}");
}

fn known(server: &Server) -> Client {
    let mut client = server.client();
    client.send(OPEN).until("hello");
    client
}

#[track_caller]
fn assert_kept(client: &mut Client) {
    assert!(client.send(OPEN).until("hello").starts_with("HTTP/1.1 200 "));
}

#[test]
fn silent_clients_make_room_for_everybody() {
    let server = Server::start(places(4));
    let mut silent: Vec<_> = (0..200).map(|_| server.client()).collect();
    for _ in 0..20 {
        assert_served(&server);
    }
    // Of four places the last newcomer had one, so that three of the silent are there at most.
    for client in &mut silent[..197] {
        assert_eq!(client.rest(), "");
    }
}

#[test]
fn dripping_heads_and_bodies_make_room() {
    let head = "POST /length HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n";
    for beginning in ["G", "GET / HTTP/1.1\r\nx: y", head, &format!("{head}abc")] {
        let server = Server::start(places(1));
        let mut client = server.client();
        client.send(beginning);
        assert_served(&server);
        client.send("d");
        assert_eq!(client.rest(), "");
    }
}

#[test]
fn who_takes_nothing_of_an_answer_makes_room() {
    let server = Server::start(places(1));
    let mut client = server.client();
    client.send(OPEN.replace("/ ", "/large ")).until("HTTP/1.1 200 ");
    assert_served(&server);
}

#[test]
fn a_request_that_runs_keeps_its_place() {
    let server = Server::start(places(1));
    let mut client = server.client();
    client.send(CLOSING.replace("/ ", "/slow "));
    server.entered.recv_timeout(PATIENCE).unwrap();
    assert!(server.ask(OPEN).starts_with("HTTP/1.1 503 "));
    assert!(client.rest().ends_with("finished"));
}

#[test]
fn a_flood_of_silent_clients_spares_those_that_asked_before() {
    let server = Server::start(places(4));
    let mut client = known(&server);
    for _ in 0..10 {
        let _silent: Vec<_> = (0..10).map(|_| server.client()).collect();
        assert_served(&server);
        assert_kept(&mut client);
    }
}

#[test]
fn clients_that_ask_once_and_stay_leave_room_for_new_ones() {
    let server = Server::start(places(4));
    let mut staying: Vec<_> = (0..4).map(|_| known(&server)).collect();
    let mut slow = server.client();
    slow.send("GET / HTTP/1.1\r\n");
    for _ in 0..10 {
        // Each of them takes the place of the one that has been silent for longest.
        staying.push(known(&server));
        slow.send("x: y\r\n");
    }
    assert!(slow.send("host: a\r\n\r\n").until("hello").starts_with("HTTP/1.1 200 "));
    assert_eq!(staying.remove(0).rest(), "");
    assert_kept(staying.last_mut().unwrap());
}

#[test]
fn an_address_that_has_its_share_takes_no_place_of_its_own() {
    let server = Server::start(Limits { connections_each: 2, ..places(2) });
    let mut clients = [known(&server), known(&server)];
    assert!(server.ask(OPEN).starts_with("HTTP/1.1 503 "));
    clients.iter_mut().for_each(assert_kept);
}

#[test]
fn handshakes_that_stall_make_room_too() {
    let secured = Secured::with(&made(&["localhost"]), places(1));
    for beginning in [&[][..], &[22][..], &[22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3][..]] {
        let mut stalled = secured.raw();
        stalled.write_all(beginning).unwrap();
        assert!(secured.ask(CLOSING).ends_with("hello"));
        assert_eq!(Client::on(stalled).rest(), "");
    }
    // Who is idle is told so, as TLS has it: anything else would be an error here.
    let mut idle = secured.client();
    idle.send(OPEN).until("hello");
    assert!(secured.ask(CLOSING).ends_with("hello"));
    assert_eq!(idle.rest(), "");
}
