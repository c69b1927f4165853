//! A ring in a folder: the files that its manifest lists, or without one a single key.

use std::fs::Metadata;
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::manifest::{self, Record};
use super::place::Found;
use super::ring::{Entry, Times};
use super::{Key, KeySet, Part, TooOpen, Wanted, file, read, read_file, unfit};
use crate::error::{Code, Error, Result};

/// The endings of a private key's file.
const ENDINGS: [&str; 4] = ["pem", "jwk", "key", "der"];

/// How much of a key's thumbprint names its files in a ring.
pub(super) const SHORT: usize = 8;

/// What tells one state of a file from another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stamp(Option<Seen>);

/// Which file, how long, and when its bytes and its entry were changed last. The bytes' time can be
/// set by whoever copies a file; that of its entry cannot.
type Seen = (u64, u64, u64, (i64, i64), (i64, i64));

impl Stamp {
    /// That of the file at `path`, which may be missing.
    pub fn of(path: &Path) -> io::Result<Self> {
        let seen = |m: Metadata| {
            let (bytes, entry) = ((m.mtime(), m.mtime_nsec()), (m.ctime(), m.ctime_nsec()));
            (m.dev(), m.ino(), m.size(), bytes, entry)
        };
        match path.metadata() {
            Ok(metadata) => Ok(Self(Some(seen(metadata)))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self(None)),
            Err(error) => Err(error),
        }
    }
}

/// What tells one state of the ring from another: the stamp of its manifest, or without one those of
/// the files that its only key may lie in.
pub(super) fn stamps(folder: &Path, name: &str) -> io::Result<Vec<Stamp>> {
    let manifest = Stamp::of(&manifest::path(folder, name))?;
    if manifest != Stamp::default() {
        return Ok(vec![manifest]);
    }
    let files = ENDINGS.iter().chain(&["pub"]);
    files.map(|ending| Stamp::of(&named(folder, name, ending))).collect()
}

fn named(folder: &Path, name: &str, ending: &str) -> PathBuf {
    folder.join(format!("{name}.{ending}"))
}

/// The keys of the ring `name`. Those that are `known` are not read again.
pub(super) fn keys(
    (folder, name): (&Path, &str),
    wanted: &Wanted<'_>,
    (open, part): (TooOpen, Part),
    known: &[Entry],
) -> Result<Found> {
    let path = manifest::path(folder, name);
    let Some(mut manifest) = manifest::load(&path, open)? else {
        check_unlisted(folder, name)?;
        let entry = plain(folder, name, wanted, (open, part))?.ok_or_else(|| none(folder, name))?;
        return Ok(Found { entries: vec![entry], listed: false });
    };
    loop {
        let entries = manifest.records.iter().map(|record| {
            let entry = match known.iter().find(|entry| record.is_of(entry)) {
                Some(entry) => entry.clone(),
                None => listed(&path, record, wanted, (open, part))?,
            };
            Ok(Entry { times: record.times, reason: record.reason.clone(), ..entry })
        });
        let missed = match entries.collect() {
            Ok(entries) => return Ok(Found { entries, listed: true }),
            Err(error) => error,
        };
        // A key that was removed meanwhile is missed by who had read that it was there.
        match manifest::load(&path, open)? {
            Some(changed) if changed != manifest => manifest = changed,
            _ => return Err(missed),
        }
    }
}

/// The key that is there without a manifest.
pub(super) fn plain(
    folder: &Path,
    name: &str,
    wanted: &Wanted<'_>,
    (open, part): (TooOpen, Part),
) -> Result<Option<Entry>> {
    let named = |ending: &str| named(folder, name, ending);
    let found: Vec<_> =
        ENDINGS.iter().map(|ending| named(ending)).filter(|path| is_there(path)).collect();
    let public = Some(named("pub")).filter(|path| is_there(path));
    if let [one, other, ..] = found.as_slice() {
        let (one, other) = (file::quoted(one), file::quoted(other));
        return Err(unfit(format!("{one} and {other} both claim to be the private key"))
            .hint("keep one of them there"));
    }
    pair((found.into_iter().next(), public), wanted, (open, part))
}

/// Refuses a folder whose manifest is gone: a key that it said was revoked would count as active
/// since ever. What tells is a public key in a file that only a ring names so, after the key's
/// own thumbprint; the manifest is there before the first of these.
pub(super) fn check_unlisted(folder: &Path, name: &str) -> Result<()> {
    // A folder that cannot be listed may hold a key that can be read all the same.
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let file = entry.file_name();
        let Some(short) = ring_name(&file.to_string_lossy(), name).map(str::to_owned) else {
            continue;
        };
        let Ok(set) = read_file(&entry.path(), &Wanted::default(), TooOpen::Accept) else {
            continue;
        };
        if set.keys.iter().any(|key| key.thumbprint().starts_with(&short)) {
            let ring = file::quoted(&manifest::path(folder, name));
            let sentence = format!(
                "{ring} is gone, the list of the key ring that {} belongs to",
                file::quoted(&entry.path())
            );
            return Err(Error::new(Code::KeyMissing, sentence).hint(
                "put it back from a backup; without one, move the keys away and make new ones: jot keygen",
            ));
        }
    }
    Ok(())
}

/// What a ring puts between its name and the ending of a public key's file.
fn ring_name<'a>(file: &'a str, name: &str) -> Option<&'a str> {
    let short = file.strip_prefix(name)?.strip_prefix('-')?.strip_suffix(".pub")?;
    (short.len() == SHORT && short.is_ascii()).then_some(short)
}

