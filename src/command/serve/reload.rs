//! SIGHUP: the settings are read again, and everything that is made of them takes effect at once, or
//! nothing does.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use jot::error::{Code, Error};
use jot::event::Source;
use jot::server::Server;
use jot::settings::Settings;
use jot::store::sqlite::Missing;
use tokio::signal::unix::Signal;

use super::prepare::Preparation;
use super::systemd::Manager;
use crate::command::quoted;

/// What was set up once: a listener and its caps.
const AT_START: [&str; 3] =
    ["server.listen", "server.max_connections", "server.max_connections_per_address"];

/// Reads the settings again whenever `hung_up` says so. `before` is how they were read, and what they
/// were.
pub(super) async fn at_each(
    mut hung_up: Signal,
    (server, local): (Arc<Server>, SocketAddr),
    before: (Preparation, Settings),
    manager: Arc<Manager>,
) {
    let (preparation, mut settings) = before;
    let preparation = Arc::new(preparation);
    while hung_up.recv().await.is_some() {
        manager.reloading();
        let (preparation, server) = (Arc::clone(&preparation), Arc::clone(&server));
        let before = settings.clone();
        let reloading =
            tokio::task::spawn_blocking(move || reload(&preparation, (&server, local), &before));
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

fn reload(
    preparation: &Preparation,
    (server, local): (&Server, SocketAddr),
    before: &Settings,
) -> Result<Settings> {
    let prepared = preparation.prepare(Missing::Refuse)?;
    if let Some(file) = before.file().filter(|file| prepared.settings.file() != Some(file)) {
        let file = quoted(file);
        return Err(Error::new(Code::Settings, format!("the settings file {file} is gone")).into());
    }
    let changed = changed(before, &prepared.settings);
    let what = if changed.is_empty() { "nothing".to_owned() } else { changed.join(", ") };
    // The last that can fail: a reload that is not in the audit log did not happen.
    prepared.authority.note_reload(&what, &Source::server())?;
    prepared.log();
    server.exchange(prepared.parts(local));
    tracing::info!(event = "settings_reloaded", changed = what, "the settings were read again");
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
