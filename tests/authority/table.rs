//! The state table of a session as the pure function it is: every small state against every
//! token, turn and moment, and the rule written a second time as a table of plain facts.

use jot::session::{Ended, Limits, Refresh, Session, THEFT, Turn, Verdict, counts, present};
use jot::user::Subject;

const LIMITS: Limits = Limits { grace: 60, lifetime: Some(1000), max_session: 3000 };

pub(crate) fn fresh_session() -> Session {
    Session {
        sid: "s".into(),
        subject: Subject { id: Some(1), username: "alice".into() },
        created: 0,
        generation: 0,
        current: Refresh { jti: "r0".into(), issued: 0, expires: 1000 },
        previous: None,
        rotated: None,
        recovered: None,
        ended: None,
    }
}

/// Every state that matters: generation, whether and when recovered, ended or not.
fn states() -> Vec<Session> {
    let mut states = Vec::new();
    for generation in 0..5_i64 {
        for recovered in std::iter::once(None).chain((0..=generation).map(Some)) {
            for ended in [None, Some(Ended { at: 50, reason: "x".into() })] {
                states.push(Session {
                    generation,
                    current: Refresh { jti: format!("r{generation}"), issued: 10, expires: 1000 },
                    previous: (generation > 0).then(|| format!("r{}", generation - 1)),
                    rotated: (generation > 0).then_some(100),
                    recovered: recovered.filter(|_| generation > 0),
                    ended,
                    ..fresh_session()
                });
            }
        }
    }
    states
}

#[test]
fn every_row_of_the_table_for_every_small_state() {
    for session in states() {
        for turn in [Turn::Keep, Turn::Rotate, Turn::Slide] {
            for now in [99, 100, 159, 160, 161, 999, 1000, 1001] {
                for shown in ["r0", "r1", "r2", "r3", "r4", "r5", "", "R0"] {
                    let verdict = present(&session, shown, turn, now, (&LIMITS, "new"));
                    assert_eq!(
                        verdict,
                        row(&session, shown, turn, now),
                        "{session:?} shown {shown:?} {turn:?} at {now}"
                    );
                }
            }
        }
    }
}

/// The contract's table, row by row.
fn row(session: &Session, shown: &str, turn: Turn, now: i64) -> Verdict {
    let same = session.clone();
    let theft = || Session { ended: Some(Ended { at: now, reason: THEFT.into() }), ..same.clone() };
    let (current, previous) = (session.current.jti.as_str(), session.previous.as_deref());
    if session.ended.is_some() || now >= 1000 {
        return Verdict::Dead;
    }
    if shown == current {
        let next = |current| Session {
            generation: session.generation + 1,
            current,
            previous: Some(session.current.jti.clone()),
            rotated: Some(now),
            ..same.clone()
        };
        return match turn {
            Turn::Keep => Verdict::Same,
            Turn::Rotate => {
                Verdict::Successor(next(Refresh { jti: "new".into(), issued: 10, expires: 1000 }))
            }
            Turn::Slide => Verdict::Successor(next(Refresh {
                jti: "new".into(),
                issued: now,
                expires: (now + 1000).min(3000),
            })),
        };
    }
    if Some(shown) != previous {
        return Verdict::Theft(theft());
    }
    if now <= 160 {
        return Verdict::Current;
    }
    let forgiven_lately = [session.generation, session.generation - 1].map(Some);
    if forgiven_lately.contains(&session.recovered) {
        return Verdict::Theft(theft());
    }
    Verdict::Recovered(Session { recovered: Some(session.generation), ..same })
}

#[test]
fn looking_at_a_refresh_token_takes_the_current_and_the_previous_within_the_grace() {
    for session in states() {
        for now in [99, 100, 160, 161, 5000] {
            for shown in ["r0", "r1", "r2", "r3", "r4", "r5", ""] {
                let current = shown == session.current.jti;
                let previous = session.previous.as_deref() == Some(shown) && now <= 160;
                let expected = session.ended.is_none() && (current || previous);
                assert_eq!(
                    counts(&session, shown, now, &LIMITS),
                    expected,
                    "{session:?} shown {shown:?} at {now}"
                );
            }
        }
    }
}

#[test]
fn a_late_use_is_forgiven_again_only_after_a_generation_without_one() {
    let mut session = fresh_session();
    let mut now = 0;
    let mut rotate = |session: &Session, fresh: &str| {
        now += 61;
        let shown = session.current.jti.clone();
        match present(session, &shown, Turn::Rotate, now, (&LIMITS, fresh)) {
            Verdict::Successor(next) => (next, now + 61),
            other => panic!("{other:?}"),
        }
    };
    let late = |session: &Session, now| {
        let shown = session.previous.clone().unwrap();
        present(session, &shown, Turn::Rotate, now, (&LIMITS, "x"))
    };
    let (next, at) = rotate(&session, "r1");
    let Verdict::Recovered(next) = late(&next, at) else { panic!("forgiven once") };
    let (next, at) = rotate(&next, "r2");
    assert!(matches!(late(&next, at), Verdict::Theft(_)), "not in the next generation");
    let (next, at) = rotate(&next, "r3");
    let recovered = late(&next, at);
    assert!(matches!(&recovered, Verdict::Recovered(s) if s.recovered == Some(3)), "{recovered:?}");
    session.clone_from(&next);
    assert!(session.ended.is_none());
}

#[test]
fn a_slide_ends_with_the_session_at_the_latest() {
    let limits = |lifetime| Limits { grace: 60, lifetime, max_session: 3000 };
    for (lifetime, now, expires) in [
        (Some(1000), 500, 1500),
        (Some(1000), 2000, 3000),
        (Some(1000), 2001, 3000),
        (None, 1, 3000),
        (None, 2999, 3000),
        (Some(i64::MAX), 5, 3000),
    ] {
        assert_eq!(limits(lifetime).expiry(0, now), expires, "{lifetime:?} at {now}");
    }
    let endless = Limits { grace: i64::MAX, lifetime: None, max_session: i64::MAX };
    assert_eq!(endless.expiry(5, 10), i64::MAX);
    assert!(counts(&states()[0], "r0", i64::MAX, &endless));
}

/// Somebody may have shortened the longest session meanwhile.
#[test]
fn a_session_older_than_it_may_be_is_over_where_it_would_slide() {
    let session = fresh_session();
    let short = Limits { max_session: 500, ..LIMITS };
    assert_eq!(present(&session, "r0", Turn::Slide, 600, (&short, "r1")), Verdict::Dead);
    assert_eq!(present(&session, "r0", Turn::Keep, 600, (&short, "r1")), Verdict::Same);
}
