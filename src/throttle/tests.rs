//! The rules, by examples and by whatever comes.

use proptest::prelude::*;

use super::*;

const NOW: i64 = 1_800_000_000;
const DAY: i64 = 86_400;

fn limits() -> Limits {
    Limits::new(100)
}

fn stranger() -> Seen {
    Seen::default()
}

fn known() -> Seen {
    Seen { is_known: true, ..Seen::default() }
}

/// Guesses wrongly as often as it is let, at each of the moments; when each guess was judged.
fn hammer(limit: Limit, moments: impl IntoIterator<Item = i64>) -> Vec<i64> {
    let mut until = i64::MIN;
    let mut judged = Vec::new();
    for now in moments {
        if limit.wait(until, now) == 0 {
            until = limit.after(until, now);
            judged.push(now);
        }
    }
    judged
}

/// The most that lie within a day, both of its ends included.
fn busiest_day(judged: &[i64]) -> usize {
    let within = |from: &i64| judged.iter().filter(|at| (*from..=from + DAY).contains(at)).count();
    judged.iter().map(within).max().unwrap_or(0)
}

#[test]
fn a_counter_takes_some_at_once_and_then_one_in_each_pace() {
    let limit = Limit { at_once: 3, pace: 10 };
    let judged = hammer(limit, [NOW; 5].into_iter().chain(NOW..NOW + 35));
    assert_eq!(judged, [NOW, NOW, NOW, NOW + 10, NOW + 20, NOW + 30]);
    let full = NOW + 30;
    let told = |now| (limit.wait(full, now), limit.failures(full, now));
    assert_eq!(
        [told(NOW), told(NOW + 9), told(NOW + 10), told(NOW + 30)],
        [(10, 3), (1, 3), (0, 2), (0, 0)]
    );
}

#[test]
fn a_clock_that_went_back_makes_nobody_wait_for_more_than_one_pace() {
    for limit in Class::ALL.map(|class| limits().of(class)) {
        let full = NOW + limit.most();
        assert_eq!(limit.wait(full, NOW - limit.most()), limit.pace);
        assert_eq!(limit.failures(full, NOW - limit.most()), limit.at_once);
        assert_eq!(limit.after(full, NOW - limit.most()), NOW);
        // A clock that was far ahead is no reason to wait until then.
        for until in [full + limit.most() + 1, i64::MAX] {
            assert_eq!((limit.wait(until, NOW), limit.failures(until, NOW)), (0, 0));
            assert_eq!(limit.after(until, NOW), NOW + limit.pace);
        }
    }
}

#[test]
fn in_a_day_no_more_than_a_hundred_are_judged_at_an_account() {
    let always = || (0..3 * DAY).flat_map(|second| [NOW + second; 2]);
    let judged = hammer(TOGETHER, [NOW; 100].into_iter().chain(always()));
    assert_eq!(2 * busiest_day(&judged), 100, "of strangers and of whoever is known");
}

#[test]
fn one_network_alone_never_holds_another_one_back() {
    for is_known in [true, false] {
        let mut seen = Seen { is_known, ..Seen::default() };
        let mut judged = 0;
        for now in NOW..NOW + 3 * DAY {
            for _ in 0..if now == NOW { 100 } else { 1 } {
                if limits().wait(&seen, now).is_none() {
                    seen = limits().failed(&seen, now);
                    judged += 1;
                }
            }
            for is_known in [true, false] {
                let until = [None, None, seen.until[2], seen.until[3]];
                assert_eq!(limits().wait(&Seen { is_known, until }, now), None, "{}", now - NOW);
            }
        }
        assert_eq!(judged, 10 + 3 * 24 - 1);
    }
}

/// Guesses from another network each time: how many are judged, and what stands then of them all.
fn crowd(is_known: bool) -> (usize, Seen) {
    let mut seen = Seen { is_known, ..Seen::default() };
    let mut judged = 0;
    while limits().wait(&seen, NOW).is_none() {
        seen = limits().failed(&seen, NOW);
        (seen.until[0], seen.until[1]) = (None, None);
        judged += 1;
    }
    (judged, seen)
}

