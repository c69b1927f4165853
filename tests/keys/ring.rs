//! What a change of a ring leaves behind: states, times, files.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use jot::alg::Algorithm;
use jot::error::Code;
use jot::key::Part;
use jot::key::change::{Moment, Needed, Start};
use jot::key::ring::{LEAD, State};

use crate::folder::*;
use crate::generate;

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

#[test]
fn a_next_key_takes_after_the_last_that_signed() {
    let (one, two) = (generate(Algorithm::EdDSA), generate(Algorithm::EdDSA));
    let folder = Folder::with(&one);
    folder.add(&two, Start::Now, AT).unwrap();
    folder.add(&generate(Algorithm::ES256), Start::Never, AT).unwrap();
    let model = |folder: &Folder| folder.held().manifest().model(NOW).unwrap().kid.clone();
    assert_eq!(model(&folder), two.kid());
    folder.held().revoke(two.kid(), None, NOW).unwrap();
    assert_eq!(model(&folder), two.kid());
}
