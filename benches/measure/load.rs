//! A load on an HTTP server of this machine: connections that are kept, each with one request at a
//! time.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// What a load found: answers in a second, and the time of the slowest hundredth, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) rate: f64,
    pub(crate) slow: f64,
}

/// A POST of a form, with further lines of a head.
pub(crate) fn post(path: &str, lines: &str, form: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}\
        Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )
}

/// How many ask at the same time, and over how many connections each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clients(pub(crate) usize, pub(crate) usize);

/// Asks the same again and again for so long; every answer must be 200.
pub(crate) fn ask(
    server: SocketAddr,
    request: &str,
    Clients(clients, connections): Clients,
    time: Duration,
) -> Found {
    let over = AtomicBool::new(false);
    let begun = Instant::now();
    let mut taken: Vec<Duration> = thread::scope(|scope| {
        let ask = || client(server, request, connections, &over);
        let clients: Vec<_> = (0..clients).map(|_| scope.spawn(ask)).collect();
        thread::sleep(time);
        over.store(true, Ordering::Relaxed);
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    let seconds = begun.elapsed().as_secs_f64();
    taken.sort_unstable();
    let slow = taken[taken.len() * 99 / 100].as_secs_f64() * 1000.0;
    Found { rate: taken.len() as f64 / seconds, slow }
}

/// One answer's status and body.
pub(crate) fn once(server: SocketAddr, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(server).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    answer(&mut BufReader::new(stream))
}

/// Asks on every connection, and then reads every answer: one thread keeps a server busy, and has
/// little work with it.
fn client(
    server: SocketAddr,
    request: &str,
    connections: usize,
    over: &AtomicBool,
) -> Vec<Duration> {
    let connect = |_| {
        let stream = TcpStream::connect(server).unwrap();
        stream.set_nodelay(true).unwrap();
        let answers = BufReader::new(stream.try_clone().unwrap());
        (stream, answers)
    };
    let mut streams: Vec<_> = (0..connections).map(connect).collect();
    let mut taken = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let begun = Instant::now();
        for (stream, _) in &mut streams {
            stream.write_all(request.as_bytes()).unwrap();
        }
        for (_, answers) in &mut streams {
            let (status, body) = answer(answers);
            assert_eq!(status, 200, "{body}");
            taken.push(begun.elapsed());
        }
    }
    taken
}

fn answer(stream: &mut impl BufRead) -> (u16, String) {
    let (mut status, mut length, mut chunked) = (0, 0, false);
    loop {
        let text = line(stream).to_ascii_lowercase();
        if text.is_empty() {
            break;
        }
        if let Some(rest) = text.strip_prefix("http/1.1 ") {
            status = rest[..3].parse().unwrap();
        }
        if let Some(rest) = text.strip_prefix("content-length:") {
            length = rest.trim().parse().unwrap();
        }
        chunked |= text == "transfer-encoding: chunked";
    }
    let body = if chunked { chunks(stream) } else { bytes(stream, length) };
    (status, String::from_utf8_lossy(&body).into_owned())
}

/// RFC 9112 7.1
fn chunks(stream: &mut impl BufRead) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let length = usize::from_str_radix(&line(stream), 16).unwrap();
        body.extend(bytes(stream, length));
        line(stream);
        if length == 0 {
            return body;
        }
    }
}

fn bytes(stream: &mut impl BufRead, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).unwrap();
    bytes
}

fn line(stream: &mut impl BufRead) -> String {
    let mut line = String::new();
    assert_ne!(stream.read_line(&mut line).unwrap(), 0, "the server hung up");
    line.trim_end().to_owned()
}
