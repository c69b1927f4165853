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

/// The source addresses, each in a network of its own.
const SOURCES: usize = 100;
/// What is waited for beyond a deadline before a socket counts as left.
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
    /// How long one whose socket was closed is away.
    pub(crate) away: Duration,
    /// When the server must have ended what does nothing good.
    pub(crate) deadline: Option<Duration>,
    pub(crate) time: Duration,
}

/// What became of the sockets.
#[derive(Default, Clone)]
pub(crate) struct Outcome {
    pub(crate) opened: usize,
    pub(crate) left: usize,
    pub(crate) longest: Duration,
    /// How often which status came, and how many of those said when to come again.
    pub(crate) statuses: BTreeMap<String, (usize, usize)>,
}

impl Attack {
    /// Goes on for its time, after which it is `over`; then waits until the last socket is gone, or
    /// the deadline.
    pub(crate) fn run(&self, server: SocketAddr, over: &AtomicBool) -> Outcome {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let outcome = Arc::new(Mutex::new(Outcome::default()));
        runtime.block_on(async {
            let end = Instant::now() + self.time;
            let mut tasks = tokio::task::JoinSet::new();
            for number in 0..self.sockets {
                let attacker = Attacker {
                    from: Ipv4Addr::new(127, 1, u8::try_from(number % SOURCES).unwrap(), 1),
                    server,
                    end,
                    outcome: Arc::clone(&outcome),
                };
                let (act, away) = (self.act.clone(), self.away);
                tasks.spawn(async move { attacker.run(act, away).await });
                if number % 100 == 99 {
                    sleep(Duration::from_secs(100) / STORM).await;
                }
            }
            sleep(end.saturating_duration_since(Instant::now())).await;
            over.store(true, Ordering::Relaxed);
            let wait = self.deadline.map_or(Duration::ZERO, |deadline| deadline + GRACE);
            _ = timeout(wait, async { while tasks.join_next().await.is_some() {} }).await;
            while tasks.try_join_next().is_some() {}
            outcome.lock().unwrap().left = tasks.len();
        });
        outcome.lock().unwrap().clone()
    }
}

struct Attacker {
    from: Ipv4Addr,
    server: SocketAddr,
    /// After that nothing is begun.
    end: Instant,
    outcome: Arc<Mutex<Outcome>>,
}

impl Attacker {
    async fn run(self, act: Act, away: Duration) {
        while Instant::now() < self.end {
            let begun = Instant::now();
            if let Ok(stream) = self.reach(matches!(act, Act::Take(_))).await {
                self.outcome.lock().unwrap().opened += 1;
                // However it ends: that it does is what counts.
                _ = self.act(stream, &act).await;
                let mut outcome = self.outcome.lock().unwrap();
                outcome.longest = outcome.longest.max(begun.elapsed());
            }
            sleep(away).await;
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
