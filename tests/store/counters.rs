//! Counters of wrong passwords and known networks, on any store.

use std::ops::ControlFlow;

use jot::store::{Change, Counted, Store};
use jot::throttle::{Class, Counter, Guess, Lifted, Seen};

use crate::acts::Acts as _;

fn guess(account: &str, network: &str) -> Guess {
    Guess { account: account.into(), network: network.into() }
}

fn counted(until: [Option<i64>; 4]) -> Seen {
    Seen { until, ..Seen::default() }
}

fn count(store: &dyn Store, guess: &Guess, was: Seen, becomes: Seen) -> bool {
    let counted = Counted { guess, was, becomes };
    store.write(&[Change::Count(&counted)]).unwrap().is_some()
}

fn know(store: &dyn Store, guess: &Guess, at: i64) {
    store.write(&[Change::Know(guess, at)]).unwrap().unwrap();
}

fn lift(store: &dyn Store, lifted: &Lifted) -> u64 {
    store.write(&[Change::Lift(lifted)]).unwrap().unwrap().lifted
}

fn all(store: &dyn Store) -> Vec<Counter> {
    let mut all = Vec::new();
    let mut take = |counter| {
        all.push(counter);
        Ok(ControlFlow::Continue(()))
    };
    store.counters(&mut take).unwrap();
    all
}

pub(crate) fn counters_are_replaced_only_while_they_are_what_they_were(store: &dyn Store) {
    let (here, there) = (guess("a", "192.0.2.0/24"), guess("a", "198.51.100.0/24"));
    assert_eq!(store.seen(&here).unwrap(), Seen::default());
    let first = counted([Some(5), Some(6), Some(7), None]);
    assert!(count(store, &here, Seen::default(), first));
    assert!(!count(store, &here, Seen::default(), first), "it is another by now");
    assert_eq!(store.seen(&here).unwrap(), first);
    assert_eq!(store.seen(&there).unwrap(), counted([None, None, Some(7), None]));
    assert_eq!(store.seen(&guess("b", "192.0.2.0/24")).unwrap().until, [Some(5), None, None, None]);
    let second = counted([Some(5), None, Some(9), None]);
    assert!(count(store, &here, first, second));
    assert_eq!(store.seen(&here).unwrap(), second);
    assert!(count(store, &here, second, second), "that all is as it was is enough");
    know(store, &here, 1);
    assert!(!count(store, &here, second, first), "the account knows the network by now");
    assert_eq!(store.seen(&here).unwrap(), Seen { is_known: true, ..second });
}

pub(crate) fn an_account_knows_the_eight_networks_of_its_latest_logins(store: &dyn Store) {
    let network = |number: i64| guess("a", &format!("10.0.{number}.0/24"));
    let known =
        || (0..10).filter(|n| store.seen(&network(*n)).unwrap().is_known).collect::<Vec<_>>();
    (0..8).for_each(|number| know(store, &network(number), number));
    know(store, &guess("b", "10.0.0.0/24"), 100);
    know(store, &network(0), 8);
    assert_eq!(known(), [0, 1, 2, 3, 4, 5, 6, 7]);
    know(store, &network(8), 8);
    know(store, &network(9), 7);
    assert_eq!(known(), [0, 3, 4, 5, 6, 7, 8, 9]);
    assert!(store.seen(&guess("b", "10.0.0.0/24")).unwrap().is_known);
}

pub(crate) fn a_purge_takes_counters_and_networks_that_are_over(store: &dyn Store) {
    const KEPT: i64 = 90 * 24 * 60 * 60;
    let (one, other) = (guess("a", "192.0.2.0/24"), guess("b", "198.51.100.0/24"));
    let counters = counted([Some(10), Some(20), Some(30), None]);
    assert!(count(store, &one, Seen::default(), counters));
    know(store, &one, 5);
    know(store, &other, 6);
    store.purge_at(20).unwrap();
    let left = counted([None, Some(20), Some(30), None]);
    assert_eq!(store.seen(&one).unwrap(), Seen { is_known: true, ..left });
    store.purge_at(KEPT + 6).unwrap();
    assert_eq!(store.seen(&one).unwrap(), Seen::default());
    assert!(store.seen(&other).unwrap().is_known);
}

pub(crate) fn counters_are_lifted_by_account_and_by_network(store: &dyn Store) {
    let (net, other) = ("192.0.2.0/24", "198.51.100.0/24");
    let fill = || {
        lift(store, &Lifted::All);
        for (account, network) in [("a", net), ("a", other), ("ab", net)] {
            let guess = guess(account, network);
            let was = store.seen(&guess).unwrap();
            assert!(count(store, &guess, was, counted([Some(1), Some(2), Some(3), Some(4)])));
        }
    };
    let left = || {
        let told = |counter: Counter| {
            let name = counter.class.name();
            let [account, network] =
                [counter.account, counter.network].map(Option::unwrap_or_default);
            format!("{name} {account} {network}")
        };
        all(store).into_iter().map(told).collect::<Vec<_>>()
    };
    fill();
    assert_eq!(all(store).len(), 2 + 3 + 2 + 2);
    assert_eq!(lift(store, &Lifted::Account("a".into())), 4);
    assert_eq!(
        left(),
        [
            format!("network  {net}"),
            format!("network  {other}"),
            format!("single ab {net}"),
            "strangers ab ".to_owned(),
            "known ab ".to_owned(),
        ]
    );
    fill();
    assert_eq!(lift(store, &Lifted::Network(net.into())), 3);
    assert_eq!(
        left(),
        [
            format!("network  {other}"),
            format!("single a {other}"),
            "strangers a ".to_owned(),
            "strangers ab ".to_owned(),
            "known a ".to_owned(),
            "known ab ".to_owned(),
        ]
    );
    assert_eq!(lift(store, &Lifted::Network("192.0.2.0".into())), 0);
    assert_eq!(lift(store, &Lifted::All), 6);
    assert_eq!(all(store).iter().map(|one| one.class).collect::<Vec<Class>>(), []);
}
