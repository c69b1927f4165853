//! jot's rule as the pure function that it is, over rows in memory. What comes before the rule is
//! the model's own gate.

use jot::session::{self, Session, Turn, Verdict, present};
use jot::user::Subject;

use crate::model::Model;
use crate::play::System;
use crate::request::{Heard, Refusal, Request};
use crate::table::{self, Span};

#[derive(Default)]
pub(crate) struct Pure {
    sessions: Vec<Session>,
    names: usize,
    told: Vec<[usize; 2]>,
}

impl Pure {
    fn name(&mut self) -> String {
        self.names += 1;
        format!("r{}", self.names)
    }

    fn ask(&mut self, gate: &Model, request: Request) -> Heard {
        match request {
            Request::Login { user } => self.login(gate, user),
            Request::Refresh { session, shown, wish } => match gate.admit(session, shown) {
                Ok(at) => {
                    let turn = match table::turn(wish, gate.rules.rotation) {
                        table::Turn::Keep => Turn::Keep,
                        table::Turn::Rotate => Turn::Rotate,
                        table::Turn::Slide => Turn::Slide,
                    };
                    self.refresh(gate, (session, shown), turn, at)
                }
                Err(refusal) => {
                    if refusal == Refusal::User {
                        self.end(session, gate.now);
                    }
                    Heard::Refused(refusal)
                }
            },
            Request::Logout { session, .. } => {
                self.end(session, gate.now);
                Heard::Done
            }
            Request::Revoke { user } | Request::Disable { user } => {
                let person = &gate.people[user];
                let disables = matches!(request, Request::Disable { .. });
                for (at, session) in gate.sessions.iter().enumerate() {
                    let own = session.user == user && session.stored == person.stored;
                    if own && (person.stored || !disables) {
                        self.end(at, gate.now);
                    }
                }
                Heard::Done
            }
            _ => Heard::Done,
        }
    }

    fn end(&mut self, at: usize, now: i64) {
        let session = &mut self.sessions[at];
        if session.ended.is_none() {
            *session = session::end(session, now, "over");
        }
    }

    fn login(&mut self, gate: &Model, user: usize) -> Heard {
        let at = match gate.clone().login(user) {
            Ok(at) => at,
            Err(refusal) => return Heard::Refused(refusal),
        };
        let refresh = table::span(at, at, &gate.rules);
        let jti = self.name();
        let current =
            session::Refresh { jti: jti.clone(), issued: refresh.iat, expires: refresh.exp };
        self.sessions.push(Session {
            sid: format!("s{}", self.sessions.len()),
            subject: Subject { id: None, username: gate.people[user].name.into() },
            created: refresh.iat,
            generation: 0,
            current,
            previous: None,
            rotated: None,
            recovered: None,
            ended: None,
        });
        self.told.push([0; 2]);
        Heard::Given { jti, refresh, access: access(gate, refresh, refresh.iat) }
    }

    fn refresh(
        &mut self,
        gate: &Model,
        (at, shown): (usize, usize),
        turn: Turn,
        now: i64,
    ) -> Heard {
        let rules = &gate.rules;
        let limits = session::Limits {
            grace: rules.grace,
            lifetime: rules.lifetimes.refresh,
            max_session: rules.max_session,
        };
        let (fresh, jti) = (self.name(), &gate.sessions[at].jtis[shown]);
        let session = &mut self.sessions[at];
        match present(session, jti, turn, now, (&limits, &fresh)) {
            Verdict::Same | Verdict::Current => {}
            Verdict::Successor(next) => *session = next,
            Verdict::Recovered(next) => {
                *session = next;
                self.told[at][1] += 1;
            }
            Verdict::Theft(next) => {
                *session = next;
                self.told[at][0] += 1;
                return Heard::Refused(Refusal::Revoked);
            }
            Verdict::Dead => return Heard::Refused(Refusal::Revoked),
        }
        let session::Refresh { jti, issued, expires } = session.current.clone();
        let refresh = Span { iat: issued, exp: expires };
        Heard::Given { jti, refresh, access: access(gate, refresh, now) }
    }
}

fn access(gate: &Model, refresh: Span, now: i64) -> Span {
    let exp = gate.rules.lifetimes.access.map_or(refresh.exp, |lifetime| now + lifetime);
    Span { iat: now, exp: exp.min(refresh.exp) }
}

impl System for Pure {
    fn set(&mut self, _: i64) {}

    fn carry_out(&mut self, before: &Model, requests: &[Request]) -> Vec<Heard> {
        let mut gate = before.clone();
        let mut all = Vec::new();
        for request in requests {
            let heard = self.ask(&gate, *request);
            // What is wrong is said by whoever plays.
            _ = gate.hear(*request, &heard, 0);
            all.push(heard);
        }
        all
    }

    fn row(&self, session: usize) -> Option<Session> {
        Some(self.sessions[session].clone())
    }

    fn rows(&self) -> usize {
        self.sessions.len()
    }

    fn told(&self) -> Vec<[usize; 2]> {
        self.told.clone()
    }

    fn judge(&self, model: &Model, session: usize, generation: usize) -> Result<(), Refusal> {
        let told = model.judge(session, generation);
        let rules = &model.rules;
        let limits = session::Limits {
            grace: rules.grace,
            lifetime: rules.lifetimes.refresh,
            max_session: rules.max_session,
        };
        let jti = &model.sessions[session].jtis[generation];
        let counts = session::counts(&self.sessions[session], jti, model.now, &limits);
        if counts || told.is_err() { told } else { Err(Refusal::Revoked) }
    }

    /// The rule knows none.
    fn judge_accesses(&self) -> Vec<(usize, Span, Result<(), Refusal>)> {
        Vec::new()
    }
}
