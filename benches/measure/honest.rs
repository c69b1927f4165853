//! Honest clients: some keep their connection, some come anew each time, and all count how long an
//! answer takes from the moment at which they wanted it.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::net::{AddressFamily, SocketType, bind, connect, socket};

use crate::certificate::Believer;

/// The pause of an honest client between two requests.
const PAUSE: Duration = Duration::from_millis(4);
/// What it waits for: whoever waits longer goes away unserved.
const PATIENCE: Duration = Duration::from_secs(5);

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

/// A server as its clients know it.
#[derive(Clone, Copy)]
pub(crate) struct Site<'a> {
    pub(crate) address: SocketAddr,
    /// Who believes in its certificate, if it has one.
    pub(crate) believer: Option<&'a Believer>,
    /// A check of a good token.
    pub(crate) check: &'a str,
}

/// What honest clients found.
#[derive(Default)]
pub(crate) struct Found {
    taken: Vec<Duration>,
    pub(crate) failed: usize,
}

impl Found {
    pub(crate) fn asked(&self) -> usize {
        self.taken.len() + self.failed
    }

    /// The time within which so many of a hundred were answered, in milliseconds.
    pub(crate) fn within(&self, percent: usize) -> f64 {
        let mut taken = self.taken.clone();
        taken.sort_unstable();
        taken
            .get(taken.len() * percent / 100)
            .map_or(f64::INFINITY, |taken| taken.as_secs_f64() * 1e3)
    }
}

/// What clients of both kinds find while `act` goes on, or until that says that it is over.
pub(crate) fn beside<T>(site: Site, act: impl FnOnce(&AtomicBool) -> T) -> (Found, T) {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let kept = scope.spawn(|| client(site, &over, Some(Ipv4Addr::new(127, 9, 0, 1))));
        let new = scope.spawn(|| client(site, &over, None));
        let done = act(&over);
        over.store(true, Ordering::Relaxed);
        let (mut found, new) = (kept.join().unwrap(), new.join().unwrap());
        found.taken.extend(new.taken);
        found.failed += new.failed;
        (found, done)
    })
}

/// A client that keeps its connection, if it comes from one place; else each request has a
/// connection and an address of its own, and asks in turn for a check and for `/livez`.
fn client(site: Site, over: &AtomicBool, place: Option<Ipv4Addr>) -> Found {
    let (mut found, mut kept) = (Found::default(), None);
    for count in 0_u32.. {
        if over.load(Ordering::Relaxed) {
            break;
        }
        let [.., high, low] = count.to_be_bytes();
        let from = place.unwrap_or(Ipv4Addr::new(127, 10, high, low.max(1)));
        let live = "GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
        let request = if place.is_none() && count % 2 == 0 { live } else { site.check };
        let begun = Instant::now();
        match ask(site, from, kept.take(), request) {
            Ok(stream) => {
                found.taken.push(begun.elapsed());
                kept = place.map(|_| stream);
            }
            Err(error) => {
                eprintln!("an honest client was not served: {error}");
                found.failed += 1;
            }
        }
        std::thread::sleep(PAUSE);
    }
    found
}

type Kept = BufReader<Box<dyn Stream>>;

fn ask(site: Site, from: Ipv4Addr, kept: Option<Kept>, request: &str) -> io::Result<Kept> {
    let mut stream = match (kept, site.believer) {
        (Some(kept), _) => kept,
        (None, None) => BufReader::new(Box::new(reach(from, site.address)?) as Box<dyn Stream>),
        (None, Some(believer)) => {
            let encrypted = believer.encrypt(reach(from, site.address)?, "localhost")?;
            BufReader::new(Box::new(encrypted) as _)
        }
    };
    stream.get_mut().write_all(request.as_bytes())?;
    let (mut line, mut length, mut first) = (String::new(), 0, String::new());
    while line != "\r\n" {
        line.clear();
        if stream.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if first.is_empty() {
            first.clone_from(&line);
        }
        if let Some(stated) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = stated.trim().parse().unwrap();
        }
    }
    stream.read_exact(&mut vec![0; length])?;
    if first.starts_with("HTTP/1.1 200 ") { Ok(stream) } else { Err(io::Error::other(first)) }
}

fn reach(from: Ipv4Addr, to: SocketAddr) -> io::Result<TcpStream> {
    let socket = socket(AddressFamily::INET, SocketType::STREAM, None)?;
    bind(&socket, &SocketAddrV4::new(from, 0))?;
    connect(&socket, &to)?;
    let stream = TcpStream::from(socket);
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(stream)
}
