//! jot as it is: two authorities over one SQLite file, as two processes would be. What is asked at
//! once is asked by as many threads, which the two share among them.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Barrier;
use std::sync::atomic::{AtomicI64, Ordering};

use jot::authority::issue::{Issued, Token};
use jot::authority::people::Person;
use jot::authority::revoke::{Note, What};
use jot::authority::validate::Asked;
use jot::authority::{Authority, Rules};
use jot::chance;
use jot::clock::Clock;
use jot::error::{Code, Error, Stage};
use jot::session::{Session, THEFT};
use jot::store::Change;
use jot::user::User;
use rusqlite::Connection;

use crate::model::Model;
use crate::play::System;
use crate::request::{Heard, Refusal, Request};
use crate::table::Span;
use crate::world::{ACCESS_ONLY, NOW, REFRESH_ONLY, authority_over, claims, here, open, pair};

thread_local! {
    static WAITED: Cell<i64> = const { Cell::new(i64::MIN) };
}

/// A clock that the history sets. Who waits is alone in having waited.
struct Hands(Arc<AtomicI64>);

impl Clock for Hands {
    fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst).max(WAITED.get())
    }

    fn wait_until(&self, moment: i64) {
        WAITED.set(WAITED.get().max(moment));
    }
}

pub(crate) struct Real {
    authorities: [Authority; 2],
    clock: Arc<AtomicI64>,
    /// A third one that only looks.
    looker: Connection,
    tokens: HashMap<String, String>,
    /// Every access token that was given, with its session.
    accesses: Vec<(usize, Token)>,
    sids: Vec<String>,
    turn: usize,
    told: Vec<[usize; 2]>,
    /// The last event that was read.
    position: i64,
    _folder: tempfile::TempDir,
}

impl Real {
    pub(crate) fn new(rules: &Rules) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jot.db");
        let clock = Arc::new(AtomicI64::new(NOW));
        let authorities = [(); 2].map(|()| {
            let hands = Box::new(Hands(Arc::clone(&clock)));
            authority_over(Box::new(open(&path)), rules.clone(), (hands, Box::new(chance::System)))
        });
        authorities[0].add_user(&Person::named("alice"), None, &here()).unwrap();
        let looker = Connection::open(&path).unwrap();
        let (tokens, sids) = (HashMap::new(), Vec::new());
        Self {
            authorities,
            clock,
            looker,
            tokens,
            accesses: Vec::new(),
            sids,
            turn: 0,
            told: Vec::new(),
            position: 0,
            _folder: folder,
        }
    }

    fn read_events(&mut self) {
        let sql = "SELECT position, sid, kind FROM events WHERE position > ?1 \
            AND kind IN ('theft_detected', 'refresh_recovered') ORDER BY position";
        let mut select = self.looker.prepare_cached(sql).unwrap();
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let rows = select.query_map([self.position], read).unwrap();
        let told: Vec<(i64, String, String)> = rows.map(std::result::Result::unwrap).collect();
        self.told.resize(self.sids.len(), [0; 2]);
        for (position, sid, kind) in told {
            self.position = position;
            let session = self.sids.iter().position(|known| *known == sid).unwrap();
            self.told[session][usize::from(kind != THEFT)] += 1;
        }
    }

    /// What changes whenever anybody has written.
    fn version(&self) -> i64 {
        self.looker.query_row("PRAGMA data_version", [], |row| row.get(0)).unwrap()
    }

    fn check(&self, token: &str, asked: &Asked) -> Result<(), Refusal> {
        let version = self.version();
        let report = self.authorities[1].validate(token, asked, &here()).unwrap();
        assert_eq!(self.version(), version, "who only checks changes nothing");
        match report.failure().map(|check| check.stage) {
            None => Ok(()),
            Some(Stage::Expired) => Err(Refusal::Expired),
            Some(Stage::Revoked) => Err(Refusal::Revoked),
            Some(other) => panic!("{other:?}"),
        }
    }
}

/// An answer, and the refresh token and the access token that came with it.
type Answer = (Heard, Option<(String, Token)>);

fn ask(authority: &Authority, request: Request, names: &Names<'_>) -> Answer {
    let answer = match request {
        Request::Login { user } => begin(authority, names.before.people[user].name),
        Request::Refresh { session, shown, wish } => authority
            .refresh(names.token(session, shown), wish, &here())
            .map(|refreshed| given(refreshed.refresh.text, refreshed.access)),
        other => administer(authority, other, names).map(|()| (Heard::Done, None)),
    };
    answer.unwrap_or_else(|error| (Heard::Refused(refusal(&error)), None))
}

fn begin(authority: &Authority, name: &str) -> Result<Answer, Error> {
    let Issued { refresh, access, .. } = authority.issue(&[pair(name)])?.remove(0)?;
    Ok(given(refresh.unwrap().text, access.unwrap()))
}

