//! Clients, on any store.

use std::ops::ControlFlow;

use jot::client::Client;
use jot::error::Code;
use jot::store::{Account, Change, Question, Store, Whose};

use crate::acts::Acts as _;
use crate::suite::new_user;

pub(crate) fn client(id: &str, created: i64) -> Client {
    let permissions = vec!["app.view".into(), "app.\"add\"".into()];
    Client { id: id.into(), secret: [7; 32], permissions, created }
}

fn add(store: &dyn Store, client: &Client) -> jot::error::Result<()> {
    store.write(&[Change::AddClient(client)]).map(|written| assert!(written.is_some()))
}

fn remove(store: &dyn Store, was: &Client, at: i64) -> bool {
    store.write(&[Change::RemoveClient(was, at)]).unwrap().is_some()
}

fn all(store: &dyn Store) -> Vec<Client> {
    let mut all = Vec::new();
    let mut take = |client| {
        all.push(client);
        Ok(ControlFlow::Continue(()))
    };
    store.clients(&mut take).unwrap();
    all
}

pub(crate) fn clients_are_added_once_and_listed_by_id(store: &dyn Store) {
    let [b, a] = ["b", "a"].map(|id| client(id, 10));
    add(store, &b).unwrap();
    add(store, &a).unwrap();
    let taken = add(store, &client("a", 20)).unwrap_err();
    assert_eq!(taken.code(), Code::Exists);
    assert_eq!(taken.to_string(), "the client \"a\" is there already");
    assert_eq!(store.client("a").unwrap(), Some(a.clone()));
    assert_eq!(store.client("A").unwrap(), None);
    assert_eq!(all(store), [a, b]);
}

pub(crate) fn a_removed_client_is_found_by_nothing_and_stays_removed(store: &dyn Store) {
    let was = client("a", 10);
    add(store, &was).unwrap();
    for other in [
        client("b", 10),
        client("a", 11),
        Client { secret: [8; 32], ..was.clone() },
        Client { permissions: Vec::new(), ..was.clone() },
    ] {
        assert!(!remove(store, &other, 20), "{other:?}");
    }
    assert!(remove(store, &was, 20));
    assert!(!remove(store, &was, 20));
    assert_eq!((store.client("a").unwrap(), all(store)), (None, Vec::new()));
    assert_eq!(store.account(Whose::Client(&was)).unwrap().0, Account::Removed);
    // The clock went back since: what was issued up to the removal must stay what it is.
    add(store, &client("a", 15)).unwrap();
    assert_eq!(store.client("a").unwrap().unwrap().created, 20);
}

pub(crate) fn of_a_client_its_token_is_asked_for_and_no_user(store: &dyn Store) {
    let user = store.add_user(&new_user("a")).unwrap();
    let was = client("a", 10);
    let question = Question {
        jti: None,
        sid: None,
        user_id: None,
        username: None,
        client: Some("a"),
        issued: 0,
    };
    assert_eq!(store.standing(&question).unwrap().account, Account::Unknown);
    assert_eq!(store.account(Whose::Client(&was)).unwrap(), (Account::Unknown, None));
    add(store, &was).unwrap();
    assert_eq!(store.standing(&question).unwrap().account, Account::Client(was.clone()));
    let (account, watermark) = store.account(Whose::Client(&was)).unwrap();
    assert_eq!((account, watermark), (Account::Client(was), Some(10)));
    assert_eq!(store.account(Whose::Name("a")).unwrap().0, Account::Stored(user));
}
