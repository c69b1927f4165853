//! `WebDriver` (W3C) in as few lines as the tests need: JSON over HTTP to chromedriver, which ends with
//! the test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// How long a browser that does not answer is waited for.
const HANG: Duration = Duration::from_secs(60);

/// A chromedriver on a port of its own.
pub(crate) struct Driver {
    child: Child,
    port: u16,
    _place: TempDir,
}

impl Driver {
    /// Of several that start at once, one may find its port taken by another.
    pub(crate) fn start() -> Self {
        (0..5).find_map(|_| Self::try_start()).expect("chromedriver says its port")
    }

    fn try_start() -> Option<Self> {
        let place = TempDir::new().unwrap();
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .env("TMPDIR", place.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("chromedriver is not here ({error}): run tests/run, which installs it")
            });
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let port = lines.find_map(|line| {
            line.split_once("successfully on port ")?.1.trim_end_matches('.').parse().ok()
        });
        // What else it says must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        let Some(port) = port else {
            child.wait().unwrap();
            return None;
        };
        Some(Self { child, port, _place: place })
    }

    /// One command: the value that it answers, or the error.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value, Value> {
        let body = if method == "POST" { body.to_string() } else { String::new() };
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(HANG)).unwrap();
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).unwrap();
        let (status, mut body) = read(stream);
        let value = body["value"].take();
        if status == "200" { Ok(value) } else { Err(value) }
    }
}

/// The status and the document of an answer; chromedriver leaves the connection open.
fn read(stream: TcpStream) -> (String, Value) {
    let mut reader = BufReader::new(stream);
    let mut line = || {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    };
    let status = line().split(' ').nth(1).unwrap_or_default().to_owned();
    let heads = std::iter::from_fn(|| Some(line()).filter(|line| !line.is_empty()));
    let length = heads
        .filter_map(|head| {
            head.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok()
        })
        .last();
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

impl Drop for Driver {
    /// Asked to, chromedriver ends its browser first; killed, it would leave it behind.
    fn drop(&mut self) {
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) {
            _ = stream.set_read_timeout(Some(HANG));
            _ = write!(stream, "GET /shutdown HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n");
            _ = stream.read(&mut [0; 64]);
        }
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
