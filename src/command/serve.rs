//! `jot serve`

use std::net::SocketAddr;
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
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(address).await.map_err(|e| cannot_listen(address, &e))?;
        if args.check {
            return Ok(if context.json() {
                context.output.json(&json!({"ok": true}))
            } else {
                context.output.result("settings, key, store and address are good")
            }?
            .into());
        }
        log_to_stderr();
        let (mut terminated, mut interrupted) =
            (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let shutdown = async move {
            tokio::select! { _ = terminated.recv() => (), _ = interrupted.recv() => () }
        };
        context.output.line(&format!("listening on http://{}", listener.local_addr()?));
        if !authority.has_users()? {
            context.output.note("nobody can log in yet: there is no user");
            context.output.hint("jot user add NAME");
        }
        server::run(listener, Arc::new(authority), limits, shutdown)
            .await
            .context("the server stopped")?;
        Ok(Ended::Done)
    })
}

fn cannot_listen(address: SocketAddr, why: &std::io::Error) -> Error {
    Error::new(Code::Failed, format!("cannot listen on {address}: {why}"))
        .hint("jot serve --listen 127.0.0.1:0 takes a free port")
}

/// Log lines are JSON, whoever reads them: a name with control characters stays one line.
fn log_to_stderr() {
    let log = tracing_subscriber::fmt().json().with_writer(std::io::stderr).with_ansi(false);
    // An error means that something in this process logs already.
    _ = log.try_init();
}
