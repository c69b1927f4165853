//! Couriers take letters out of the outbox and send them until they arrive, or are too old.
//!
//! A letter that was taken is due again after a while, so that one whose courier died is sent by
//! another: at least once, with the same id. Each URL has couriers of its own: a receiver that
//! hangs holds up no other.

use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};

use crate::authority::Authority;
use crate::chance::Chance;
use crate::error::Result;
use crate::hook::{Address, Bell, Hooks, Secret};
use crate::store::{Change, Taken};

/// How many couriers a URL has: a letter that hangs leaves another way.
const EACH: usize = 2;
/// How often the outbox is looked into without a ring: other processes put letters there too, and
/// what failed is due again.
const LOOK: Duration = Duration::from_secs(1);
/// How long a receiver has for its answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a letter is taken for: longer than it can take to send it.
const TAKEN: i64 = 60;
/// The longest pause between two attempts.
const LONGEST: i64 = 3600;
/// How long a letter is sent again and again.
const GIVEN_UP: i64 = 86_400;

/// The couriers of one server.
pub struct Courier(Arc<Bell>);

/// What all couriers have in common.
struct Post {
    authority: Arc<Authority>,
    secret: Secret,
    agent: Agent,
    chance: Box<dyn Chance>,
    bell: Arc<Bell>,
}

impl Courier {
    /// Couriers for every URL of the hooks, which send what is in the store of the authority.
    pub fn start(
        authority: Arc<Authority>,
        hooks: &Hooks,
        secret: Secret,
        chance: Box<dyn Chance>,
    ) -> Self {
        let bell = Arc::clone(&hooks.bell);
        let post = Post { authority, secret, agent: agent(), chance, bell: Arc::clone(&bell) };
        let post = Arc::new(post);
        let mut addresses: Vec<&Address> = Vec::new();
        for (_, address) in &hooks.webhooks {
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        for address in addresses.into_iter().flat_map(|address| [address; EACH]) {
            let (post, address) = (Arc::clone(&post), address.clone());
            let working = bell.enter();
            std::thread::spawn(move || {
                let _working = working;
                post.work(&address);
            });
        }
        Self(bell)
    }

    /// Takes no letter any more, and waits for those that are on their way, at most that long.
    pub fn stop(self, patience: Duration) {
        self.0.stop(patience);
    }
}

/// Neither a proxy of the environment nor a redirect is followed: what is sent goes where the
/// settings say.
fn agent() -> Agent {
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(provider))
        .build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .proxy(None)
        .max_redirects(0)
        .http_status_as_error(false)
        .timeout_global(Some(PATIENCE))
        .user_agent(concat!("jot/", env!("CARGO_PKG_VERSION")))
        .build();
    config.new_agent()
}

impl Post {
    fn work(&self, address: &Address) {
        let (mut heard, mut away) = (0, false);
        while !self.bell.is_stopped() {
            let delivered = self.deliver_one(address);
            let was_away = std::mem::replace(&mut away, delivered.is_err());
            match delivered {
                Ok(true) => continue,
                Err(error) if !was_away => {
                    tracing::error!(error = %error, "the outbox cannot be used");
                }
                Ok(false) | Err(_) => {}
            }
            if !self.bell.wait(&mut heard, LOOK) {
                return;
            }
        }
    }

    /// Sends one letter. False: none is due.
    fn deliver_one(&self, address: &Address) -> Result<bool> {
        let (store, now) = (self.authority.store(), self.authority.now());
        let Some(letter) = store.take_letter(address.url(), now, now + TAKEN)? else {
            return Ok(false);
        };
        let sent = self.send(&letter, address);
        let now = self.authority.now();
        match sent {
            Ok(()) => store.write(&[Change::Sent(&letter)])?,
            Err(why) if now - letter.at >= GIVEN_UP => self.give_up(&letter, address, &why)?,
            Err(why) => {
                let pause = self.pause(letter.attempts);
                let (id, host) = (letter.id.as_str(), address.host());
                tracing::warn!(id, host, pause, error = why.as_str(), "a webhook failed");
                store.write(&[Change::SendAgain(&letter, now + pause)])?
            }
        };
        Ok(true)
    }

    /// Any 2xx answer is an acknowledgement. Its body is of no interest and is not read.
    fn send(&self, letter: &Taken, address: &Address) -> std::result::Result<(), String> {
        let moment = self.authority.now();
        let answer = self
            .agent
            .post(address.url())
            .header("content-type", "application/json")
            .header("webhook-id", &letter.id)
            .header("webhook-timestamp", moment.to_string())
            .header("webhook-signature", self.secret.sign(&letter.id, moment, &letter.body))
            .send(letter.body.as_bytes());
        match answer {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => Err(format!("the answer was {}", answer.status().as_u16())),
            Err(error) => Err(error.to_string()),
        }
    }

    fn give_up(
        &self,
        letter: &Taken,
        address: &Address,
        why: &str,
    ) -> Result<Option<crate::store::Written>> {
        let Taken { id, kind, attempts, .. } = letter;
        let host = address.host();
        tracing::error!(id, kind, host, attempts, error = why, "a webhook was given up");
        let detail = format!("webhook to {host} given up after {attempts} attempts: {why}");
        self.authority.store().write(&[Change::GiveUp(letter, &detail)])
    }

    /// Twice as long after each attempt, and by chance up to half of that longer, so that not all
    /// come at once to a receiver that is back.
    fn pause(&self, attempts: u32) -> i64 {
        let pause = 1_i64.checked_shl(attempts.saturating_sub(1).min(32)).unwrap_or(LONGEST);
        let pause = pause.min(LONGEST);
        let mut drawn = [0; 4];
        self.chance.fill(&mut drawn);
        pause + i64::from(u32::from_be_bytes(drawn)) % (pause / 2 + 1)
    }
}
