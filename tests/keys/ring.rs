//! A ring with a manifest: what is refused when it is read, what a change leaves behind, and two
//! who change it at once.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jot::alg::Algorithm;
use jot::error::{Code, Error};
use jot::key::change::{Moment, Needed, Start};
use jot::key::manifest::Record;
use jot::key::ring::{LEAD, State};
use jot::key::{Form, Key, New, Part, Place, Ring, Seal, TooOpen, Wanted};

use crate::generate;
use crate::places::put;

const NOW: i64 = 1_800_000_000;
const LIFETIME: i64 = 86_400;
const AT: Moment = Moment { now: NOW, lifetime: LIFETIME };

/// A ring in a folder of its own.
struct Folder {
    _held: tempfile::TempDir,
    path: PathBuf,
    place: Place,
}

impl Folder {
    fn empty() -> Self {
        let held = tempfile::tempdir().unwrap();
        let path = held.path().to_owned();
        let place = Place::Folder { path: path.clone(), name: "jwt".to_owned() };
        Self { _held: held, path, place }
    }

    /// With the pair jwt.pem and jwt.pub.
    fn with(key: &Key) -> Self {
        let folder = Self::empty();
        put(&folder.path, "jwt.pem", key, Form::Pkcs8, Part::Private);
        put(&folder.path, "jwt.pub", key, Form::Pkcs8, Part::Public);
        folder
    }

    fn open(&self) -> Result<Ring, Error> {
        Ring::open(&self.place, &Wanted::default(), TooOpen::Refuse)
    }

    fn add(&self, key: &Key, start: Start, at: Moment) -> Result<Record, Error> {
        let new = New { key, start, seal: None, wanted: Wanted::default() };
        self.held().add(&new, at)
    }

    fn held(&self) -> jot::key::Held<'_> {
        self.place.hold(&Wanted::default(), TooOpen::Refuse).unwrap()
    }

    fn manifest(&self) -> PathBuf {
        self.path.join("jwt.ring")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.manifest()).unwrap()
    }

    fn names(&self) -> Vec<String> {
        names(&self.path)
    }

    fn states(&self, now: i64) -> Vec<State> {
        self.open().unwrap().entries().iter().map(|entry| entry.times.state(now)).collect()
    }
}

