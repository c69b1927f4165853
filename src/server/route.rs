//! A route: the methods it has, what it does, in which dialect it says no, and where it lies.

use std::sync::Arc;

use axum::Router;
use axum::extract::State as Extract;
use axum::http::Method;
use axum::routing::{MethodRouter, any};

use crate::server::State;
use crate::server::refused::Refused;
use crate::server::reply::Answer;
use crate::server::request::Request;
use crate::server::work::What;

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
    pub(super) fn route<F, A>(self, allowed: &'static str, door: F) -> Route
    where
        F: Fn(State, Request) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Result<Answer, Refused>> + Send,
    {
        let door = any(move |Extract(state): Extract<State>, request: Request| {
            let door = door.clone();
            async move { self.answer(allowed, (state, request), door).await }
        });
        Route { allowed, door }
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
        let metrics = Arc::clone(&state.metrics);
        door(state, request).await.unwrap_or_else(|refused| {
            match &refused {
                Refused::Failed(failure) => metrics.failed(failure),
                Refused::Throttled(_) => _ = metrics.throttled.inc(),
                _ => {}
            }
            (self.refuse)(refused)
        })
    }

    /// A route that looks at what is kept.
    pub(super) fn looking<F>(self, allowed: &'static str, door: F) -> Route
    where
        F: Fn(&State, &Request) -> Result<Answer, Refused> + Clone + Send + Sync + 'static,
    {
        self.doing(What::Looking, allowed, door)
    }

    /// A route that changes what is kept, or perhaps.
    pub(super) fn changing<F>(self, allowed: &'static str, door: F) -> Route
    where
        F: Fn(&State, &Request) -> Result<Answer, Refused> + Clone + Send + Sync + 'static,
    {
        self.doing(What::Changing, allowed, door)
    }

    fn doing<F>(self, what: What, allowed: &'static str, door: F) -> Route
    where
        F: Fn(&State, &Request) -> Result<Answer, Refused> + Clone + Send + Sync + 'static,
    {
        self.route(allowed, move |state, request| {
            let (door, work) = (door.clone(), Arc::clone(&state.work));
            async move { work.doing(what, move || door(&state, &request)).await }
        })
    }
}

/// A route, wherever it lies.
#[derive(Clone)]
pub(super) struct Route {
    allowed: &'static str,
    door: MethodRouter<State>,
}

impl Route {
    /// A route that two doors share, each with a dialect of its own.
    pub(super) fn shared<F, A>(allowed: &'static str, door: F) -> Self
    where
        F: Fn(State, Request) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Answer> + Send,
    {
        let door =
            any(move |Extract(state): Extract<State>, request: Request| door(state, request));
        Self { allowed, door }
    }
}

/// The routes of a door, and where they lie.
#[derive(Default)]
pub(super) struct Routes {
    router: Router<State>,
    places: Vec<Place>,
}

/// Where a route lies, and the methods that it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) path: String,
    pub(super) allowed: &'static str,
}

impl Routes {
    /// The same routes, and one more.
    pub(super) fn route(mut self, path: &str, route: Route) -> Self {
        self.places.push(Place { path: path.to_owned(), allowed: route.allowed });
        Self { router: self.router.route(path, route.door), ..self }
    }

    /// The same routes, and one more that lies there with and without the last slash.
    pub(super) fn both(self, path: &str, route: Route) -> Self {
        self.route(&format!("{path}/"), route.clone()).route(path, route)
    }

    /// The same routes, and those of another door.
    pub(super) fn merge(mut self, others: Self) -> Self {
        self.places.extend(others.places);
        Self { router: self.router.merge(others.router), ..self }
    }

    /// The routes themselves, and where they lie.
    pub(super) fn into_parts(self) -> (Router<State>, Vec<Place>) {
        (self.router, self.places)
    }
}
