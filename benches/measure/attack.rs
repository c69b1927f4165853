//! Attackers of a server: sockets that do all but ask, and floods of requests. All of them share one
//! thread, so that the server has a core of its own.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};

use crate::serving::Serving;

/// The source addresses, each in a network of its own.
const SOURCES: usize = 100;
/// What is waited for beyond a deadline before a socket counts as left: the system may have
/// connected it before the server got it.
const GRACE: Duration = Duration::from_secs(2);
/// How many sockets begin in a second.
const STORM: u32 = 20_000;

/// What each socket of an attack does.
#[derive(Clone)]
pub(crate) enum Act {
    /// Sends this at once, this every second, and waits for its end.
    Drip(Vec<u8>, &'static [u8]),
    /// Sends this again and again and reads nothing.
    Take(Vec<u8>),
    /// Sends this and waits for the answer, again and again, with a pause between.
    Ask(Vec<u8>, Duration),
}

/// So many sockets, and what they do.
pub(crate) struct Attack {
    pub(crate) what: &'static str,
    pub(crate) sockets: usize,
    pub(crate) act: Act,
    /// How long one whose socket was closed is away, and up to twice as long.
    pub(crate) away: Duration,
    /// When the server must have ended what does nothing good.
    pub(crate) deadline: Option<Duration>,
    pub(crate) time: Duration,
}

/// What became of the sockets.
#[derive(Default, Clone)]
pub(crate) struct Outcome {
    pub(crate) opened: usize,
    /// How many the server still had at last.
    pub(crate) left: usize,
    /// How long after the end of the attack.
    pub(crate) gone: Duration,
    /// How often which status came, and how many of those said when to come again.
    pub(crate) statuses: BTreeMap<String, (usize, usize)>,
}

impl Attack {
    /// Goes on for its time, after which it is `over`; then waits until the server has none of the
    /// sockets any more, or the deadline.
    pub(crate) fn run(&self, server: &Serving, over: &AtomicBool) -> Outcome {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let outcome = Arc::new(Mutex::new(Outcome::default()));
        let before = server.open_files();
        runtime.block_on(async {
            let end = Instant::now() + self.time;
            for number in 0..self.sockets {
                let attacker = Attacker {
                    from: Ipv4Addr::new(127, 1, u8::try_from(number % SOURCES).unwrap(), 1),
                    server: server.address,
                    end,
                    // Not all at the same moment.
                    away: self.away.mul_f64(1.0 + (number % 1000) as f64 / 1000.0),
                    outcome: Arc::clone(&outcome),
                };
                tokio::spawn(attacker.run(self.act.clone()));
                if number % 100 == 99 {
                    sleep(Duration::from_secs(100) / STORM).await;
                }
            }
            sleep(end.saturating_duration_since(Instant::now())).await;
            over.store(true, Ordering::Relaxed);
            let Some(deadline) = self.deadline else { return };
            let left = || server.open_files().saturating_sub(before);
            while left() > 0 && end.elapsed() < deadline + GRACE {
                sleep(Duration::from_millis(20)).await;
            }
            let mut outcome = outcome.lock().unwrap();
            (outcome.left, outcome.gone) = (left(), end.elapsed());
        });
        outcome.lock().unwrap().clone()
    }
}

struct Attacker {
    from: Ipv4Addr,
    server: SocketAddr,
    /// After that nothing is begun.
    end: Instant,
    /// How long it is away once its socket was closed.
    away: Duration,
    outcome: Arc<Mutex<Outcome>>,
}

impl Attacker {
    async fn run(self, act: Act) {
        while Instant::now() < self.end {
            if let Ok(stream) = self.reach(matches!(act, Act::Take(_))).await {
                self.outcome.lock().unwrap().opened += 1;
                // However it ends: that it does is what counts.
                _ = self.act(stream, &act).await;
            }
            sleep(self.away).await;
        }
    }

    async fn reach(&self, takes_little: bool) -> io::Result<TcpStream> {
        let socket = TcpSocket::new_v4()?;
        if takes_little {
            socket.set_recv_buffer_size(4096)?;
        }
        socket.bind((self.from, 0).into())?;
        socket.connect(self.server).await
    }

    async fn act(&self, mut stream: TcpStream, act: &Act) -> io::Result<()> {
        match act {
            Act::Drip(opening, drop) => {
                stream.write_all(opening).await?;
                let mut seen = [0; 4096];
                loop {
                    match timeout(Duration::from_secs(1), stream.read(&mut seen)).await {
                        Ok(Ok(0)) => return Ok(()),
                        Ok(seen) => _ = seen?,
                        Err(_) => stream.write_all(drop).await?,
                    }
                }
            }
            Act::Take(request) => loop {
                stream.write_all(request).await?;
            },
            Act::Ask(request, pause) => {
                while Instant::now() < self.end {
                    stream.write_all(request).await?;
                    self.answer(&mut stream).await?;
                    sleep(*pause).await;
                }
                Ok(())
            }
        }
    }

    /// Reads an answer, which comes in one piece, being short.
    async fn answer(&self, stream: &mut TcpStream) -> io::Result<()> {
        let mut seen = [0; 8192];
        let length = stream.read(&mut seen).await?;
        let text = String::from_utf8_lossy(&seen[..length]).to_ascii_lowercase();
        let status = text.split(' ').nth(1).ok_or(io::ErrorKind::UnexpectedEof)?;
        let mut outcome = self.outcome.lock().unwrap();
        let (count, again) = outcome.statuses.entry(status.to_owned()).or_default();
        *count += 1;
        *again += usize::from(text.contains("retry-after: "));
        Ok(())
    }
}