fn given(refresh: String, access: Token) -> Answer {
    let says = claims(&refresh);
    let span = Span { iat: says.iat.unwrap(), exp: says.exp.unwrap() };
    let heard = Heard::Given { jti: says.jti.unwrap(), refresh: span, access: span_of(&access) };
    (heard, Some((refresh, access)))
}

fn span_of(token: &Token) -> Span {
    Span { iat: token.issued, exp: token.expires }
}

fn administer(authority: &Authority, request: Request, names: &Names<'_>) -> Result<(), Error> {
    let name = |user: usize| names.before.people[user].name;
    let done = match request {
        Request::Logout { session, shown } => {
            let what = [What::Token(names.token(session, shown).to_owned())];
            authority.revoke(&what, &Note::default()).map(drop)
        }
        Request::Revoke { user } => {
            authority.revoke(&[What::User(name(user).into())], &Note::default()).map(drop)
        }
        Request::Disable { user } => authority.set_active(name(user), false, &here()).map(drop),
        Request::Enable { user } => authority.set_active(name(user), true, &here()).map(drop),
        Request::Enroll { user } => {
            authority.add_user(&Person::named(name(user)), None, &here()).map(drop)
        }
        Request::Strike { user } => authority.known(name(user)).and_then(|was| {
            let becomes = User { active: false, ..was.clone() };
            let change = Change::ReplaceUser { was: &was, becomes: &becomes };
            authority.store().write(&[change]).map(drop)
        }),
        _ => authority.purge().map(drop),
    };
    match done {
        // There is nobody to change, or somebody already.
        Err(error) if matches!(error.code(), Code::UnknownUser | Code::Exists) => Ok(()),
        other => other,
    }
}

fn refusal(error: &Error) -> Refusal {
    match error.code() {
        Code::Refused(Stage::Expired) => Refusal::Expired,
        Code::Refused(Stage::Revoked) => Refusal::Revoked,
        Code::UserRefused => Refusal::User,
        Code::ClockBehind => Refusal::Clock,
        _ => panic!("{error}"),
    }
}

/// What everything is called.
struct Names<'a> {
    before: &'a Model,
    tokens: &'a HashMap<String, String>,
}

impl Names<'_> {
    fn token(&self, session: usize, generation: usize) -> &str {
        &self.tokens[&self.before.sessions[session].jtis[generation]]
    }
}

impl System for Real {
    fn set(&mut self, now: i64) {
        self.clock.store(now, Ordering::SeqCst);
    }

    fn carry_out(&mut self, before: &Model, requests: &[Request]) -> Vec<Heard> {
        let names = Names { before, tokens: &self.tokens };
        let barrier = Barrier::new(requests.len());
        self.turn += 1;
        let run = |at: usize| {
            let authority = &self.authorities[(self.turn + at) % 2];
            barrier.wait();
            ask(authority, requests[at], &names)
        };
        let answers: Vec<Answer> = std::thread::scope(|scope| {
            let start = |at| {
                let run = &run;
                scope.spawn(move || run(at))
            };
            let threads: Vec<_> = (0..requests.len()).map(start).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let mut all = Vec::new();
        for (heard, tokens) in answers {
            if let (Heard::Given { jti, .. }, Some((refresh, access))) = (&heard, tokens) {
                let sid = access.sid.clone().unwrap();
                let session = self.sids.iter().position(|known| *known == sid);
                let session = session.unwrap_or_else(|| {
                    self.sids.push(sid);
                    self.sids.len() - 1
                });
                self.tokens.entry(jti.clone()).or_insert(refresh);
                self.accesses.push((session, access));
            }
            all.push(heard);
        }
        self.read_events();
        all
    }

    fn row(&self, session: usize) -> Option<Session> {
        self.authorities[0].store().session(&self.sids[session]).unwrap()
    }

    fn rows(&self) -> usize {
        let count = "SELECT count(*) FROM sessions";
        let count: i64 = self.looker.query_row(count, [], |row| row.get(0)).unwrap();
        usize::try_from(count).unwrap()
    }

    fn told(&self) -> Vec<[usize; 2]> {
        self.told.clone()
    }

    fn judge(&self, model: &Model, session: usize, generation: usize) -> Result<(), Refusal> {
        let names = Names { before: model, tokens: &self.tokens };
        self.check(names.token(session, generation), &REFRESH_ONLY)
    }

    fn judge_accesses(&self) -> Vec<(usize, Span, Result<(), Refusal>)> {
        let told = |(session, token): &(usize, Token)| {
            (*session, span_of(token), self.check(&token.text, &ACCESS_ONLY))
        };
        self.accesses.iter().map(told).collect()
    }
}