#[test]
fn strangers_and_whoever_is_known_are_counted_apart() {
    for (is_known, class) in [(true, Class::Known), (false, Class::Strangers)] {
        let (judged, seen) = crowd(is_known);
        assert_eq!((judged, limits().wait(&seen, NOW)), (26, Some((class, 3600))));
        assert_eq!(limits().wait(&Seen { is_known: !is_known, ..seen }, NOW), None);
    }
}

#[test]
fn a_full_network_holds_back_those_alone_whom_the_account_does_not_know() {
    let full = limits().network.most() + NOW;
    let until = [Some(full), None, None, None];
    assert_eq!(limits().wait(&Seen { until, ..stranger() }, NOW), Some((Class::Network, 36)));
    assert_eq!(limits().wait(&Seen { until, ..known() }, NOW), None);
    let after = limits().failed(&Seen { until, ..known() }, NOW);
    let one = Some(NOW + 3600);
    assert_eq!(after.until, [Some(full), one, None, one], "counted, and not over the top");
}

#[test]
fn the_right_password_takes_away_its_own_counter_alone() {
    let until = [Some(1), Some(2), Some(3), Some(4)];
    for is_known in [true, false] {
        let left = [Some(1), None, Some(3), Some(4)];
        assert_eq!(passed(&Seen { is_known, until }), Seen { is_known, until: left });
    }
}

#[test]
fn a_network_is_what_one_holder_has() {
    for (address, expected) in [
        ("192.0.2.77", Some("192.0.2.0/24")),
        ("::ffff:192.0.2.77", Some("192.0.2.0/24")),
        ("2001:db8:1:2ff::9", Some("2001:db8:1:200::/56")),
        ("0.0.0.0", Some("0.0.0.0/24")),
        ("192.0.2.0/24", None),
        ("", None),
    ] {
        assert_eq!(network(address).as_deref(), expected, "{address}");
    }
}

#[test]
fn a_counter_is_read_back_from_its_id() {
    let guess = Guess { account: "a".into(), network: "192.0.2.0/24".into() };
    let told = Class::ALL.map(|class| {
        let counter = Counter::of(class, &guess.id(class), 7);
        assert_eq!((counter.class, counter.until), (class, 7));
        (counter.account.is_some(), counter.network.is_some())
    });
    assert_eq!(told, [(false, true), (true, true), (true, false), (true, false)]);
}

proptest! {
    /// Whatever the limit and whenever the guesses come.
    #[test]
    fn no_stretch_of_time_has_more_than_its_limit(
        (at_once, pace) in (1..40_i64, 1..5000_i64),
        pauses in prop::collection::vec(prop_oneof![Just(0), 0..4_i64, 0..9000_i64], 1..300),
        stretch in 0..200_000_i64,
    ) {
        let limit = Limit { at_once, pace };
        let moments = pauses.iter().scan(NOW, |now, pause| {
            *now += pause;
            Some(*now)
        });
        let judged = hammer(limit, moments);
        for from in &judged {
            let within = judged.iter().filter(|at| (*from..=from + stretch).contains(at)).count();
            prop_assert!(i64::try_from(within).unwrap() <= at_once + stretch / pace);
        }
    }

    /// A wait that is told is the whole wait, and never longer than one pace.
    #[test]
    fn a_wait_is_as_long_as_it_is_told(
        (at_once, pace) in (1..40_i64, 1..5000_i64),
        until in -10_000..400_000_i64,
    ) {
        let limit = Limit { at_once, pace };
        let until = NOW + until;
        let wait = limit.wait(until, NOW);
        if until > NOW + 2 * limit.most() {
            prop_assert_eq!(wait, 0);
            return Ok(());
        }
        prop_assert!((0..=pace).contains(&wait));
        let until = until.min(NOW + limit.most());
        prop_assert_eq!(limit.wait(until, NOW + wait), 0);
        prop_assert!(wait == 0 || limit.wait(until, NOW + wait - 1) == 1);
    }
}
