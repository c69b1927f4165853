//! A store that counts what is asked of it, and at which something else may happen meanwhile.

use std::sync::Arc;
use std::sync::Mutex;

use jot::error::Result;
use jot::revocation::{Revocation, Target};
use jot::session::Session;
use jot::store::sqlite::Sqlite;
use jot::store::{Done, Each, Filter, Minted, NewUser, Purged, Question, Standing, Store};
use jot::user::{Subject, User};

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
    passed_on! {
        user(username: &str) -> Option<User>;
        user_by_id(id: i64) -> Option<User>;
        add_user(user: &NewUser) -> User;
        users(each: Each<'_, User>) -> ();
        set_password(id: i64, hash: &str, watermark: &Revocation) -> ();
        note_login(id: i64, at: i64, rehashed: Option<(&str, &str)>) -> ();
        watermark(subject: &Subject) -> Option<i64>;
        record(minted: &[Minted], begun: &[Session]) -> ();
        session(sid: &str) -> Option<Session>;
        replace_session(was: &Session, becomes: &Session) -> bool;
        standing(question: &Question<'_>) -> Standing;
        revoke(revocations: &[Revocation]) -> Vec<Done>;
        revocations(filter: &Filter, each: Each<'_, Revocation>) -> ();
        revocation(target: &Target) -> Option<Revocation>;
        find_revocations(prefix: &str) -> Vec<Revocation>;
        forget_revocation(target: &Target) -> bool;
        tokens(filter: &Filter, each: Each<'_, Minted>) -> ();
        find_tokens(prefix: &str) -> Vec<Minted>;
        find_sessions(prefix: &str) -> Vec<Session>;
        latest_expiry() -> Option<i64>;
        last_purge() -> Option<i64>;
        purge(now: i64) -> Purged;
    }
}
