//! What encrypts connections: a certificate and its key, read again when their files change.
//!
//! TLS 1.2 and 1.3 by rustls over aws-lc-rs, HTTP/1.1 alone. Nothing watches the files: the first
//! handshake after a while looks at them, so that an idle server sleeps.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustls::ServerConfig;
use tokio::time::Instant;

use crate::clock::Clock;
use crate::error::Result;
use crate::key::{Stamp, TooOpen};

pub mod own;
mod pair;

use pair::Pair;

/// How long the files count as unchanged without a look at them.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Where a certificate is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// The chain, in PEM, the server's own certificate first.
    pub cert: PathBuf,
    /// Its private key, in PEM.
    pub key: PathBuf,
    /// What to do if others can read the key.
    pub open: TooOpen,
}

/// What tells one state of both files from another; none for a file that cannot be looked at.
type Stamps = [Option<Stamp>; 2];

/// A certificate that is in use.
pub struct Tls {
    files: Files,
    clock: Box<dyn Clock>,
    held: Mutex<Held>,
}

struct Held {
    pair: Pair,
    stamps: Stamps,
    looked: Instant,
    /// Somebody is looking: a disk that does not answer holds one thread and no more.
    looking: bool,
    /// What was wrong with the files at the last look, which is told once.
    wrong: Option<String>,
}

/// A look that is under way; it is over when this is dropped, however it ended.
struct Looking<'a>(&'a Tls);

impl Drop for Looking<'_> {
    fn drop(&mut self) {
        let mut held = self.0.held();
        (held.looking, held.looked) = (false, Instant::now());
    }
}

impl Files {
    fn stamps(&self) -> Stamps {
        [&self.cert, &self.key].map(|path| Stamp::of(path).ok())
    }
}

impl Tls {
    /// The certificate in these files, refused if it cannot be served.
    pub fn open(files: Files, clock: Box<dyn Clock>) -> Result<Self> {
        // What changes while the files are read is another state.
        let stamps = files.stamps();
        let pair = pair::read(&files)?;
        let held = Held { pair, stamps, looked: Instant::now(), looking: false, wrong: None };
        Ok(Self { files, clock, held: Mutex::new(held) })
    }

    /// The SHA-256 of the certificate as browsers and OpenSSL show it.
    pub fn fingerprint(&self) -> String {
        self.held().pair.fingerprint()
    }

    /// Why clients will refuse the certificate today, if its dates say so.
    pub fn untimely(&self) -> Option<String> {
        self.held().pair.untimely(self.clock.now())
    }

    /// What the next handshake is made with.
    pub(super) async fn config(self: &Arc<Self>) -> Arc<ServerConfig> {
        if self.is_due() {
            let tls = Arc::clone(self);
            // A look that broke off has changed nothing.
            _ = tokio::task::spawn_blocking(move || {
                let _looking = Looking(&tls);
                tls.look();
            })
            .await;
        }
        self.held().pair.config()
    }

    /// Whether the files are to be looked at; one looks for all who come meanwhile.
    fn is_due(&self) -> bool {
        let mut held = self.held();
        let due = !held.looking && held.looked.elapsed() >= LOOK_EVERY;
        held.looking |= due;
        due
    }

    /// Reads the files again if they changed. A pair that cannot be served, such as one of which
    /// only one half is there yet, or that may not be read yet, is told once and leaves the one
    /// before; it is tried again at every look.
    fn look(&self) {
        // What changes while the files are read is another state.
        let stamps = self.files.stamps();
        let mut held = self.held();
        if held.stamps == stamps {
            held.wrong = None;
            return;
        }
        drop(held);
        let read = pair::read(&self.files);
        let mut held = self.held();
        match read {
            Ok(pair) => {
                let fingerprint = pair.fingerprint();
                tracing::info!(fingerprint, "there is a new certificate");
                if let Some(why) = pair.untimely(self.clock.now()) {
                    tracing::warn!("{why}");
                }
                (held.pair, held.stamps, held.wrong) = (pair, stamps, None);
            }
            Err(error) => {
                let wrong = Some(error.to_string());
                if held.wrong != wrong {
                    tracing::error!(%error, "the certificate changed and cannot be used, the one before stays");
                    held.wrong = wrong;
                }
            }
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