fn names(path: &Path) -> Vec<String> {
    let names = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

fn signer(ring: &Ring, now: i64) -> String {
    ring.signing(now).unwrap().kid().to_owned()
}

fn short(key: &Key) -> &str {
    &key.thumbprint()[..8]
}

#[test]
fn the_next_key_is_published_now_and_signs_when_all_have_it() {
    let (one, two) = (generate(Algorithm::ES256), generate(Algorithm::PS256));
    let folder = Folder::with(&one);
    let record = folder.add(&two, Start::Published, AT).unwrap();
    let from = NOW + LEAD;
    assert_eq!((record.times.published, record.times.signs_from), (NOW, from));
    let ring = folder.open().unwrap();
    assert_eq!(signer(&ring, from - 1), one.kid());
    assert_eq!(signer(&ring, from), two.kid());
    // The manifest says what a PEM cannot: which of the RSA algorithms it is.
    assert_eq!(ring.signing(from).unwrap().alg(), Algorithm::PS256);
    let until = from + LIFETIME;
    assert_eq!(ring.entries()[0].times.until, Some(until));
    let verifying = |now| ring.verifying(now).iter().map(|key| key.kid()).collect::<Vec<_>>();
    assert_eq!(verifying(until - 1), [one.kid(), two.kid()]);
    assert_eq!(verifying(until), [two.kid()]);
    let (pem, public) = (format!("jwt-{}.pem", short(&two)), format!("jwt-{}.pub", short(&two)));
    let mut expected = vec!["jwt.pem", "jwt.pub", "jwt.ring", &pem, &public];
    expected.sort_unstable();
    assert_eq!(folder.names(), expected);
    let mode = |name: &str| fs::metadata(folder.path.join(name)).unwrap().permissions().mode();
    assert_eq!((mode(&pem) & 0o777, mode("jwt.ring") & 0o022), (0o600, 0));
    let error = folder.add(&generate(Algorithm::EdDSA), Start::Published, AT).unwrap_err();
    assert_eq!(error.code(), Code::Exists);
    let error = folder.add(&two, Start::Never, AT).unwrap_err();
    assert_eq!(error.code(), Code::Exists);
}

#[test]
fn a_first_key_signs_at_once_and_an_end_is_never_brought_forward() {
    let folder = Folder::empty();
    let (one, two) = (generate(Algorithm::EdDSA), generate(Algorithm::EdDSA));
    folder.add(&one, Start::Published, AT).unwrap();
    assert_eq!(folder.states(NOW), [State::Active]);
    folder.add(&two, Start::Published, Moment { lifetime: 10 * LIFETIME, ..AT }).unwrap();
    let planned = folder.open().unwrap().entries()[0].times.until;
    let started = folder.held().start_next(Moment { now: NOW + 60, ..AT }).unwrap();
    assert_eq!(started.unwrap().times.signs_from, NOW + 60);
    let times = folder.open().unwrap().entries()[0].times;
    assert_eq!((times.retired, times.until), (Some(NOW + 60), planned));
    let later = Moment { now: NOW + 60, ..AT };
    assert!(folder.held().start_next(later).unwrap().is_none());
}

#[test]
fn a_key_that_only_verifies_signs_nothing() {
    let folder = Folder::with(&generate(Algorithm::EdDSA));
    let (private, secret) = (generate(Algorithm::RS256), generate(Algorithm::HS256));
    let record = folder.add(&private, Start::Never, AT).unwrap();
    assert_eq!((record.private, record.times.until), (None, Some(NOW + LIFETIME)));
    let record = folder.add(&secret, Start::Never, AT).unwrap();
    assert!(record.private.is_some() && record.public.is_none());
    assert_eq!(folder.states(NOW), [State::Active, State::Retired, State::Retired]);
    assert_eq!(folder.open().unwrap().verifying(NOW).len(), 3);
}

#[test]
fn who_waits_and_goes_lets_the_other_sign_on() {
    let (one, two) = (generate(Algorithm::EdDSA), generate(Algorithm::EdDSA));
    let gone: [fn(&Folder, &str); 3] = [
        |folder, kid| _ = folder.held().revoke(kid, Some("lost"), NOW + 1).unwrap(),
        |folder, kid| _ = folder.held().remove(kid, Needed::Remove, NOW + 1).unwrap(),
        |folder, kid| _ = folder.held().retire(kid, Moment { now: NOW + 1, ..AT }).unwrap(),
    ];
    for go in gone {
        let folder = Folder::with(&one);
        folder.add(&two, Start::Published, AT).unwrap();
        go(&folder, two.kid());
        let ring = folder.open().unwrap();
        assert_eq!(signer(&ring, NOW + 10 * LIFETIME), one.kid());
        assert_eq!(ring.entries()[0].times.until, None);
    }
}

#[test]
fn the_last_that_signs_is_not_retired_and_may_be_revoked() {
    let (one, two) = (generate(Algorithm::EdDSA), generate(Algorithm::EdDSA));
    let folder = Folder::with(&one);
    let refused = |hint: &str| {
        let error = folder.held().retire(one.kid(), AT).unwrap_err();
        assert_eq!((error.code(), error.hint_text()), (Code::Usage, Some(hint)));
    };
    refused("let another key sign first: jot key rotate");
    folder.add(&two, Start::Published, AT).unwrap();
    refused("let the key that waits sign first: jot key rotate --now");
    let changed = folder.held().revoke(one.kid(), None, NOW).unwrap();
    assert!(!changed.already);
    let changed = folder.held().revoke(one.kid(), Some("later"), NOW + 5).unwrap();
    assert!(changed.already && changed.record.times.revoked == Some(NOW));
    let ring = folder.open().unwrap();
    let error = ring.signing(NOW).unwrap_err();
    assert_eq!((error.code(), error.hint_text()), (Code::KeyMissing, Some("jot key rotate --now")));
    assert_eq!(ring.verifying(NOW).len(), 1);
}

#[test]
fn a_key_that_is_needed_goes_by_force_only() {
    let (one, two) = (generate(Algorithm::EdDSA), generate(Algorithm::EdDSA));
    let folder = Folder::with(&one);
    folder.add(&two, Start::Now, AT).unwrap();
    let remove = |kid: &str, now| folder.held().remove(kid, Needed::Keep, now);
    for (kid, now) in [(two.kid(), NOW), (one.kid(), NOW), (one.kid(), NOW + LIFETIME - 1)] {
        assert_eq!(remove(kid, now).unwrap_err().code(), Code::Usage);
    }
    remove(one.kid(), NOW + LIFETIME).unwrap();
    assert!(!folder.names().contains(&"jwt.pem".to_owned()), "{:?}", folder.names());
    folder.held().remove(two.kid(), Needed::Remove, NOW).unwrap();
    assert_eq!(folder.names(), ["jwt.ring"]);
    assert!(folder.open().unwrap().entries().is_empty());
}

#[test]
fn a_key_is_found_by_the_beginning_of_its_id() {
    let folder = Folder::with(&generate(Algorithm::EdDSA));
    let named = |kid: &str| {
        let key = generate(Algorithm::EdDSA);
        let jwk = key.jwk(Part::Private).unwrap().to_string().replace(key.thumbprint(), kid);
        crate::read_one(jwk)
    };
    for kid in ["2027-one", "2027-two", "2027"] {
        folder.add(&named(kid), Start::Never, AT).unwrap();
    }
    let find = |kid: &str| folder.open().unwrap().find(kid).map(|e| e.key.kid().to_owned());
    assert_eq!(find("2027-o").unwrap(), "2027-one");
    assert_eq!(find("2027").unwrap(), "2027");
    for unknown in ["2027-", "2028", ""] {
        assert_eq!(find(unknown).unwrap_err().code(), Code::UnknownKey, "{unknown}");
    }
}

/// A ring of two keys, and what is made of it.
fn spoilt(spoil: impl FnOnce(&Folder, &Key)) -> (Error, Folder, Key) {
    let two = generate(Algorithm::EdDSA);
    let folder = Folder::with(&generate(Algorithm::EdDSA));
    folder.add(&two, Start::Published, AT).unwrap();
    spoil(&folder, &two);
    let error = folder.open().unwrap_err();
    assert_eq!(error.code().exit(), 21);
    let public = Ring::open_public(&folder.place, &Wanted::default(), TooOpen::Refuse);
    assert_eq!(public.unwrap_err().code(), error.code());
    (error, folder, two)
}

#[test]
fn a_ring_with_a_wrong_file_is_refused_until_the_key_is_forgotten() {
    let file = |folder: &Folder, key: &Key, ending: &str| {
        folder.path.join(format!("jwt-{}.{ending}", short(key)))
    };
    let other = generate(Algorithm::EdDSA);
    let spoils: [(&dyn Fn(&Folder, &Key), Code, &str); 5] = [
        (
            &|f, k| fs::remove_file(file(f, k, "pem")).unwrap(),
            Code::KeyMissing,
            "is missing, which",
        ),
        (
            &|f, k| fs::remove_file(file(f, k, "pub")).unwrap(),
            Code::KeyMissing,
            "is missing, which",
        ),
        (
            &|f, k| {
                put(&f.path, &format!("jwt-{}.pem", short(k)), &other, Form::Pkcs8, Part::Private);
                put(&f.path, &format!("jwt-{}.pub", short(k)), &other, Form::Pkcs8, Part::Public);
            },
            Code::KeyUnfit,
            "another key than",
        ),
        (
            &|f, k| {
                let other = generate(Algorithm::ES256);
                put(&f.path, &format!("jwt-{}.pem", short(k)), &other, Form::Pkcs8, Part::Private);
                put(&f.path, &format!("jwt-{}.pub", short(k)), &other, Form::Pkcs8, Part::Public);
            },
            Code::KeyUnfit,
            "EdDSA needs an Ed25519 key",
        ),
        (
            &|f, k| {
                let open = fs::Permissions::from_mode(0o640);
                fs::set_permissions(file(f, k, "pem"), open).unwrap();
            },
            Code::KeyTooOpen,
            "is open to others",
        ),
    ];
    for (spoil, code, words) in spoils {
        let (error, folder, two) = spoilt(spoil);
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(words), "{error}");
        assert!(error.to_string().contains(short(&two)), "{error}");
        if code != Code::KeyTooOpen {
            let hint = error.hint_text().unwrap();
            assert!(
                hint.ends_with(&format!("jot key remove {} --force --yes", two.kid())),
                "{hint}"
            );
        }
        folder.held().remove(two.kid(), Needed::Remove, NOW).unwrap();
        assert!(folder.open().is_ok());
    }
}

