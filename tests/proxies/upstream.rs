//! The application: it tells whoever asks what it was asked, and remembers all of it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// An application that runs until the test ends.
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Upstream {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, seen) = (listener.local_addr().unwrap(), Arc::new(Mutex::default()));
        let seen_there = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                _ = answer(stream.unwrap(), &seen_there);
            }
        });
        Self { address, seen }
    }

    /// The heads that reached it.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

/// Answers a request, once it is there with its body, with its head and how long the body was.
fn answer(mut stream: TcpStream, seen: &Mutex<Vec<String>>) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    let (head, body) = loop {
        match stream.read(&mut piece)? {
            0 => return Ok(()),
            read => bytes.extend_from_slice(&piece[..read]),
        }
        if let Some(whole) = whole(&bytes) {
            break whole;
        }
    };
    seen.lock().unwrap().push(head.clone());
    let length = head.len();
    write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nbody-length: {body}\r\n")?;
    write!(stream, "connection: close\r\n\r\n{head}")
}

/// The head of a request that is there as a whole, and the length of its body as it was sent.
fn whole(bytes: &[u8]) -> Option<(String, usize)> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let (head, body) = (String::from_utf8_lossy(&bytes[..end]).into_owned(), &bytes[end + 4..]);
    let said = |wanted: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value)
    };
    let ended = match (said("transfer-encoding"), said("content-length")) {
        (Some(_), _) => body.ends_with(b"0\r\n\r\n"),
        (None, Some(length)) => body.len() >= length.parse().unwrap(),
        (None, None) => true,
    };
    ended.then_some((head, body.len()))
}
