//! `jot serve`

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result};
use jot::server::{self, Listeners, Server, accept::Limits};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tracing::Level;

use crate::cli::ServeArgs;
use crate::command::{Context, Ended, log};
use crate::output::Output;

pub(crate) mod certificate;
mod descriptors;
pub(crate) mod doors;
mod listeners;
mod prepare;
mod reload;
mod systemd;

use listeners::Bound;
use prepare::{Preparation, Prepared, Purpose};
use reload::Live;
use systemd::Manager;

pub(crate) fn run(args: &ServeArgs, context: &Context) -> Result<Ended> {
    let handed = systemd::listener()?;
    let preparation = Preparation::new(args.clone(), context.clone(), handed.as_ref())?;
    let purpose = if args.check { Purpose::Check } else { Purpose::Start };
    let prepared = preparation.prepare(purpose)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(server::THREADS)
        .build()?;
    let ended = runtime.block_on(async {
        let bound = Bound::to(&prepared.settings, handed).await;
        if args.check {
            prepared.tell(&context.output);
            return checked(&bound.taken()?, &context.output);
        }
        let listeners = bound.listeners()?;
        serve(listeners, prepared, preparation).await
    });
    // Who was not answered by now will not be; what still runs, such as a wait for the store, ends
    // with the process, and the store keeps all of it or nothing.
    runtime.shutdown_background();
    ended
}

/// Says that everything is good, but for addresses that are `taken`: the server that is there may
/// be told to read the settings, and another cannot start.
fn checked(taken: &[SocketAddr], output: &Output) -> Result<Ended> {
    for address in taken {
        output.warn(&format!(
            "somebody listens on {address} already: no server can start there until that ends"
        ));
    }
    let (document, good) = if taken.is_empty() {
        (json!({"ok": true}), "settings, key, store and address are good")
    } else {
        (json!({"ok": true, "taken": taken}), "settings, key and store are good")
    };
    Ok(output.answer(|| document, || good.to_owned())?.into())
}

async fn serve(
    listeners: Listeners,
    mut prepared: Prepared,
    preparation: Preparation,
) -> Result<Ended> {
    let level = if preparation.is_verbose() { Level::DEBUG } else { Level::INFO };
    let log = log::begin(level);
    let manager = Arc::new(Manager::of(prepared.settings.surroundings()));
    let (shutdown, hung_up) = (shutdown()?, signal(SignalKind::hangup())?);
    let anybody = prepared.authority.lets_anybody_in()?;
    let output = preparation.output();
    let local = listeners.doors.local_addr()?;
    output.line(&format!("listening on {}://{local}", prepared.scheme()));
    if let Some(operators) = &listeners.operators {
        output.line(&format!("operators listen on http://{}", operators.local_addr()?));
    }
    prepared.tell(output);
    let limits = Limits {
        connections: descriptors::connections(prepared.settings.server.max_connections, output),
        connections_each: prepared.settings.server.max_connections_per_address,
        ..Limits::default()
    };
    if !anybody {
        output.note("nobody can log in yet: there is no user with a password");
        output.hint("jot user add NAME");
    }
    let server = Server::new(prepared.parts(local));
    let hooks = Mutex::new(Some(prepared.start_hooks()));
    let live = Arc::new(Live { server, local, hooks });
    // What was prepared belongs to the server alone, which lets go of it at a reload.
    let before = (preparation, prepared.settings.clone());
    drop(prepared);
    let reloads = reload::at_each(hung_up, Arc::clone(&live), before, Arc::clone(&manager));
    let reloads = tokio::spawn(reloads);
    manager.ready();
    let until_told = async {
        shutdown.await;
        manager.stopping();
    };
    let ended = live.server.run(listeners, limits, until_told).await;
    reloads.abort();
    live.end_hooks();
    log.end();
    ended.context("the server stopped")?;
    Ok(Ended::Done)
}

/// Ends with SIGTERM or SIGINT.
fn shutdown() -> Result<impl Future<Output = ()>> {
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
    })
}
