//! A ring held for a change: read, changed and written while nobody else can.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::change::{Changed, Moment, Needed, Start};
use super::file::{Access, Draft, Existing};
use super::manifest::{self, Manifest, Record};
use super::place::Place;
use super::ring::{Entry, Times};
use super::{Form, Key, Part, Seal, TooOpen, Wanted, file, folder, read, unreadable};
use crate::error::{Code, Error, Result};

/// What a file will hold.
type Bytes = Zeroizing<Vec<u8>>;

/// The ring of a folder. Until this is dropped, who else wants to change it waits; who reads it
/// does not.
pub struct Held<'a> {
    folder: &'a Path,
    name: &'a str,
    manifest: Manifest,
    /// The manifest lies in the folder.
    listed: bool,
    _lock: File,
}

/// A key that a ring is to take in.
#[derive(Clone, Copy)]
pub struct New<'a> {
    /// The key.
    pub key: &'a Key,
    /// When it signs.
    pub start: Start,
    /// What its private half is encrypted with.
    pub seal: Option<Seal<'a>>,
    /// How the ring's keys are read: what could not be read again is not taken in.
    pub wanted: Wanted<'a>,
}

impl Place {
    /// Holds the ring for a change. Only one in a folder can be changed.
    pub fn hold(&self, wanted: &Wanted<'_>, open: TooOpen) -> Result<Held<'_>> {
        let (folder, name) = self.folder()?;
        let cannot = |error: io::Error| {
            let (quoted, word) = (file::quoted(folder), file::shell_word(folder));
            match error.kind() {
                ErrorKind::NotFound => {
                    let sentence = format!("there is no folder {quoted} for the key ring");
                    Error::new(Code::KeyMissing, sentence).hint(format!("mkdir -p {word}"))
                }
                kind => unreadable(format!(
                    "the folder {quoted} of the key ring cannot be held: {kind}"
                )),
            }
        };
        let lock = File::open(folder).map_err(cannot)?;
        lock.lock().map_err(cannot)?;
        let read = manifest::load(&manifest::path(folder, name), open)?;
        let listed = read.is_some();
        let manifest = if let Some(manifest) = read {
            manifest
        } else {
            folder::check_unlisted(folder, name)?;
            let entry = folder::plain(folder, name, wanted, (open, Part::Public))?;
            Manifest { records: entry.iter().map(Record::of).collect() }
        };
        Ok(Held { folder, name, manifest, listed, _lock: lock })
    }

    /// The folder that a ring which can be changed lies in, and its name.
    fn folder(&self) -> Result<(&Path, &str)> {
        let told = |what: &str| {
            Err(Error::new(
                Code::Settings,
                format!("the key comes from {what}, where jot changes nothing"),
            )
            .hint("keep keys in a folder: unset keys.env and keys.command, set keys.folder"))
        };
        match self {
            Self::Folder { path, name } => Ok((path, name)),
            Self::Text { what, .. } => told(what),
            Self::Command { argv, .. } => told(&super::place::command_name(argv)),
        }
    }
}

impl Held<'_> {
    /// The keys as they are now.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Where a file of the ring lies.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A key as the ring lists it, to look at.
    pub fn entry(&self, record: &Record) -> Result<Entry> {
        let path = manifest::path(self.folder, self.name);
        let how = (TooOpen::Accept, Part::Public);
        let entry = folder::listed(&path, record, &Wanted::default(), how)?;
        Ok(Entry { times: record.times, reason: record.reason.clone(), ..entry })
    }

    /// Takes a key in.
    pub fn add(&mut self, new: &New<'_>, at: Moment) -> Result<Record> {
        let (record, secret, open) = self.drafted(new)?;
        self.manifest.check_new(Some(&record.kid), new.start, at.now)?;
        if !self.listed {
            // Files that only a ring has must never lie there without its list.
            self.save()?;
            self.listed = true;
        }
        let record = self.manifest.add(record, new.start, at)?.clone();
        let place = |name: &Option<String>| name.as_ref().map(|name| self.path(name));
        let (private, public) = (place(&record.private), place(&record.public));
        let half = |path, bytes, access| Draft { path, bytes, access };
        let text = self.manifest.text();
        let ring = manifest::path(self.folder, self.name);
        let mut drafts = Vec::new();
        if let (Some(path), Some(bytes)) = (&private, &secret) {
            drafts.push(half(path.as_path(), bytes.as_slice(), Access::Owner));
        }
        if let (Some(path), Some(bytes)) = (&public, &open) {
            drafts.push(half(path.as_path(), bytes.as_slice(), Access::Everybody));
        }
        // The manifest comes last: what it does not list is no key of the ring.
        drafts.push(half(ring.as_path(), text.as_bytes(), Access::Everybody));
        file::write(&drafts, Existing::Replace)?;
        Ok(record)
    }

