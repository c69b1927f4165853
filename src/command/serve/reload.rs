//! SIGHUP: the settings are read again, and everything that is made of them takes effect at once, or
//! nothing does.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, anyhow};
use jot::error::{Code, Error};
use jot::event::Source;
use jot::server::Server;
use jot::settings::Settings;
use tokio::signal::unix::Signal;

use super::prepare::{Preparation, Purpose};
use super::systemd::Manager;
use crate::command::hook::Running;
use crate::command::quoted;

/// What was set up once: listeners and their caps.
const AT_START: [&str; 4] = [
    "server.listen",
    "server.operators_listen",
    "server.max_connections",
    "server.max_connections_per_address",
];

/// What is exchanged: a server, which listens there, and its hooks.
pub(super) struct Live {
    pub(super) server: Server,
    pub(super) local: SocketAddr,
    pub(super) hooks: Mutex<Option<Running>>,
}

impl Live {
    /// Goes on with these hooks, and answers those before.
    fn hook(&self, hooks: Option<Running>) -> Option<Running> {
        std::mem::replace(&mut *self.hooks.lock().unwrap_or_else(PoisonError::into_inner), hooks)
    }

    /// Lets the hooks end.
    pub(super) fn end_hooks(&self) {
        if let Some(last) = self.hook(None) {
            last.end();
        }
    }
}

/// Reads the settings again whenever `hung_up` says so. `before` is how they were read, and what they
/// were.
pub(super) async fn at_each(
    mut hung_up: Signal,
    live: Arc<Live>,
    before: (Preparation, Settings),
    manager: Arc<Manager>,
) {
    let (preparation, mut settings) = before;
    let preparation = Arc::new(preparation);
    while hung_up.recv().await.is_some() {
        manager.reloading();
        let (preparation, live) = (Arc::clone(&preparation), Arc::clone(&live));
        let before = settings.clone();
        let reloading = tokio::task::spawn_blocking(move || reload(&preparation, &live, &before));
        match reloading.await.unwrap_or_else(|_| Err(anyhow!("the reload broke off"))) {
            Ok(read) => settings = read,
            Err(error) => {
                let hint = error.downcast_ref::<Error>().and_then(Error::hint_text);
                let error = format!("{error:#}");
                tracing::error!(error, hint, "the settings were not read again, nothing changed");
            }
        }
        manager.ready();
    }
}

fn reload(preparation: &Preparation, live: &Live, before: &Settings) -> Result<Settings> {
    let mut prepared = preparation.prepare(Purpose::Reload)?;
    if let Some(file) = before.file().filter(|file| prepared.settings.file() != Some(file)) {
        let file = quoted(file);
        return Err(Error::new(Code::Settings, format!("the settings file {file} is gone")).into());
    }
    let changed = changed(before, &prepared.settings);
    let what = if changed.is_empty() { "nothing".to_owned() } else { changed.join(", ") };
    // The last that can fail: a reload that is not in the audit log did not happen.
    prepared.authority.note_reload(&what, &Source::server())?;
    prepared.log();
    live.server.exchange(prepared.parts(live.local));
    if let Some(before) = live.hook(Some(prepared.start_hooks())) {
        before.make_room();
    }
    for setting in changed.iter().filter(|name| AT_START.contains(name)) {
        tracing::warn!(setting, "this takes effect when the server is started again");
    }
    Ok(prepared.settings)
}

/// The names of the settings that are not what they were. Secrets are not compared.
fn changed(before: &Settings, after: &Settings) -> Vec<&'static str> {
    let pairs = before.show().zip(after.show());
    pairs.filter(|(old, new)| old.value != new.value).map(|(_, new)| new.spec.name).collect()
}
