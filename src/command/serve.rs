//! `jot serve`

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use jot::error::{Code, Error};
use jot::server::{self, Server, accept::Limits};
use jot::store::sqlite::Missing;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::ServeArgs;
use crate::command::{Context, Ended, log};

pub(crate) mod doors;
mod prepare;
mod reload;
mod systemd;

use prepare::{Preparation, Prepared};
use systemd::Manager;

pub(crate) fn run(args: &ServeArgs, context: &Context) -> Result<Ended> {
    let handed = systemd::listener()?;
    let preparation = Preparation::new(args.clone(), context.clone(), handed.as_ref())?;
    let prepared = preparation.prepare(Missing::Create)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(server::THREADS)
        .build()?;
    let ended = runtime.block_on(async {
        let address = prepared.settings.server.listen;
        let bound = match handed {
            Some(listener) => TcpListener::from_std(listener),
            None => TcpListener::bind(address).await,
        };
        if args.check {
            prepared.tell(&context.output);
            return checked(address, bound.err().as_ref(), context);
        }
        let listener = bound.map_err(|error| cannot_listen(address, &error))?;
        serve(listener, prepared, preparation).await
    });
    // Who was not answered by now will not be; what still runs, such as a wait for the store, ends
    // with the process, and the store keeps all of it or nothing.
    runtime.shutdown_background();
    ended
}

async fn serve(
    listener: TcpListener,
    prepared: Prepared,
    preparation: Preparation,
) -> Result<Ended> {
    let limits = Limits {
        connections: prepared.settings.server.max_connections,
        connections_each: prepared.settings.server.max_connections_per_address,
        ..Limits::default()
    };
    let log = log::begin();
    let manager = Arc::new(Manager::of(prepared.settings.surroundings()));
    let (shutdown, hung_up) = (shutdown()?, signal(SignalKind::hangup())?);
    let anybody = prepared.authority.has_users()?;
    let output = preparation.output();
    let local = listener.local_addr()?;
    output.line(&format!("listening on {}://{local}", prepared.scheme()));
    prepared.tell(output);
    if !anybody {
        output.note("nobody can log in yet: there is no user");
        output.hint("jot user add NAME");
    }
    let server = Arc::new(Server::new(prepared.parts(local)));
    let before = (preparation, prepared.settings);
    let reloads =
        reload::at_each(hung_up, (Arc::clone(&server), local), before, Arc::clone(&manager));
    let reloads = tokio::spawn(reloads);
    manager.ready();
    let until_told = async {
        shutdown.await;
        manager.stopping();
    };
    let ended = server.run(listener, limits, until_told).await;
    reloads.abort();
    log.end();
    ended.context("the server stopped")?;
    Ok(Ended::Done)
}

/// An address that is taken is good all the same: by the server that is to be replaced.
fn checked(address: SocketAddr, why: Option<&io::Error>, context: &Context) -> Result<Ended> {
    match why {
        Some(error) if error.kind() == ErrorKind::AddrInUse => {
            context.output.note(&format!("somebody listens on {address} already"));
        }
        Some(error) => return Err(cannot_listen(address, error).into()),
        None => {}
    }
    let told = || "settings, key, store and address are good".to_owned();
    Ok(context.output.answer(|| json!({"ok": true}), told)?.into())
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

fn cannot_listen(address: SocketAddr, why: &io::Error) -> Error {
    Error::new(Code::Failed, format!("cannot listen on {address}: {why}"))
        .hint("take a free port: jot serve --listen 127.0.0.1:0")
}