#[test]
fn a_manifest_that_is_not_one_is_refused() {
    let change = |from: &'static str, to: &'static str| {
        move |folder: &Folder, _: &Key| {
            let text = folder.text();
            assert!(text.contains(from), "{text}");
            fs::write(folder.manifest(), text.replacen(from, to, 1)).unwrap();
        }
    };
    for (from, to, words) in [
        ("]}", "", "it may have been cut short"),
        ("\"version\":1", "\"version\":2", "this is of version 2, this jot knows 1 at most"),
        ("\"version\":1", "\"version\":\"1\"", "\"version\" is not 1"),
        ("{\"version\":1,", "{\"version\":1,\"note\":1,", "unknown member \"note\""),
        ("\"retired\":", "\"retird\":", "unknown member \"retird\""),
        ("\"revoked\":null", "\"revoked\":false", "\"revoked\" of a key is a boolean"),
        ("\"reason\":null", "\"reason\":null,\"reason\":\"x\"", "\"keys.reason\" stands twice"),
        ("\"published\":0", "\"published\":0.5", "\"published\" of a key is a number"),
        ("\"published\":0,", "", "\"published\" of a key is not there"),
        ("\"jwt.pem\"", "\"../jwt.pem\"", "\"../jwt.pem\" is not the name of a file"),
        ("\"jwt.pem\",\"public\":\"jwt.pub\"", "null,\"public\":null", "has no file"),
        ("\"alg\":\"EdDSA\"", "\"alg\":\"none\"", "unsupported algorithm \"none\""),
        ("\"keys\":[", "\"keys\":{},\"x\":[", "unknown member \"x\""),
    ] {
        let (error, folder, _) = spoilt(change(from, to));
        assert_eq!(error.code(), Code::KeyUnreadable);
        let told = error.to_string();
        assert!(told.contains(words), "{told}");
        assert!(told.contains(&format!("{:?}", folder.manifest())), "{told}");
        assert!(error.hint_text().is_some());
    }
    let (error, ..) = spoilt(|folder, key| {
        let first = folder.open().unwrap().entries()[0].key.kid().to_owned();
        fs::write(folder.manifest(), folder.text().replace(&first, key.kid())).unwrap();
    });
    assert!(error.to_string().ends_with("stands for two keys"), "{error}");
    let (error, folder, _) = spoilt(|folder, _| {
        fs::set_permissions(folder.manifest(), fs::Permissions::from_mode(0o646)).unwrap();
    });
    assert_eq!(error.code(), Code::KeyTooOpen);
    let hint = format!("chmod 644 {}", folder.manifest().display());
    assert_eq!(error.hint_text(), Some(hint.as_str()));
    let (error, ..) = spoilt(|folder, _| fs::write(folder.manifest(), b"\xff").unwrap());
    assert!(error.to_string().ends_with("this is not UTF-8"), "{error}");
}

