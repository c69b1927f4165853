//! The table of settings, first half: tokens, sessions, keys, the store, claims and passwords.

use std::path::PathBuf;

use crate::alg::Algorithm;
use crate::authority::rules::Sub;
use crate::claims::grammar::Mapped;
use crate::json::Json;
use crate::password::MOST;
use crate::settings::field::{Command, Field};
use crate::settings::table::{Kind, Spec, Value, section};

const ALGORITHMS: &[&str] = &[
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA", "HS256",
    "HS384", "HS512",
];

section! { token Token "What tokens say and how long they live." {
    "The shape of a token's claims."
    profile: &'static str = "djwto", Kind::Choice(&["djwto", "ninja", "rfc9068"]);
    "The issuer; unset: no `iss`."
    iss: Option<String> = "", Kind::Text, old: &["DJWTO_ISS_CLAIM"];
    "What `sub` says: the user's `name` or `id`, `none`, or the same text in every token, written `constant:TEXT`."
    sub: Sub = "name", Kind::Subject, old: &["DJWTO_SUB_CLAIM"];
    "The audience, a text or a list; unset: no `aud`."
    aud: Option<Json> = "", Kind::TextOrList, old: &["DJWTO_AUD_CLAIM"];
    "Whether tokens say when they were issued; without `iat` they count as issued at `exp` minus lifetime."
    iat: bool = "true", Kind::Bool, old: &["DJWTO_IAT_CLAIM"];
    "Whether tokens have an id; without `jti` they are revocable by session only."
    jti: bool = "true", Kind::Bool, old: &["DJWTO_JTI_CLAIM"];
    "How long after its issue a token becomes valid; `0s`: no `nbf`."
    nbf: i64 = "0s", Kind::Duration(0), old: &["DJWTO_NBF_LIFETIME"];
    "Lifetime of an access token; `never`: it ends with the refresh token."
    access_lifetime: Option<i64> = "5m", Kind::DurationOrNever(1), old: &["DJWTO_ACCESS_TOKEN_LIFETIME"];
    "Lifetime of a refresh token; `never`: it ends with `refresh.max_session`."
    refresh_lifetime: Option<i64> = "1d", Kind::DurationOrNever(1), old: &["DJWTO_REFRESH_TOKEN_LIFETIME"];
    "The `client_id` of the profile rfc9068."
    client_id: String = "jot", Kind::Text;
    "How far `exp` and `nbf` may be off when a token is checked."
    leeway: i64 = "0s", Kind::Duration(0);
}}

section! { refresh Refresh "How sessions are refreshed." {
    "Which refreshes rotate the refresh token: all that can (`always`), those whose client takes the successor (`auto`), or updates alone (`update`)."
    rotation: &'static str = "auto", Kind::Choice(&["auto", "always", "update"]);
    "How long the previous refresh token is taken for the current one."
    grace: i64 = "60s", Kind::Duration(0);
    "How long a session lasts at most, however often it is refreshed."
    max_session: i64 = "90d", Kind::Duration(1);
    "Whether a refresh token's lifetime may be renewed."
    allow_update: bool = "true", Kind::Bool, old: &["DJWTO_ALLOW_REFRESH_UPDATE"];
    "Where the refreshing doors of djwto lie, and the path of its refresh cookie."
    path: String = "api/token/refresh", Kind::UrlPath, old: &["DJWTO_REFRESH_COOKIE_PATH"];
}}

