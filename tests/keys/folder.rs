//! A ring in a folder of its own, for the tests of rings.

use std::fs;
use std::path::{Path, PathBuf};

use jot::error::Error;
use jot::key::change::{Moment, Start};
use jot::key::manifest::Record;
use jot::key::ring::State;
use jot::key::{Form, Key, New, Part, Place, Ring, TooOpen, Wanted};

use crate::places::put;

pub(crate) const NOW: i64 = 1_800_000_000;
pub(crate) const LIFETIME: i64 = 86_400;
pub(crate) const AT: Moment = Moment { now: NOW, lifetime: LIFETIME };

/// A ring in a folder of its own.
pub(crate) struct Folder {
    _held: tempfile::TempDir,
    pub(crate) path: PathBuf,
    pub(crate) place: Place,
}

impl Folder {
    pub(crate) fn empty() -> Self {
        let held = tempfile::tempdir().unwrap();
        let path = held.path().to_owned();
        let place = Place::Folder { path: path.clone(), name: "jwt".to_owned() };
        Self { _held: held, path, place }
    }

    /// With the pair jwt.pem and jwt.pub.
    pub(crate) fn with(key: &Key) -> Self {
        let folder = Self::empty();
        put(&folder.path, "jwt.pem", key, Form::Pkcs8, Part::Private);
        put(&folder.path, "jwt.pub", key, Form::Pkcs8, Part::Public);
        folder
    }

    pub(crate) fn open(&self) -> Result<Ring, Error> {
        Ring::open(&self.place, &Wanted::default(), TooOpen::Refuse)
    }

    pub(crate) fn add(&self, key: &Key, start: Start, at: Moment) -> Result<Record, Error> {
        let new = New { key, start, seal: None, wanted: Wanted::default() };
        self.held().add(&new, at)
    }

    pub(crate) fn held(&self) -> jot::key::Held<'_> {
        self.place.hold(&Wanted::default(), TooOpen::Refuse).unwrap()
    }

    pub(crate) fn manifest(&self) -> PathBuf {
        self.path.join("jwt.ring")
    }

    pub(crate) fn text(&self) -> String {
        fs::read_to_string(self.manifest()).unwrap()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        names(&self.path)
    }

    pub(crate) fn states(&self, now: i64) -> Vec<State> {
        self.open().unwrap().entries().iter().map(|entry| entry.times.state(now)).collect()
    }
}

pub(crate) fn names(path: &Path) -> Vec<String> {
    let names = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

pub(crate) fn signer(ring: &Ring, now: i64) -> String {
    ring.signing(now).unwrap().kid().to_owned()
}

pub(crate) fn short(key: &Key) -> &str {
    &key.thumbprint()[..8]
}
