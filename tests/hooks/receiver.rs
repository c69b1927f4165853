//! A receiver of webhooks that answers as the test says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

/// The secret that both sides know.
pub(crate) const SECRET: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
const KEY: &[u8] = b"01234567890123456789012345678901";

/// How long anything is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request that came in.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    pub(crate) path: String,
    pub(crate) id: String,
    pub(crate) moment: String,
    pub(crate) signature: String,
    pub(crate) raw: String,
    pub(crate) body: Value,
}

impl Got {
    pub(crate) fn text(&self, member: &str) -> &str {
        self.body[member].as_str().unwrap_or_default()
    }
}

/// What is answered.
#[derive(Clone, Copy)]
pub(crate) enum Reply {
    Status(u16),
    /// Nothing, for longer than anybody waits.
    Hang,
}

type Answers = Box<dyn FnMut(&Got) -> Reply + Send>;

pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    got: Arc<Mutex<Vec<Got>>>,
    answers: Arc<Mutex<Answers>>,
}

impl Receiver {
    /// One that answers so.
    pub(crate) fn start(answers: impl FnMut(&Got) -> Reply + Send + 'static) -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap(), answers)
    }

    pub(crate) fn start_at(
        address: SocketAddr,
        answers: impl FnMut(&Got) -> Reply + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let got: Arc<Mutex<Vec<Got>>> = Arc::default();
        let answers: Arc<Mutex<Answers>> = Arc::new(Mutex::new(Box::new(answers)));
        let receiver = Self { address, got: Arc::clone(&got), answers: Arc::clone(&answers) };
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (got, answers) = (Arc::clone(&got), Arc::clone(&answers));
                std::thread::spawn(move || receive(&stream.unwrap(), &got, &answers));
            }
        });
        receiver
    }

    /// An address at which nobody listens.
    pub(crate) fn nowhere() -> SocketAddr {
        TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
    }

    pub(crate) fn answer(&self, answers: impl FnMut(&Got) -> Reply + Send + 'static) {
        *self.answers.lock().unwrap() = Box::new(answers);
    }

    pub(crate) fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    /// What came in, as soon as it is as wanted.
    #[track_caller]
    pub(crate) fn wait(&self, is_so: impl Fn(&[Got]) -> bool) -> Vec<Got> {
        let end = Instant::now() + PATIENCE;
        loop {
            let got = self.got();
            if is_so(&got) {
                return got;
            }
            assert!(Instant::now() < end, "this came in: {got:#?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// The settings that send these kinds of events to that address.
pub(crate) fn webhooks(address: SocketAddr, kinds: &[&str]) -> &'static str {
    let entries: Vec<_> =
        kinds.iter().map(|kind| format!("\"{kind}\":\"http://{address}/{kind}?x=y\"")).collect();
    format!("{{{}}}", entries.join(",")).leak()
}

fn receive(stream: &TcpStream, got: &Mutex<Vec<Got>>, answers: &Mutex<Answers>) {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        // Whoever was killed sends no more.
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let header = |name: &str| {
        let found = lines.iter().find_map(|line| {
            let (seen, value) = line.split_once(": ")?;
            seen.eq_ignore_ascii_case(name).then(|| value.to_owned())
        });
        found.unwrap_or_else(|| panic!("no {name} in {lines:?}"))
    };
    let mut raw = vec![0; header("content-length").parse().unwrap()];
    if reader.read_exact(&mut raw).is_err() {
        return;
    }
    let raw = String::from_utf8(raw).unwrap();
    let (id, moment) = (header("webhook-id"), header("webhook-timestamp"));
    assert_eq!(header("content-type"), "application/json");
    let signature = signature(&id, &moment, &raw);
    assert_eq!(header("webhook-signature"), signature);
    let path = lines[0].split(' ').nth(1).unwrap().to_owned();
    let body = serde_json::from_str(&raw).unwrap();
    let one = Got { path, id, moment, signature, raw, body };
    assert_eq!(one.text("id"), one.id);
    let reply = answers.lock().unwrap()(&one);
    got.lock().unwrap().push(one);
    let status = match reply {
        Reply::Status(status) => status,
        Reply::Hang => {
            std::thread::sleep(PATIENCE);
            return;
        }
    };
    let answer = format!(
        "HTTP/1.1 {status} X\r\nlocation: /elsewhere\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok"
    );
    _ = (&*stream).write_all(answer.as_bytes());
}

/// What a receiver computes: the same over id, moment and body.
fn signature(id: &str, moment: &str, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, KEY);
    let tag = hmac::sign(&key, format!("{id}.{moment}.{body}").as_bytes());
    format!("v1,{}", BASE64_STANDARD.encode(tag))
}
