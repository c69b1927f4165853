//! A store that counts what is asked of it, and at which something else may happen meanwhile.

use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;

use jot::client::Client;
use jot::error::Result;
use jot::event::Event;
use jot::revocation::{Revocation, Target};
use jot::session::Session;
use jot::store::sqlite::Sqlite;
use jot::store::{
    Account, Change, Copied, Each, EventFilter, Filter, Horizon, Meaning, Merged, Minted, Purged,
    Question, Restored, Standing, Store, Taken, Whose, Written,
};
use jot::throttle::{Counter, Guess, Seen};
use jot::user::{Group, Subject, User};

type Meanwhile = Box<dyn FnOnce(&Sqlite) + Send>;

/// What a spy saw, and what it is to do.
#[derive(Default)]
pub(crate) struct Notes {
    calls: Mutex<Vec<&'static str>>,
    meanwhile: Mutex<Option<(&'static str, Meanwhile)>>,
}

impl Notes {
    /// The calls since the last time.
    pub(crate) fn taken(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.calls.lock().unwrap())
    }

    /// Somebody else does this right after the next `call` was answered.
    pub(crate) fn after(&self, call: &'static str, act: impl FnOnce(&Sqlite) + Send + 'static) {
        *self.meanwhile.lock().unwrap() = Some((call, Box::new(act)));
    }
}

/// The store itself.
pub(crate) struct Spy {
    inner: Sqlite,
    notes: Arc<Notes>,
}

/// A spy over a new store, and its notes.
pub(crate) fn spy() -> (Box<dyn Store>, Arc<Notes>) {
    let notes = Arc::new(Notes::default());
    let spy = Spy { inner: Sqlite::in_memory().unwrap(), notes: Arc::clone(&notes) };
    (Box::new(spy), notes)
}

impl Spy {
    fn noted<T>(&self, call: &'static str, answer: T) -> T {
        self.notes.calls.lock().unwrap().push(call);
        let mut meanwhile = self.notes.meanwhile.lock().unwrap();
        let due = meanwhile.take_if(|(awaited, _)| *awaited == call);
        drop(meanwhile);
        if let Some((_, act)) = due {
            act(&self.inner);
        }
        answer
    }
}

macro_rules! passed_on {
    ($($name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        $(fn $name(&self, $($argument: $type),*) -> Result<$answer> {
            let answer = self.inner.$name($($argument),*);
            self.noted(stringify!($name), answer)
        })*
    };
}

impl Store for Spy {
    fn state(&self) -> Option<i64> {
        self.inner.state()
    }

    passed_on! {
        write(changes: &[Change<'_>]) -> Option<Written>;
        account(whose: Whose<'_>) -> (Account, Option<i64>);
        user(username: &str) -> Option<User>;
        users(each: Each<'_, User>) -> ();
        client(id: &str) -> Option<Client>;
        clients(each: Each<'_, Client>) -> ();
        groups() -> Vec<Group>;
        any_user(draw: u64) -> Option<User>;
        secret() -> i64;
        csrf_key() -> [u8; 32];
        standing(question: &Question<'_>) -> Standing;
        seen(guess: &Guess) -> Seen;
        counters(each: Each<'_, Counter>) -> ();
        session(sid: &str) -> Option<Session>;
        sessions(filter: &Filter, each: Each<'_, Session>) -> ();
        own_sessions(whose: &Subject, each: Each<'_, Session>) -> ();
        find_sessions(prefix: &str) -> Vec<Session>;
        revocations(filter: &Filter, each: Each<'_, Revocation>) -> ();
        revocation(target: &Target) -> Option<Revocation>;
        find_revocations(prefix: &str) -> Vec<Revocation>;
        tokens(filter: &Filter, each: Each<'_, Minted>) -> ();
        find_tokens(prefix: &str) -> Vec<Minted>;
        events(filter: &EventFilter, each: Each<'_, (i64, Event)>) -> ();
        last_event() -> i64;
        take_letter(url: &str, now: i64, until: i64) -> Option<Taken>;
        latest_expiry() -> Option<i64>;
        last_purge() -> Option<i64>;
        purge(horizon: &Horizon) -> Purged;
        backup(file: &Path) -> Copied;
        restore(from: &Path, meaning: &dyn Fn(&Merged) -> Result<Meaning>) -> Restored;
    }
}