section! { keys Keys "Where keys are." {
    "The folder of the key ring."
    folder: PathBuf = ".", Kind::Path, old: &["JWT_KEY_STORAGE", "JWT_PRIVATE_KEY_PATH", "JWT_PUBLIC_KEY_PATH"];
    "The name of a key's files, `NAME.pem` and `NAME.pub`, and of the ring's manifest, `NAME.ring`."
    name: String = "jwt-signing", Kind::FileName, old: &["JWT_PRIVATE_KEY_PATH", "JWT_PUBLIC_KEY_PATH"];
    "The environment variable that holds the key, instead of a folder; its public half is computed."
    env: Option<String> = "", Kind::Variable, old: &["DJWTO_SIGNING_KEY", "DJWTO_VERIFYING_KEY", "JWT_KEY_STORAGE"];
    "A command that prints the key, instead of a folder."
    command: Command = "", Kind::Argv, old: &["JWT_KEY_STORAGE"], command: true;
    "The algorithm of new keys and of keys that do not say theirs; unset: RS256, or what the key's kind allows."
    alg: Option<Algorithm> = "", Kind::Choice(ALGORITHMS), old: &["DJWTO_ALGORITHM"];
    "The file whose first line is the passphrase of encrypted keys."
    passphrase_file: Option<PathBuf> = "", Kind::Path;
    "The environment variable that holds the passphrase of encrypted keys."
    passphrase_env: Option<String> = "", Kind::Variable;
    "Whether a private key that others can read is used all the same."
    allow_open: bool = "false", Kind::Bool;
}}

section! { store Store "Where users, sessions and revocations are kept." {
    "The store, `sqlite:FILE`."
    url: PathBuf = "sqlite:jot.db", Kind::Store;
    "How long to wait for another process that holds the store."
    busy_timeout: i64 = "5s", Kind::Duration(0);
}}

section! { claims Claims "Claims without code." {
    "Claims that are filled from a user's attributes: `claim = \"attribute\"`, or `claim = { attribute = \"…\", format = \"text\" }` with one of the formats text, json (the default), epoch and rfc3339; quote a claim with a dot."
    map: Vec<Mapped> = "", Kind::ClaimMap, old: &["TOKEN_CLAIM_USER_ATTRIBUTE_MAP", "TOKEN_USER_ENCODER_CLS"];
    "Claims that are the same in every token."
    constants: Vec<(String, Json)> = "", Kind::Constants;
    "A command that gets the user as JSON and prints claims, within 5 s."
    command: Command = "", Kind::Argv, command: true;
}}

section! { ninja Ninja "The profile and the door of django-ninja-simple-jwt." {
    "Lifetime of an access token of this profile; `never`: it ends with the refresh token."
    access_lifetime: Option<i64> = "15m", Kind::DurationOrNever(1), old: &["JWT_ACCESS_TOKEN_LIFETIME"];
    "Lifetime of a refresh token of this profile; `never`: it ends with `refresh.max_session`."
    refresh_lifetime: Option<i64> = "30d", Kind::DurationOrNever(1), old: &["JWT_REFRESH_TOKEN_LIFETIME"];
    "The name of the refresh cookie."
    refresh_cookie: String = "refresh", Kind::CookieName, old: &["JWT_REFRESH_COOKIE_NAME"];
    "Whether the refresh cookie is Secure."
    secure: bool = "true", Kind::Bool, old: &["WEB_REFRESH_COOKIE_SECURE"];
    "Whether scripts are kept from the refresh cookie (`HttpOnly`)."
    http_only: bool = "true", Kind::Bool, old: &["WEB_REFRESH_COOKIE_HTTP_ONLY"];
    "`SameSite` of the refresh cookie."
    same_site: &'static str = "Strict", Kind::Choice(&["Strict", "Lax", "None"]), old: &["WEB_REFRESH_COOKIE_SAME_SITE_POLICY"];
    "The path of the refresh cookie."
    path: String = "api/auth/web/token-refresh", Kind::UrlPath, old: &["WEB_REFRESH_COOKIE_PATH"];
}}

section! { password Password "What a password's hash costs (argon2id, RFC 9106)." {
    "Memory for one hash, in KiB."
    memory_kib: u32 = "19456", Kind::Integer(128, MOST.memory as i64);
    "Passes over the memory."
    iterations: u32 = "2", Kind::Integer(1, MOST.iterations as i64);
    "Lanes."
    parallelism: u32 = "1", Kind::Integer(1, MOST.parallelism as i64);
}}

section! { throttle Throttle "How many wrong passwords are judged." {
    "Whether logins are throttled: at an account 100 wrong passwords in a day at most, of a network as `throttle.network` says."
    enabled: bool = "true", Kind::Bool;
    "How many wrong passwords a network may send at once, and again in each hour, to accounts that do not know it."
    network: u32 = "100", Kind::Integer(1, 3600);
}}