    /// Lets the key that waits sign at once, if one waits.
    pub fn start_next(&mut self, at: Moment) -> Result<Option<Record>> {
        let Some(started) = self.manifest.start_next(at).cloned() else { return Ok(None) };
        self.save()?;
        Ok(Some(started))
    }

    /// Lets a key sign no more. It verifies until the last token that it can have signed has ended.
    pub fn retire(&mut self, kid: &str, at: Moment) -> Result<Changed> {
        let changed = self.manifest.retire(kid, at)?;
        if !changed.already {
            self.save()?;
        }
        Ok(changed)
    }

    /// Refuses a key, and every token that it signed, from now on.
    pub fn revoke(&mut self, kid: &str, reason: Option<&str>, now: i64) -> Result<Changed> {
        let changed = self.manifest.revoke(kid, reason, now)?;
        if !changed.already {
            self.save()?;
        }
        Ok(changed)
    }

    /// Forgets a key and deletes its files. The manifest forgets it first, so that the ring can be
    /// read whatever happens in between.
    pub fn remove(&mut self, kid: &str, needed: Needed, now: i64) -> Result<Record> {
        let removed = self.manifest.remove(kid, needed, now)?;
        self.save()?;
        for file in removed.files().map(|name| self.path(name)) {
            match fs::remove_file(&file) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    let (file, why) = (file::quoted(&file), error.kind());
                    let seen = format!("the key is forgotten, but {file} was not deleted: {why}");
                    return Err(Error::new(Code::Failed, seen));
                }
                _ => {}
            }
        }
        Ok(removed)
    }

    /// The record of a new key, and what its files will hold.
    fn drafted(&self, new: &New<'_>) -> Result<(Record, Option<Bytes>, Option<Bytes>)> {
        let New { key, start, seal, wanted } = new;
        // A PEM knows no kid of its own, and a secret no PEM.
        let is_jwk = key.is_symmetric() || key.has_own_kid();
        let (form, ending) = if is_jwk { (Form::Jwk, "jwk") } else { (Form::Pkcs8, "pem") };
        let signs = key.is_private() && *start != Start::Never;
        let secret = (signs || key.is_symmetric())
            .then(|| key.write(form, Part::Private, seal.as_ref()))
            .transpose()?;
        if let Some(secret) = &secret {
            let reread = Wanted { algs: &[key.alg()], ..*wanted };
            read::read(secret, "the new key, read as the ring's", &reread).map_err(unopened)?;
        }
        let open =
            (!key.is_symmetric()).then(|| key.write(form, Part::Public, None)).transpose()?;
        let stem = self.stem(key);
        let record = Record {
            kid: key.kid().to_owned(),
            alg: key.alg(),
            private: secret.as_ref().map(|_| format!("{stem}.{ending}")),
            public: open.as_ref().map(|_| format!("{stem}.pub")),
            times: Times::default(),
            reason: None,
        };
        Ok((record, secret, open))
    }

    /// What the names of a new key's files begin with. A key can be in the ring under several ids.
    fn stem(&self, key: &Key) -> String {
        let short = format!("{}-{}", self.name, &key.thumbprint()[..folder::SHORT]);
        let files = || self.manifest.records.iter().flat_map(Record::files);
        let is_taken = |stem: &String| {
            files().any(|file| file.rsplit_once('.').is_some_and(|(taken, _)| taken == stem))
        };
        let others = (2..).map(|number| format!("{short}-{number}"));
        let mut free = others.skip_while(is_taken);
        if is_taken(&short) { free.next().unwrap_or(short) } else { short }
    }

    fn save(&self) -> Result<()> {
        let (path, text) = (manifest::path(self.folder, self.name), self.manifest.text());
        let draft = Draft { path: &path, bytes: text.as_bytes(), access: Access::Everybody };
        file::write(&[draft], Existing::Replace)
    }
}

/// A key that the ring's own passphrase does not open would keep all of the ring from being read.
fn unopened(error: Error) -> Error {
    error.hint("set keys.passphrase_file to a file with the passphrase of all keys of the ring")
}
