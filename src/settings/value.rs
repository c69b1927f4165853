//! Checks one value against its row of the table, wherever it came from.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::json::{Json, MAX_DEPTH};
use crate::near::nearest;
use crate::settings::table::{Kind, Spec, Value};
use crate::settings::{entry, file, web};
use crate::time;

/// What is wrong with a value.
#[derive(Debug)]
pub(super) struct Fault {
    /// The entry of a table that is wrong.
    pub(super) entry: Option<String>,
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

pub(super) type Checked<T> = std::result::Result<T, Fault>;

impl Fault {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { entry: None, message: message.into(), hint: None }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(super) fn at(mut self, entry: &str) -> Self {
        self.entry = Some(entry.to_owned());
        self
    }
}

/// Checks what an environment variable or the command line says. Lists are separated by commas or
/// written like commands and tables, in TOML or JSON.
pub(super) fn from_text(spec: &Spec, said: &str, base: &Path) -> Checked<Value> {
    let json = match spec.kind {
        Kind::Bool => said.parse().map_or_else(|_| Json::string(said), Json::Bool),
        Kind::Integer(..) => said.parse().map_or_else(|_| Json::string(said), Json::integer),
        Kind::Origins | Kind::Networks | Kind::Choices(_) if !said.starts_with('[') => split(said),
        Kind::TextOrList if said.starts_with('[') => structured(said)?,
        Kind::TextOrList if said.contains(',') => split(said),
        kind if kind.is_text() => return text(spec, said, base),
        Kind::Argv if said.is_empty() => Json::Array(Vec::new()),
        _ if said.is_empty() => Json::Object(Vec::new()),
        _ => structured(said)?,
    };
    check(spec, &json, base)
}

/// Checks a value; `base` is the folder that relative paths start from.
pub(super) fn check(spec: &Spec, json: &Json, base: &Path) -> Checked<Value> {
    match (spec.kind, json) {
        (Kind::Bool, Json::Bool(flag)) => Ok(Value::Flag(*flag)),
        (Kind::Integer(least, most), Json::Number(_)) => match json.as_i64() {
            Some(number) if (least..=most).contains(&number) => Ok(Value::Integer(number)),
            _ => wrong(spec, json),
        },
        (kind, Json::Array(items)) if kind.is_list() => list(kind, items),
        (Kind::ClaimMap | Kind::Constants | Kind::Webhooks(_), Json::Object(entries)) => {
            entries.iter().try_for_each(|(name, value)| entry::check(spec.kind, name, value))?;
            Ok(Value::Table(entries.clone()))
        }
        (kind, Json::String(said)) if kind.is_text() => text(spec, said, base),
        _ => wrong(spec, json),
    }
}

/// A value that is one text. An empty one unsets what may be unset.
fn text(spec: &Spec, said: &str, base: &Path) -> Checked<Value> {
    if said.is_empty() && spec.default.is_empty() {
        return Ok(Value::Unset);
    }
    word(spec.kind, said, base)?.map_or_else(|| wrong(spec, &Json::string(said)), Ok)
}

fn wrong(spec: &Spec, json: &Json) -> Checked<Value> {
    let seen = if spec.secret { "something else".to_owned() } else { seen(spec.kind, json) };
    Err(Fault::new(format!("expected {}, seen {seen}", expected(spec.kind))))
}

/// What a kind of value looks like.
pub(super) fn expected(kind: Kind) -> String {
    let fixed = match kind {
        Kind::Text => "a text",
        Kind::Bool => "true or false",
        Kind::Integer(least, most) => return format!("a whole number from {least} to {most}"),
        Kind::Duration(0) => "a duration such as \"5m\"",
        Kind::Duration(_) => "a duration such as \"5m\", at least one second",
        Kind::DurationOrNever(_) => "a duration such as \"5m\", at least one second, or \"never\"",
        Kind::Choice(words) => return format!("one of {}", words.join(", ")),
        Kind::Choices(words) => return format!("a list of {}", words.join(", ")),
        Kind::Origins => "a list of origins such as \"https://example.org\"",
        Kind::Networks => "a list of networks such as \"10.0.0.0/8\"",
        Kind::TextOrList => "a text or a list of texts",
        Kind::Path => "a path",
        Kind::FileName => "a file's name without a folder",
        Kind::UrlPath => "a path such as \"api/token\" of letters, digits and - . _ ~",
        Kind::Address => "an address with its port such as \"127.0.0.1:8000\"",
        Kind::Host => "the name of a host",
        Kind::CookieName => "the name of a cookie",
        Kind::Store => "sqlite:FILE",
        Kind::Variable => "the name of an environment variable",
        Kind::Subject => "name, id, none or constant:TEXT",
        Kind::Argv => "a list of texts, the program and its arguments",
        Kind::ClaimMap => "a table from claim to attribute",
        Kind::Constants => "a table from claim to value",
        Kind::Webhooks(_) => "a table from kind of event to URL",
    };
    fixed.to_owned()
}

/// The kinds whose value is one text. None: not one of theirs.
fn word(kind: Kind, text: &str, base: &Path) -> Checked<Option<Value>> {
    let plain = || Value::Text(text.to_owned());
    Ok(match kind {
        Kind::Duration(least) | Kind::DurationOrNever(least) => {
            return lifetime(text, least, matches!(kind, Kind::DurationOrNever(_)));
        }
        Kind::UrlPath => {
            let path = text.strip_prefix('/').unwrap_or(text);
            let path = path.strip_suffix('/').unwrap_or(path);
            url_path(path).then(|| Value::Text(path.to_owned()))
        }
        Kind::Path => (!text.is_empty()).then(|| Value::Path(join(base, text))),
        Kind::Store => match text.strip_prefix("sqlite:") {
            Some(file) if !file.is_empty() => Some(Value::Path(join(base, file))),
            _ => None,
        },
        Kind::Choice(words) if !words.contains(&text) => {
            let fault = Fault::new(format!(
                "expected {}, seen \"{}\"",
                expected(kind),
                text.escape_debug()
            ));
            return Err(match nearest(text, words.iter().copied()) {
                Some(word) => fault.hint(format!("did you mean \"{word}\"?")),
                None => fault,
            });
        }
        Kind::FileName => {
            (!text.is_empty() && !text.contains(['/', '\\', '\0']) && !matches!(text, "." | ".."))
                .then(plain)
        }
        Kind::Address => text.parse::<SocketAddr>().is_ok().then(plain),
        Kind::Host => web::is_host(text).then(plain),
        Kind::CookieName => web::is_cookie_name(text).then(plain),
        Kind::Variable => {
            let named = |c: char| c == '_' || c.is_ascii_alphanumeric();
            (text.chars().all(named)
                && !text.starts_with(|c: char| c.is_ascii_digit())
                && !text.is_empty())
            .then(plain)
        }
        Kind::Subject => return subject(kind, text).map(|()| Some(plain())),
        _ => (!text.is_empty()).then(plain),
    })
}

fn subject(kind: Kind, text: &str) -> Checked<()> {
    let constant = text.strip_prefix("constant:").is_some_and(|text| !text.is_empty());
    if constant || matches!(text, "name" | "id" | "none") {
        return Ok(());
    }
    let said = format!("expected {}, seen \"{}\"", expected(kind), text.escape_debug());
    Err(Fault::new(said)
        .hint(format!("write \"constant:{}\" for a fixed text", text.escape_debug())))
}

fn lifetime(text: &str, least: i64, never: bool) -> Checked<Option<Value>> {
    if text == "never" && !never {
        return Err(Fault::new("expected a duration such as \"5m\", it cannot be \"never\""));
    }
    let read = time::duration_or_never(text).map_err(|error| Fault {
        entry: None,
        message: error.to_string(),
        hint: error.hint_text().map(str::to_owned),
    })?;
    Ok((read.is_none_or(|seconds| seconds >= least)).then_some(Value::Duration(read)))
}

fn list(kind: Kind, items: &[Json]) -> Checked<Value> {
    let mut texts = Vec::with_capacity(items.len());
    for item in items {
        match (kind, item) {
            (_, Json::String(text)) if !is_one_of(kind, text) => {
                return Err(Fault::new(format!(
                    "expected {}, seen {}",
                    expected(kind),
                    seen(kind, item)
                )));
            }
            (Kind::Argv, Json::String(text)) if !text.is_empty() || !texts.is_empty() => {
                texts.push(text.clone());
            }
            (_, Json::String(text)) if !text.is_empty() => texts.push(text.clone()),
            _ => {
                let (expected, seen) = (expected(kind), seen(kind, item));
                return Err(Fault::new(format!("expected {expected}, seen one with {seen} in it")));
            }
        }
    }
    if kind == Kind::TextOrList && texts.is_empty() {
        return Ok(Value::Unset);
    }
    Ok(Value::List(texts))
}

/// Whether a text may stand in a list of that kind, where that is more than any text.
fn is_one_of(kind: Kind, text: &str) -> bool {
    match kind {
        Kind::Choices(words) => words.contains(&text),
        Kind::Origins => web::is_origin(text),
        Kind::Networks => web::network(text).is_some(),
        _ => true,
    }
}

pub(super) fn seen(kind: Kind, json: &Json) -> String {
    match json {
        Json::String(text) if text.is_empty() => "an empty text".into(),
        // A pasted key or a password in a URL is no matter for a message.
        Json::String(_) if kind == Kind::Variable => "another text".into(),
        Json::String(text) if kind == Kind::Store => match text.split_once(':') {
            Some((scheme, _)) => format!("\"{}:…\"", scheme.escape_debug()),
            None => "another text".into(),
        },
        Json::String(text) => format!("\"{}\"", text.escape_debug()),
        Json::Number(digits) => format!("the number {digits}"),
        Json::Bool(flag) => flag.to_string(),
        Json::Array(_) => "a list".into(),
        Json::Object(_) => "a table".into(),
        Json::Null => "nothing".into(),
    }
}

fn split(text: &str) -> Json {
    Json::strings(text.split(',').map(str::trim).filter(|item| !item.is_empty()))
}

/// A list or a table, in TOML or else in JSON.
fn structured(text: &str) -> Checked<Json> {
    if let Ok(value) = toml::de::DeValue::parse(text) {
        return file::json(value.get_ref()).map_err(Fault::new);
    }
    match Json::read(text, MAX_DEPTH) {
        Ok(json) if json.duplicates().is_empty() => Ok(json),
        Ok(_) => Err(Fault::new("a member stands in it twice")),
        Err(_) => Err(Fault::new("expected a list or table in TOML or JSON")
            .hint("write it like [\"program\", \"argument\"] or { claim = \"attribute\" }")),
    }
}

fn url_path(path: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    path.split('/').all(|part| !matches!(part, "" | "." | "..") && part.chars().all(fits))
}

/// An absolute path, without the dots that only lengthen it.
fn join(base: &Path, path: &str) -> PathBuf {
    base.join(path).components().collect()
}
