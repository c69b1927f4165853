//! Honest clients, retries and thieves in any order; and bytes that nobody would write.

use jot::claims::Claims;
use jot::jws::Parsed;
use jot::session::{Limits, Session, Turn, Verdict, present};
use proptest::prelude::*;

use super::table::fresh_session;

const LIMITS: Limits = Limits { grace: 60, lifetime: Some(1000), max_session: 2500 };

/// What somebody does next.
#[derive(Debug, Clone)]
struct Step {
    pause: i64,
    turn: Turn,
    /// Which of the tokens that were ever given out, counted from the latest.
    back: usize,
    /// How many answers are lost before one arrives.
    lost: usize,
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![Just(Turn::Keep), Just(Turn::Rotate), Just(Turn::Slide)]
}

fn step() -> impl Strategy<Value = Step> {
    (0..400_i64, turn(), 0..4_usize, 0..3_usize).prop_map(|(pause, turn, back, lost)| Step {
        pause,
        turn,
        back,
        lost,
    })
}

/// Shows `jti`: the session afterwards, and the token that was given, if any.
fn show(session: Session, jti: &str, turn: Turn, now: i64) -> (Session, Option<String>) {
    let fresh = format!("r{}", session.generation + 1);
    match present(&session, jti, turn, now, (&LIMITS, &fresh)) {
        Verdict::Same => (session, Some(jti.to_owned())),
        Verdict::Current => {
            let current = session.current.jti.clone();
            (session, Some(current))
        }
        Verdict::Successor(next) | Verdict::Recovered(next) => {
            let current = next.current.jti.clone();
            (next, Some(current))
        }
        Verdict::Theft(ended) => (ended, None),
        Verdict::Dead => (session, None),
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None, cases: 400, ..ProptestConfig::default()
    })]

    /// Whatever the pauses, and whatever answers are lost and asked for again within the grace.
    #[test]
    fn an_honest_client_alone_is_never_refused_before_the_end(
        steps in proptest::collection::vec(step(), 1..30),
    ) {
        let (mut session, mut held, mut now) = (fresh_session(), "r0".to_owned(), 0);
        for Step { pause, turn, lost, .. } in steps {
            now += pause;
            if session.current.expires <= now {
                break;
            }
            for retry in 0..=lost {
                let (next, given) = show(session, &held, turn, now);
                let given = given.expect("the honest client is served");
                prop_assert!(next.ended.is_none());
                session = next;
                if retry == lost {
                    held = given;
                } else if now + 20 < session.current.expires {
                    now += 20;
                }
            }
            prop_assert_eq!(&held, &session.current.jti);
        }
    }

    /// One answer is lost and noticed long after the grace, every third generation.
    #[test]
    fn an_answer_lost_for_long_now_and_then_is_forgiven(
        pauses in proptest::collection::vec(0..300_i64, 1..20),
    ) {
        let (mut session, mut held, mut now) = (fresh_session(), "r0".to_owned(), 0);
        for (round, pause) in pauses.into_iter().enumerate() {
            let (next, given) = show(session, &held, Turn::Slide, now);
            session = next;
            if round % 3 == 0 {
                now += 61 + pause;
                if session.current.expires <= now {
                    break;
                }
                let (next, again) = show(session, &held, Turn::Slide, now);
                prop_assert_eq!(&again, &given);
                session = next;
            }
            held = given.expect("the honest client is served");
        }
    }

    /// Anybody shows any token that was ever given out, whenever.
    #[test]
    fn whoever_comes_the_session_only_goes_forward(
        steps in proptest::collection::vec(step(), 1..40),
    ) {
        let (mut session, mut now) = (fresh_session(), 0);
        let mut given = vec!["r0".to_owned()];
        for Step { pause, turn, back, .. } in steps {
            now += pause;
            let shown = given[given.len() - 1 - back.min(given.len() - 1)].clone();
            let was = session.clone();
            let (next, answer) = show(session, &shown, turn, now);
            prop_assert!(next.generation >= was.generation);
            prop_assert!(next.current.expires <= 2500);
            prop_assert_eq!(next.created, was.created);
            if was.ended.is_some() || was.current.expires <= now {
                prop_assert_eq!(&answer, &None, "the dead stay dead");
                prop_assert_eq!(&next, &was);
            }
            if let Some(answer) = answer {
                prop_assert_eq!(&answer, &next.current.jti, "one successor, one jti");
                prop_assert!(shown == was.current.jti || Some(&shown) == was.previous.as_ref());
                if given.last() != Some(&answer) {
                    given.push(answer);
                }
            } else {
                prop_assert!(next.ended.is_some() || next.current.expires <= now);
            }
            session = next;
        }
    }

    #[test]
    fn no_bytes_make_the_readers_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        text in "[A-Za-z0-9_.=-]{0,80}",
    ) {
        let _ = Claims::read(Some("at+jwt"), &bytes);
        let _ = Parsed::read(&String::from_utf8_lossy(&bytes));
        let _ = Parsed::read(&text);
        let three = [&bytes[..], b"{}", &bytes[..]].map(super::world::encode).join(".");
        let _ = Parsed::read(&three);
    }

    #[test]
    fn no_claims_make_the_reader_panic(
        name in "(exp|nbf|iat|jti|sid|aud|type|token_type|user|scope|superuser)",
        value in r#"(-?[0-9]{1,25}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,4})?|"[a-z]{0,5}"|null|\[\]|\{\}|\["a",1\])"#,
    ) {
        if let Ok(claims) = Claims::read(None, format!("{{\"{name}\":{value}}}").as_bytes()) {
            let _ = claims.issued(i64::MAX);
            let times = [claims.exp, claims.nbf, claims.iat];
            prop_assert!(times.into_iter().flatten().all(|t| (0..=1 << 53).contains(&t)));
        }
    }
}
