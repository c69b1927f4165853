//! No false alarm: whatever the delivered settings make, `jot lint` finds nothing in it that has to be
//! put right.

use std::sync::Arc;

use jot::alg::{self, Algorithm, Family};
use jot::authority::issue::{Grant, What};
use jot::authority::refresh::Wish;
use jot::authority::{Authority, Keys, Rules};
use jot::chance::{self, Seeded};
use jot::claims::Profile;
use jot::clock::Fixed;
use jot::finding::Severity;
use jot::key::{self, Form, Part, Place, Ring, TooOpen, Wanted};
use jot::lint::lint;
use jot::reading;
use jot::settings::{Settings, Surroundings};
use jot::store::sqlite::Sqlite;

use crate::world::{CHEAP, NOW, Shared, World};

/// The rules of a set-up in which these settings differ from the delivered ones.
fn rules(flags: &[(&str, &str)]) -> Rules {
    let settings = Settings::load(None, flags, Surroundings::default()).unwrap();
    Rules { cost: CHEAP, ..Rules::from(&settings) }
}

/// A key for the algorithm. Large primes take long: all RSA algorithms have the same.
fn ring(alg: Algorithm, rsa: &[u8]) -> Ring {
    let text = if alg.family() == Family::Rsa {
        String::from_utf8(rsa.to_vec()).unwrap()
    } else {
        let made = key::generate(alg, None, &mut chance::System::generator()).unwrap();
        made.jwk(Part::Private).unwrap().to_string()
    };
    let place = Place::Text { what: "the test's key".into(), text: text.into() };
    Ring::open(&place, &Wanted { algs: &[alg], passphrase: None }, TooOpen::Refuse).unwrap()
}

fn world(alg: Algorithm, rsa: &[u8], rules: Rules) -> World {
    let clock = Arc::new(Fixed::at(NOW));
    let rsa = rsa.to_vec();
    let keys = Keys::when_needed(move |_| Ok(ring(alg, &rsa)));
    let around = (Box::new(Shared(Arc::clone(&clock))) as _, Box::new(Seeded::new(1)) as _);
    let store = Box::new(Sqlite::in_memory().unwrap());
    World { authority: Authority::new(keys, rules, store, around), clock }
}

/// Every token of every kind and profile, of those who are stored and those who are not.
fn tokens(world: &World) -> Vec<String> {
    world.add("alice");
    let mut tokens = Vec::new();
    for (username, profile) in
        ["alice", "bob"].into_iter().flat_map(|name| Profile::ALL.map(|profile| (name, profile)))
    {
        for what in [What::Access, What::Refresh, What::Pair] {
            let mut grant = Grant { username: username.into(), what, ..Grant::default() };
            grant.profile = Some(profile);
            if profile == Profile::Rfc9068 {
                // It is not issued without.
                (grant.iss, grant.aud) = (Some("https://a.example".into()), vec!["api".into()]);
            }
            let issued = world.issue(grant);
            tokens.extend([issued.access, issued.refresh].into_iter().flatten().map(|t| t.text));
        }
    }
    let (refresh, access) = world.login("alice");
    world.pass(60);
    let given = world.refresh(&refresh, Wish::Update);
    tokens.extend([refresh, access, given.refresh, given.access.text]);
    tokens
}

#[test]
fn nothing_that_jot_makes_gives_rise_to_more_than_a_remark() {
    let rsa = key::generate(Algorithm::RS256, None, &mut chance::System::generator()).unwrap();
    let rsa = rsa.write(Form::Pkcs8, Part::Private, None).unwrap();
    let whole =
        [("token.iss", "https://issuer.example"), ("token.aud", "api"), ("token.nbf", "1m")];
    for (alg, name) in alg::ALL {
        for (flags, remarks) in [(&[][..], &["token.no-iss", "token.no-aud"][..]), (&whole, &[])] {
            let tokens = tokens(&world(alg, &rsa, rules(flags)));
            assert_eq!(tokens.len(), 28);
            for token in tokens {
                let found = lint(&reading::read(token.as_bytes()).unwrap(), NOW);
                let all_remarks = found
                    .iter()
                    .all(|f| f.rule.severity == Severity::Info && remarks.contains(&f.rule.id));
                assert!(all_remarks, "{name}: {token}: {found:?}");
            }
        }
    }
}
