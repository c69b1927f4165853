//! `jot key`

use std::path::{Path, PathBuf};

use anyhow::Result;
use jot::alg;
use jot::error::{Code, Error};
use jot::key::ring::{Entry, Times};
use jot::key::{self, Key, KeySet, Part, TooOpen, Wanted};
use jot::time;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::cli::{KeyAction, KeyReading, KeyShowArgs};
use crate::command::keygen::document;
use crate::command::list::row;
use crate::command::{Context, Ended, input, quoted};
use crate::output::Outcome;

mod change;
mod export;
mod grow;

pub(crate) fn run(action: &KeyAction, context: &Context) -> Result<Ended> {
    match action {
        KeyAction::List => list(context),
        KeyAction::Show(args) => show(args, context),
        KeyAction::Import(args) => grow::import(args, context),
        KeyAction::Export(args) => export::run(args, context),
        KeyAction::Rotate(args) => grow::rotate(args, context),
        KeyAction::Retire { kid } => change::retire(kid, context),
        KeyAction::Revoke(args) => change::revoke(args, context),
        KeyAction::Remove(args) => change::remove(args, context),
    }
}

fn list(context: &Context) -> Result<Ended> {
    let ring = context.ring(&context.settings(&[])?, Part::Public)?;
    let now = context.now();
    let mut lines = context.output.lines();
    let wide = ["PUBLISHED", "SIGNS FROM", "RETIRED", "UNTIL", "REVOKED"].map(|name| (name, 20));
    let head = [("KID", 43), ("ALG", 5), ("BITS", 4), ("STATE", 7)];
    let files = [("PRIVATE", 24), ("PUBLIC", 0)];
    _ = lines.heading(&row(&[&head[..], &wide, &files].concat()))?;
    for entry in ring.entries() {
        _ = lines.answer(|| listed(entry, now), || line(entry, now))?;
    }
    Ok(lines.finish()?.into())
}

fn line(entry: &Entry, now: i64) -> String {
    let Entry { key, times, private, public, .. } = entry;
    let bits = key.bits().to_string();
    let moments = moments(times).map(|(_, moment)| moment.map(time::text).unwrap_or_default());
    let name = |path: &Option<PathBuf>| {
        shown(path.as_ref().and_then(|path| path.file_name()).map(Path::new))
    };
    let [private, public] = [private, public].map(name);
    let head = [(key.kid(), 43), (alg::name(key.alg()), 5), (&bits, 4)];
    let state = [(times.state(now).name(), 7)];
    let wide = moments.each_ref().map(|moment| (moment.as_str(), 20));
    row(&[&head[..], &state, &wide, &[(&private, 24), (&public, 0)]].concat())
}

fn listed(entry: &Entry, now: i64) -> Value {
    let Entry { key, times, reason, private, public } = entry;
    let mut document = json!({
        "kid": key.kid(), "alg": alg::name(key.alg()), "bits": key.bits(),
        "state": times.state(now).name(),
    });
    add_times(&mut document, times, reason.as_deref());
    document["private"] = json!(private);
    document["public"] = json!(public);
    document
}

fn add_times(document: &mut Value, times: &Times, reason: Option<&str>) {
    for (name, moment) in moments(times) {
        document[name.replace(' ', "_")] = json!(moment);
    }
    document["reason"] = json!(reason);
}