#[test]
fn a_ring_is_read_again_without_reading_its_keys_again() {
    let pass = || Ok("open sesame".to_owned().into());
    let asked = Cell::new(0);
    let count = || {
        asked.set(asked.get() + 1);
        pass()
    };
    let wanted = Wanted { algs: &[], passphrase: Some(&count) };
    let folder = Folder::with(&generate(Algorithm::EdDSA));
    let seal = |key: &Key| {
        let seal = Seal { passphrase: "open sesame", chance: &jot::chance::System };
        let wanted = Wanted { algs: &[], passphrase: Some(&pass) };
        let new = New { key, start: Start::Now, seal: Some(seal), wanted };
        folder.held().add(&new, AT).unwrap()
    };
    seal(&generate(Algorithm::EdDSA));
    let before = Ring::open(&folder.place, &wanted, TooOpen::Refuse).unwrap();
    assert_eq!(asked.get(), 1);
    let stamp = folder.place.stamp().unwrap();
    folder.held().revoke(before.entries()[0].key.kid(), None, NOW).unwrap();
    assert_ne!(folder.place.stamp().unwrap(), stamp);
    let again = before.again(&folder.place, &wanted, TooOpen::Refuse).unwrap();
    assert_eq!(asked.get(), 1);
    for (one, other) in before.entries().iter().zip(again.entries()) {
        assert!(Arc::ptr_eq(&one.key, &other.key));
    }
    assert_eq!(again.entries()[0].times.state(NOW), State::Revoked);
    // The key that was revoked would be active since ever.
    fs::remove_file(folder.manifest()).unwrap();
    let error = again.again(&folder.place, &wanted, TooOpen::Refuse).unwrap_err();
    assert_eq!(error.code(), Code::KeyMissing);
}

