//! `jot serve`

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use jot::error::{Code, Error};
use jot::server::{self, accept::Limits};
use jot::settings::Settings;
use jot::store::sqlite::Missing;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::ServeArgs;
use crate::command::{Context, Ended, log};

pub(crate) mod doors;

pub(crate) fn run(args: &ServeArgs, context: &Context) -> Result<Ended> {
    let said = [("server.listen", &args.listen), ("server.mode", &args.mode)];
    let said: Vec<_> =
        said.iter().filter_map(|(name, said)| said.as_deref().map(|said| (*name, said))).collect();
    let settings = context.settings(&said)?;
    check_built(&settings, context)?;
    let authority = context.authority(&settings, Missing::Create)?;
    authority.ring()?.signing(authority.now())?;
    let limits = Limits {
        connections: settings.server.max_connections,
        connections_each: settings.server.max_connections_per_address,
        ..Limits::default()
    };
    let address = settings.server.listen;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(server::THREADS)
        .build()?;
    let ended = runtime.block_on(async {
        let bound = TcpListener::bind(address).await;
        if args.check {
            return checked(address, bound.err().as_ref(), context);
        }
        let listener = bound.map_err(|error| cannot_listen(address, &error))?;
        let log = log::begin();
        let shutdown = shutdown()?;
        let anybody = authority.has_users()?;
        let local = listener.local_addr()?;
        let doors = doors::of(&settings, (local, false));
        context.output.line(&format!("listening on http://{local}"));
        if !settings.cookies.secure {
            context.output.warn("cookies are sent without Secure (cookies.secure)");
        }
        if !anybody {
            context.output.note("nobody can log in yet: there is no user");
            context.output.hint("jot user add NAME");
        }
        let served = server::run(listener, (Arc::new(authority), doors), limits, shutdown).await;
        log.end();
        served.context("the server stopped")?;
        Ok(Ended::Done)
    });
    // Who was not answered by now will not be; what still runs, such as a wait for the store, ends
    // with the process, and the store keeps all of it or nothing.
    runtime.shutdown_background();
    ended
}

/// A setting of the server that has no effect yet is refused: somebody relies on it. Others are
/// told.
fn check_built(settings: &Settings, context: &Context) -> Result<(), Error> {
    for name in settings.waiting() {
        let seen = format!("{name} is set, and what it is for is not built yet");
        if name.starts_with("server.") {
            return Err(Error::new(Code::Settings, seen)
                .hint("unset it; `jot settings show` says where it is set"));
        }
        context.output.warn(&seen);
    }
    Ok(())
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

/// Ends with SIGTERM or SIGINT. SIGHUP, which elsewhere means reading the settings again, must not
/// end the server.
fn shutdown() -> Result<impl Future<Output = ()>> {
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut hung_up = signal(SignalKind::hangup())?;
    Ok(async move {
        loop {
            tokio::select! {
                _ = terminated.recv() => return,
                _ = interrupted.recv() => return,
                _ = hung_up.recv() => tracing::warn!("settings are read at the start only: start the server again"),
            }
        }
    })
}

fn cannot_listen(address: SocketAddr, why: &io::Error) -> Error {
    Error::new(Code::Failed, format!("cannot listen on {address}: {why}"))
        .hint("take a free port: jot serve --listen 127.0.0.1:0")
}
