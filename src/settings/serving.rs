//! The table of settings, second half: cookies, the server, events and hooks.

use std::net::SocketAddr;
use std::path::PathBuf;

use ipnet::IpNet;

use crate::event;
use crate::json::Json;
use crate::settings::field::{Command, Field, Secret};
use crate::settings::table::{Kind, Spec, Value, section};

section! { cookies Cookies "The cookies of the djwto door." {
    "`SameSite` of the token cookies."
    same_site: &'static str = "Lax", Kind::Choice(&["Lax", "Strict", "None"]), old: &["DJWTO_SAME_SITE"];
    "`Domain` of the token cookies; unset: the host that set them."
    domain: Option<String> = "", Kind::Host, old: &["DJWTO_DOMAIN"];
    "Whether the doors ask for a CSRF token."
    csrf: bool = "true", Kind::Bool, old: &["DJWTO_CSRF"];
    "Whether cookies are Secure; `false` only for a server that nobody else can reach."
    secure: bool = "true", Kind::Bool;
}}

section! { server Server "The login server." {
    "How the djwto door hands out tokens: in the body (`json`), or in cookies, where `two-cookies` lets scripts read the claims."
    mode: &'static str = "json", Kind::Choice(&["json", "one-cookie", "two-cookies"]), old: &["DJWTO_MODE"];
    "The address and port to listen on; port 0 takes a free one."
    listen: SocketAddr = "127.0.0.1:8000", Kind::Address;
    "How many connections are served at a time; once all are taken, one that waits for its client makes room for another."
    max_connections: usize = "1024", Kind::Integer(1, 1_000_000);
    "How many of them may come from one address; behind a proxy all do."
    max_connections_per_address: usize = "256", Kind::Integer(1, 1_000_000);
    "The certificate chain for HTTPS, in PEM, the server's own certificate first; unset: plain HTTP."
    tls_cert: Option<PathBuf> = "", Kind::Path;
    "The certificate's private key, in PEM, for its owner's eyes only."
    tls_key: Option<PathBuf> = "", Kind::Path;
    "Whether the server makes a certificate of its own and keeps it beside the store."
    tls_self_signed: bool = "false", Kind::Bool;
    "The origins under which browsers see the server; unset: the listener's."
    public_origins: Vec<String> = "", Kind::Origins;
    "The origins whose scripts may ask the server, exactly as browsers write them."
    cors_origins: Vec<String> = "", Kind::Origins;
    "The networks whose X-Forwarded headers are believed."
    trusted_proxies: Vec<IpNet> = "", Kind::Networks;
    "The address and port of the operators' listener; unset: none."
    operators_listen: Option<SocketAddr> = "", Kind::Address;
}}

section! { events Events "The audit log." {
    "Which of the frequent events are stored as well."
    record: Vec<String> = "", Kind::Choices(&["token_validated", "access_refreshed"]);
    "How long events are kept."
    keep: i64 = "90d", Kind::Duration(1);
}}

section! { hooks Hooks "Commands and webhooks at events; a command gets the event as JSON." {
    "Runs when somebody logged in."
    logged_in: Command = "", Kind::Argv, command: true, old: &["jwt_logged_in"];
    "Runs when a login was refused."
    login_failed: Command = "", Kind::Argv, command: true, old: &["jwt_login_fail"];
    "Runs when something was revoked."
    blacklisted: Command = "", Kind::Argv, command: true, old: &["jwt_blacklisted"];
    "Runs when a token was found valid."
    token_validated: Command = "", Kind::Argv, command: true, old: &["jwt_token_validated"];
    "Runs when an access token was refreshed."
    access_refreshed: Command = "", Kind::Argv, command: true, old: &["jwt_access_refreshed"];
    "Runs when a refresh token was renewed."
    refresh_updated: Command = "", Kind::Argv, command: true, old: &["jwt_refresh_updated"];
    "Runs when a refresh was refused."
    refresh_refused: Command = "", Kind::Argv, command: true;
    "Runs when a refresh token was taken after its grace."
    refresh_recovered: Command = "", Kind::Argv, command: true;
    "Runs when a stolen refresh token ended a session."
    theft_detected: Command = "", Kind::Argv, command: true;
    "Runs when somebody logged out."
    logged_out: Command = "", Kind::Argv, command: true;
    "Runs when logins begin to be slowed."
    throttled: Command = "", Kind::Argv, command: true;
    "Runs when a user was changed."
    user_changed: Command = "", Kind::Argv, command: true;
    "Runs when a key was changed."
    key_changed: Command = "", Kind::Argv, command: true;
    "Runs when the settings were read again."
    settings_reloaded: Command = "", Kind::Argv, command: true;
    "Where events are sent: a table from kind of event to URL, https, or http to this machine."
    webhooks: Vec<(String, Json)> = "", Kind::Webhooks(event::Kind::NAMES);
    "The secret that signs what is sent, `whsec_` and base64 or any text."
    webhook_secret: Option<Secret> = "", Kind::Text, secret: true;
    "The file whose first line is the secret that signs what is sent."
    webhook_secret_file: Option<PathBuf> = "", Kind::Path;
}}