#[test]
fn what_could_not_be_read_again_is_not_taken_in() {
    let folder = Folder::with(&generate(Algorithm::EdDSA));
    let key = generate(Algorithm::EdDSA);
    let other = || Ok("another".to_owned().into());
    let wanted = Wanted { algs: &[], passphrase: Some(&other) };
    let seal = Seal { passphrase: "open sesame", chance: &jot::chance::System };
    let new = New { key: &key, start: Start::Published, seal: Some(seal), wanted };
    let error = folder.held().add(&new, AT).unwrap_err();
    assert_eq!(error.code(), Code::KeyUnreadable);
    assert_eq!(folder.names(), ["jwt.pem", "jwt.pub"]);
}

#[test]
fn many_who_change_it_at_once_lose_no_key() {
    const MANY: usize = 16;
    let folder = Folder::with(&generate(Algorithm::EdDSA));
    let keys: Vec<_> = (0..MANY).map(|_| generate(Algorithm::EdDSA)).collect();
    let rotated: usize = std::thread::scope(|scope| {
        let start = |(at, key)| {
            let start = if at % 2 == 0 { Start::Never } else { Start::Published };
            let folder = &folder;
            scope.spawn(move || usize::from(folder.add(key, start, AT).is_ok() && at % 2 == 1))
        };
        let threads: Vec<_> = keys.iter().enumerate().map(start).collect();
        let reader = scope.spawn(|| (0..200).for_each(|_| drop(folder.open().unwrap())));
        reader.join().unwrap();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(rotated, 1, "one rotation is on its way, the others are refused");
    let ring = folder.open().unwrap();
    let kids: BTreeSet<_> = ring.entries().iter().map(|entry| entry.key.kid().to_owned()).collect();
    assert_eq!(kids.len(), 1 + MANY / 2 + 1);
    assert!(keys.iter().step_by(2).all(|key| kids.contains(key.kid())));
}

#[test]
fn who_reads_while_keys_are_removed_reads_a_ring() {
    let folder = Folder::with(&generate(Algorithm::EdDSA));
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for _ in 0..60 {
                let key = generate(Algorithm::EdDSA);
                folder.add(&key, Start::Never, AT).unwrap();
                folder.held().remove(key.kid(), Needed::Remove, NOW).unwrap();
            }
        });
        while !writer.is_finished() {
            assert!(!folder.open().unwrap().entries().is_empty());
        }
    });
}

#[test]
fn a_ring_that_is_no_folder_is_not_changed() {
    let what = "the environment variable KEY".to_owned();
    let place = Place::Text { what, text: String::new().into() };
    let error = place.hold(&Wanted::default(), TooOpen::Refuse).err().unwrap();
    assert_eq!(error.code(), Code::Settings);
    assert!(error.to_string().starts_with("the key comes from the environment variable KEY"));
}
