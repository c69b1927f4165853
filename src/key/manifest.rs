//! The manifest of a ring, NAME.ring: which keys make it, in which files they lie, and their times.
//!
//! It lies beside the keys and not in the store, so that a restored store cannot bring a revoked key
//! back. It holds no secret. Where there is none, a ring is one key, active since ever.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::ring::{Entry, Times};
use super::{TooOpen, file, read, unreadable};
use crate::alg::{self, Algorithm};
use crate::error::{Error, Result};
use crate::json::{Json, MAX_DEPTH};

/// The version that is written, and the newest that is read.
const VERSION: i64 = 1;

/// The members of a manifest, and those of a key in it.
const MEMBERS: [&str; 2] = ["version", "keys"];
const OF_A_KEY: [&str; 10] = [
    "kid",
    "alg",
    "private",
    "public",
    "published",
    "signs_from",
    "retired",
    "until",
    "revoked",
    "reason",
];

/// What a manifest says of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its `kid`.
    pub kid: String,
    /// Its algorithm.
    pub alg: Algorithm,
    /// The name of the file of its private half, in the ring's folder.
    pub private: Option<String>,
    /// The name of the file of its public half.
    pub public: Option<String>,
    /// When it does what.
    pub times: Times,
    /// Why it was revoked.
    pub reason: Option<String>,
}

/// The keys of a ring, as its manifest lists them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// One for each key.
    pub records: Vec<Record>,
}

/// Where the manifest of the ring `name` lies.
pub fn path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.ring"))
}

/// The manifest at `path`, if there is one.
pub(super) fn load(path: &Path, open: TooOpen) -> Result<Option<Manifest>> {
    let unread = |error: io::Error| {
        let kind = error.kind();
        unreadable(format!("the key ring {} cannot be read: {kind}", file::quoted(path)))
    };
    let handle = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(unread)?,
    };
    read::check_everybodys("key ring", path, &handle.metadata().map_err(unread)?, open)?;
    let bytes = read::bounded(handle).map_err(unread)?;
    let origin = format!("the key ring {}", file::quoted(path));
    Manifest::parse(&bytes).map(Some).map_err(|error| read::from(&origin, &error))
}

/// Nobody but its backup knows the times of a ring's keys.
fn damaged(sentence: impl Into<String>) -> Error {
    unreadable(sentence).hint("put back the file as it was, from a backup")
}

impl Record {
    /// The record of a key that no manifest lists yet.
    pub(super) fn of(entry: &Entry) -> Self {
        let name = |path: &Option<PathBuf>| {
            path.as_ref()?.file_name().map(|name| name.to_string_lossy().into_owned())
        };
        Self {
            kid: entry.key.kid().to_owned(),
            alg: entry.key.alg(),
            private: name(&entry.private),
            public: name(&entry.public),
            times: entry.times,
            reason: None,
        }
    }

    /// Whether that is its key, in its files.
    pub(super) fn is_of(&self, entry: &Entry) -> bool {
        let Self { kid, alg, private, public, .. } = Self::of(entry);
        (kid, alg, private, public)
            == (self.kid.clone(), self.alg, self.private.clone(), self.public.clone())
    }

    fn json(&self) -> Json {
        let text = |text: &Option<String>| text.as_ref().map_or(Json::Null, Json::string);
        let moment = |moment: Option<i64>| moment.map_or(Json::Null, Json::integer);
        let Times { published, signs_from, retired, until, revoked } = self.times;
        let values = [
            Json::string(&self.kid),
            Json::string(alg::name(self.alg)),
            text(&self.private),
            text(&self.public),
            Json::integer(published),
            Json::integer(signs_from),
            moment(retired),
            moment(until),
            moment(revoked),
            text(&self.reason),
        ];
        Json::Object(OF_A_KEY.iter().map(|name| (*name).to_owned()).zip(values).collect())
    }