/// The name of the file in which a private key is looked for first.
pub(super) fn expected(name: &str) -> String {
    format!("{}.pem", name.escape_debug())
}

fn none(folder: &Path, name: &str) -> Error {
    let (folder, expected) = (file::quoted(folder), expected(name));
    let sentence = format!("there is no key in {folder}: expected {expected}");
    Error::new(Code::KeyMissing, sentence).hint("jot keygen")
}

/// Also where that cannot be known: reading it then says why.
fn is_there(path: &Path) -> bool {
    !matches!(path.try_exists(), Ok(false))
}

/// The key of a record, which must be the one that the manifest at `path` says.
pub(super) fn listed(
    path: &Path,
    record: &Record,
    wanted: &Wanted<'_>,
    (open, part): (TooOpen, Part),
) -> Result<Entry> {
    let at = |file: &String| path.with_file_name(file);
    let (private, public) = (record.private.as_ref().map(at), record.public.as_ref().map(at));
    let ring = file::quoted(path);
    if let Some(missing) = private.iter().chain(&public).find(|path| !is_there(path)) {
        let sentence = format!("{} is missing, which {ring} lists", file::quoted(missing));
        return Err(manifest::forget(Error::new(Code::KeyMissing, sentence), record));
    }
    let wanted = Wanted { algs: &[record.alg], ..*wanted };
    match pair((private, public), &wanted, (open, part)) {
        Ok(Some(entry)) if record.is_of(&entry) => Ok(entry),
        Ok(_) => {
            let files: Vec<_> =
                record.files().map(|file| file::quoted(&at(&file.into()))).collect();
            let (files, kid) = (files.join(" and "), record.kid.escape_debug());
            let sentence =
                format!("another key than \"{kid}\" is in {files}, where {ring} lists it");
            Err(manifest::forget(unfit(sentence), record))
        }
        Err(error) if error.code() == Code::KeyUnfit && error.hint_text().is_none() => {
            Err(manifest::forget(error, record))
        }
        Err(error) => Err(error),
    }
}

/// The key of these files, as far as it is needed.
fn pair(
    (private, public): (Option<PathBuf>, Option<PathBuf>),
    wanted: &Wanted<'_>,
    (open, part): (TooOpen, Part),
) -> Result<Option<Entry>> {
    let (private, public) = match (private, public) {
        (None, None) => return Ok(None),
        (None, Some(public)) => return only_public(public, None, wanted, open).map(Some),
        // Who only verifies never has the private key in memory, nor is asked for its passphrase.
        (Some(private), Some(public)) if part == Part::Public => {
            if let Ok(metadata) = private.metadata() {
                read::check_open(&private, &metadata, open)?;
            }
            return only_public(public, Some(private), wanted, open).map(Some);
        }
        (Some(private), public) => (private, public),
    };
    let key = private_half(&private, wanted, open)?;
    if let Some(public) = &public {
        let other = public_half(public, &Wanted { algs: &[key.alg()], ..*wanted });
        if other?.thumbprint() != key.thumbprint() {
            return Err(not_halves(&private, public));
        }
    }
    Ok(Some(entry(key, Some(private), public)))
}

fn not_halves(private: &Path, public: &Path) -> Error {
    let (one, other) = (file::quoted(private), file::quoted(public));
    unfit(format!("{one} and {other} are not halves of one pair")).hint(format!(
        "make the public half anew: rm {public} && jot key export {private} --format pem --out {public}",
        public = file::shell_word(public),
        private = file::shell_word(private),
    ))
}

fn entry(key: Key, private: Option<PathBuf>, public: Option<PathBuf>) -> Entry {
    Entry { key: Arc::new(key), times: Times::default(), reason: None, private, public }
}

fn only_public(
    public: PathBuf,
    private: Option<PathBuf>,
    wanted: &Wanted<'_>,
    open: TooOpen,
) -> Result<Entry> {
    if let Ok(metadata) = public.metadata() {
        read::check_everybodys("public key", &public, &metadata, open)?;
    }
    Ok(entry(public_half(&public, wanted)?, private, Some(public)))
}

fn private_half(path: &Path, wanted: &Wanted<'_>, open: TooOpen) -> Result<Key> {
    let key = one(read_file(path, wanted, open)?, path)?;
    if key.is_private() {
        return Ok(key);
    }
    let (path, what) = (file::quoted(path), key.description());
    Err(unfit(format!("{path}: this is {what}; the private half is expected there"))
        .hint("name the file of a public key NAME.pub"))
}

/// Whoever may read it may have it, so that its permissions do not matter.
fn public_half(path: &Path, wanted: &Wanted<'_>) -> Result<Key> {
    let key = one(read_file(path, wanted, TooOpen::Accept)?, path)?;
    if !key.is_secret() {
        return Ok(key);
    }
    let (path, what) = (file::quoted(path), key.description());
    Err(unfit(format!("{path}: this is {what}; the public half is expected there")))
}

fn one(set: KeySet, path: &Path) -> Result<Key> {
    let count = set.keys.len();
    match set.keys.into_iter().next() {
        Some(key) if count == 1 => Ok(key),
        _ => {
            let path = file::quoted(path);
            Err(unfit(format!("{path}: there are {count} keys; exactly one is expected")))
        }
    }
}
