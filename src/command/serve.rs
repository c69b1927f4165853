//! `jot serve`

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::panic::Location;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use jot::error::{Code, Error};
use jot::server::{self, accept::Limits};
use jot::store::sqlite::Missing;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::ServeArgs;
use crate::command::{Context, Ended};

pub(crate) fn run(args: &ServeArgs, context: &Context) -> Result<Ended> {
    let listen = args.listen.as_deref().map(|listen| ("server.listen", listen));
    let settings = context.settings(listen.as_slice())?;
    if settings.server.mode != "json" {
        let seen =
            format!("server.mode is \"{}\", and only \"json\" is built", settings.server.mode);
        return Err(Error::new(Code::Settings, seen)
            .hint("JOT_SERVER__MODE=json jot serve")
            .into());
    }
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
        log_to_stderr();
        let (mut terminated, mut interrupted) =
            (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let shutdown = async move {
            tokio::select! { _ = terminated.recv() => (), _ = interrupted.recv() => () }
        };
        let anybody = authority.has_users()?;
        context.output.line(&format!("listening on http://{}", listener.local_addr()?));
        if !anybody {
            context.output.note("nobody can log in yet: there is no user");
            context.output.hint("jot user add NAME");
        }
        server::run(listener, Arc::new(authority), limits, shutdown)
            .await
            .context("the server stopped")?;
        Ok(Ended::Done)
    });
    // Who was not answered by now will not be; what still runs, such as a wait for the store, ends
    // with the process, and the store keeps all of it or nothing.
    runtime.shutdown_background();
    ended
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

fn cannot_listen(address: SocketAddr, why: &io::Error) -> Error {
    Error::new(Code::Failed, format!("cannot listen on {address}: {why}"))
        .hint("take a free port: jot serve --listen 127.0.0.1:0")
}

/// Log lines are JSON, whoever reads them: a name with control characters stays one line. A reader
/// that goes away ends the log, not the server. Of a panic the place is told: its message may hold
/// what somebody sent.
fn log_to_stderr() {
    let log = tracing_subscriber::fmt()
        .json()
        .with_writer(io::stderr)
        .with_ansi(false)
        .log_internal_errors(false);
    // An error means that something in this process logs already.
    _ = log.try_init();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(Location::to_string);
        tracing::error!(place, "a thread panicked");
    }));
}
