//! A route: the methods it has, what it does, and in which dialect it says no.

use axum::extract::State as Extract;
use axum::http::Method;
use axum::routing::{MethodRouter, any};

use crate::server::State;
use crate::server::refused::Refused;
use crate::server::reply::Answer;
use crate::server::request::Request;

/// How a door says no.
#[derive(Clone, Copy)]
pub(super) struct Dialect {
    /// Why it does not do what it was asked.
    pub(super) refuse: fn(Refused) -> Answer,
    /// 405, or for OPTIONS which methods there are.
    pub(super) methods: fn(&'static str, bool) -> Answer,
}

impl Dialect {
    /// A route whose work waits for its turn by itself.
    pub(super) fn route<F, A>(self, allowed: &'static str, door: F) -> MethodRouter<State>
    where
        F: Fn(State, Request) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Result<Answer, Refused>> + Send,
    {
        any(move |Extract(state): Extract<State>, request: Request| {
            let door = door.clone();
            async move { self.answer(allowed, (state, request), door).await }
        })
    }

    /// What such a route answers.
    pub(super) async fn answer<A>(
        self,
        allowed: &'static str,
        (state, request): (State, Request),
        door: impl Fn(State, Request) -> A,
    ) -> Answer
    where
        A: Future<Output = Result<Answer, Refused>>,
    {
        let asked = request.method == Method::OPTIONS;
        let is_allowed = allowed.split(", ").any(|method| request.method.as_str() == method);
        if asked || !is_allowed {
            return (self.methods)(allowed, asked && is_allowed);
        }
        door(state, request).await.unwrap_or_else(self.refuse)
    }

    /// A route that looks into the store or signs.
    pub(super) fn looking<F>(self, allowed: &'static str, door: F) -> MethodRouter<State>
    where
        F: Fn(&State, &Request) -> Result<Answer, Refused> + Clone + Send + Sync + 'static,
    {
        self.route(allowed, move |state, request| {
            let door = door.clone();
            async move {
                let work = state.work.clone();
                work.looking(move || door(&state, &request)).await
            }
        })
    }
}