/// The times of a key, as far as it has them. What is so since ever has no moment, nor has a first
/// signature where there is none.
fn moments(times: &Times) -> [(&'static str, Option<i64>); 5] {
    let Times { published, signs_from, retired, until, revoked } = *times;
    let signs = retired.is_none_or(|retired| signs_from < retired);
    [
        ("published", Some(published).filter(|moment| *moment > 0)),
        ("signs from", Some(signs_from).filter(|moment| *moment > 0 && signs)),
        ("retired", retired),
        ("until", until),
        ("revoked", revoked),
    ]
}

fn shown(path: Option<&Path>) -> String {
    path.map(|path| path.display().to_string()).unwrap_or_default()
}

fn show(args: &KeyShowArgs, context: &Context) -> Result<Ended> {
    match &args.key {
        None => {
            let ring = context.ring(&context.settings(&[])?, Part::Private)?;
            for (at, entry) in ring.entries().iter().enumerate() {
                if at > 0 && !context.json() {
                    _ = context.output.result("")?;
                }
                _ = tell_entry(entry, context)?;
            }
            Ok(Ended::Done)
        }
        Some(word) => match named(word, Part::Public, context)? {
            Named::File(path) => show_file(&path, args, context),
            Named::Entry(entry) => Ok(tell_entry(&entry, context)?.into()),
        },
    }
}

fn show_file(path: &Path, args: &KeyShowArgs, context: &Context) -> Result<Ended> {
    let set = read(path, &args.reading)?;
    let private = set.keys.iter().any(Key::is_private).then_some(path);
    for key in &set.keys {
        let files = (private, if private.is_some() { None } else { Some(path) });
        let document = document(key, None, files)?;
        _ = context.output.answer(|| document, || page(key, "not in the ring", files, &[]))?;
    }
    for aside in &set.set_aside {
        let kid = aside.kid.as_deref().unwrap_or("without an id");
        context.output.note(&format!("set aside the key {kid}: {}", aside.reason));
    }
    Ok(Ended::Done)
}

/// A key of the ring, with its times.
fn tell_entry(entry: &Entry, context: &Context) -> Result<Outcome> {
    let Entry { key, times, reason, private, public } = entry;
    let (state, files) =
        (times.state(context.now()).name(), (private.as_deref(), public.as_deref()));
    let mut document = document(key, Some(state), files)?;
    add_times(&mut document, times, reason.as_deref());
    let past = moments(times).map(|(name, moment)| Some((name, time::text(moment?))));
    let why = reason.as_ref().map(|reason| ("reason", reason.clone()));
    let about: Vec<_> = past.into_iter().flatten().chain(why).collect();
    Ok(context.output.answer(|| document, || page(key, state, files, &about))?)
}

fn page(
    key: &Key,
    state: &str,
    (private, public): (Option<&Path>, Option<&Path>),
    about: &[(&str, String)],
) -> String {
    let head = [
        ("alg", alg::name(key.alg()).to_owned()),
        ("key", key.description()),
        ("kid", key.kid().to_owned()),
        ("thumbprint", key.thumbprint().to_owned()),
        ("state", state.to_owned()),
    ];
    let files = [("private", shown(private)), ("public", shown(public))];
    let rows = head.iter().chain(about).chain(&files);
    rows.map(|(name, value)| row(&[(name, 10), (value, 0)])).collect::<Vec<_>>().join("\n")
}

/// What a word on the command line names.
enum Named {
    File(PathBuf),
    Entry(Entry),
}

/// A file that is there, else a key of the ring; else what it looks like.
fn named(word: &Path, part: Part, context: &Context) -> Result<Named> {
    let text = word.to_string_lossy();
    let file = || Ok(Named::File(word.to_owned()));
    if word.exists() {
        return file();
    }
    let of_ring = || -> Result<Entry> {
        let ring = context.ring(&context.settings(&[])?, part)?;
        Ok(ring.find(&text)?.clone())
    };
    match of_ring() {
        Err(_) if text.contains(['/', '.']) => file(),
        entry => entry.map(Named::Entry),
    }
}

fn read(path: &Path, reading: &KeyReading) -> Result<KeySet> {
    read_with(path, reading, &|| of_file(reading))
}

fn read_with(
    path: &Path,
    reading: &KeyReading,
    passphrase: &dyn Fn() -> Result<Zeroizing<String>, Error>,
) -> Result<KeySet> {
    let algs = reading.alg.iter().map(|name| alg::parse(name)).collect::<Result<Vec<_>, _>>()?;
    let open = if reading.allow_open_key { TooOpen::Accept } else { TooOpen::Refuse };
    Ok(key::read_file(path, &Wanted { algs: &algs, passphrase: Some(passphrase) }, open)?)
}

/// The passphrase of a file that is named on the command line.
fn of_file(reading: &KeyReading) -> Result<Zeroizing<String>, Error> {
    match &reading.passphrase_file {
        Some(file) => input::secret_file(file, "passphrase"),
        None => input::passphrase("Passphrase"),
    }
}

fn one(mut keys: Vec<Key>, path: &Path) -> Result<Key, Error> {
    match (keys.len(), keys.pop()) {
        (1, Some(key)) => Ok(key),
        (seen, _) => Err(Error::new(
            Code::Usage,
            format!("{} holds {seen} keys, one was expected", quoted(path)),
        )),
    }
}