    fn parse(json: &Json) -> Result<Self> {
        check_members(json, &OF_A_KEY)?;
        let mistyped = |name: &str, expected: &str| {
            let seen = json.get(name).map_or("not there", Json::kind);
            damaged(format!("\"{name}\" of a key is {seen}, {expected} was expected"))
        };
        let text = |name| match json.get(name) {
            Some(Json::Null) => Ok(None),
            Some(Json::String(text)) => Ok(Some(text.clone())),
            _ => Err(mistyped(name, "a string")),
        };
        let moment = |name| match json.get(name) {
            Some(Json::Null) => Ok(None),
            other => {
                let whole = other.and_then(Json::as_i64);
                whole.map(Some).ok_or_else(|| mistyped(name, "seconds since 1970"))
            }
        };
        let since = |name| moment(name)?.ok_or_else(|| mistyped(name, "seconds since 1970"));
        let file = |name| match text(name)? {
            Some(file) if !is_plain(&file) => {
                let file = file.escape_debug();
                Err(damaged(format!("\"{file}\" is not the name of a file beside it")))
            }
            file => Ok(file),
        };
        let named = text("alg")?.unwrap_or_default();
        let record = Self {
            kid: text("kid")?.ok_or_else(|| mistyped("kid", "a string"))?,
            alg: alg::from_name(&named).ok_or_else(|| {
                damaged(format!("unsupported algorithm \"{}\"", named.escape_debug()))
            })?,
            private: file("private")?,
            public: file("public")?,
            times: Times {
                published: since("published")?,
                signs_from: since("signs_from")?,
                retired: moment("retired")?,
                until: moment("until")?,
                revoked: moment("revoked")?,
            },
            reason: text("reason")?,
        };
        if record.files().next().is_none() {
            let kid = record.kid.escape_debug();
            return Err(damaged(format!("the key \"{kid}\" has no file")));
        }
        Ok(record)
    }

    /// The names of its files.
    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        self.private.iter().chain(&self.public).map(String::as_str)
    }
}

impl Manifest {
    /// The text of the file, a key on a line.
    pub(super) fn text(&self) -> String {
        let keys: Vec<_> =
            self.records.iter().map(|record| format!("  {}", record.json())).collect();
        format!("{{\"version\":{VERSION},\"keys\":[\n{}\n]}}\n", keys.join(",\n"))
    }

    fn parse(bytes: &[u8]) -> Result<Self> {
        let text = std::str::from_utf8(bytes).map_err(|_| damaged("this is not UTF-8"))?;
        let json = Json::read(text, MAX_DEPTH)
            .map_err(|fault| damaged(format!("this is {fault}; it may have been cut short")))?;
        match json.get("version").and_then(Json::as_i64) {
            Some(VERSION) => {}
            Some(version) if version > VERSION => {
                let sentence =
                    format!("this is of version {version}, this jot knows {VERSION} at most");
                return Err(unreadable(sentence).hint("update jot"));
            }
            _ => return Err(damaged(format!("\"version\" is not {VERSION}"))),
        }
        if let Some(twice) = json.duplicates().first() {
            let twice = twice.escape_debug();
            return Err(damaged(format!("the member \"{twice}\" stands twice")));
        }
        check_members(&json, &MEMBERS)?;
        let Some(Json::Array(keys)) = json.get("keys") else {
            return Err(damaged("\"keys\" is not an array"));
        };
        let records: Vec<_> = keys.iter().map(Record::parse).collect::<Result<_, _>>()?;
        let (mut kids, mut files) = (HashSet::new(), HashSet::new());
        for record in &records {
            let mut twice = record.files().filter(|file| !files.insert(*file));
            let kid = (!kids.insert(&record.kid)).then_some(record.kid.as_str());
            if let Some(twice) = kid.or_else(|| twice.next()) {
                let twice = twice.escape_debug();
                return Err(damaged(format!("\"{twice}\" stands for two keys")));
            }
        }
        Ok(Self { records })
    }
}

fn check_members(json: &Json, known: &[&str]) -> Result<()> {
    let Some(members) = json.members() else {
        return Err(damaged(format!("{} stands where an object was expected", json.kind())));
    };
    match members.iter().find(|(name, _)| !known.contains(&name.as_str())) {
        Some((name, _)) => Err(damaged(format!("unknown member \"{}\"", name.escape_debug()))),
        None => Ok(()),
    }
}

/// Whether it names a file of the folder itself.
fn is_plain(file: &str) -> bool {
    Path::new(file).file_name().is_some_and(|name| name == file)
}

/// The error of a key that is not where its record says, with the way to go on without it.
pub(super) fn forget(error: Error, record: &Record) -> Error {
    let kid = typed(&record.kid);
    error.hint(format!("put it back, or forget that key: jot key remove {kid} --force --yes"))
}

/// A kid as it is typed into a shell. Many begin with a dash.
pub(super) fn typed(kid: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if !kid.is_empty() && kid.chars().all(is_plain) {
        return kid.to_owned();
    }
    format!("'{}'", kid.replace('\'', r"'\''"))
}
