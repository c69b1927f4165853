//! Histories: what happens to a few sessions, in words that a person can follow.

use std::fmt;

use jot::authority::Rules;
use jot::authority::refresh::Wish;
use jot::authority::rules::{Lifetimes, Rotation};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::world::{DAY, rules};

/// A moment at which something changes for a session.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Edge {
    /// The last second in which a retry is expected.
    Grace,
    /// The current refresh token ends.
    Expiry,
    /// The session has lasted as long as any may.
    Longest,
}

/// Who does something that has to do with tokens. Numbers count round: of three sessions, number
/// four is the first again.
#[derive(Clone, Copy)]
pub(crate) enum Act {
    /// A tab of the client of this session shows what is in the jar.
    Client { session: usize, wish: Wish, arrives: bool },
    /// The thief shows one of the tokens that it has.
    Thief { which: usize, wish: Wish },
    /// The client logs out.
    Logout { session: usize },
    /// An operator revokes all of a user's tokens.
    Revoke { user: usize },
    /// What is over is taken away.
    Purge,
}

/// What happens next.
#[derive(Clone)]
pub(crate) enum Step {
    Wait(i64),
    HourBack,
    Until {
        session: usize,
        edge: Edge,
        off: i64,
    },
    /// A new session.
    Login {
        user: usize,
    },
    /// The thief copies what is in a jar.
    Copied {
        session: usize,
    },
    /// All at once; the answers arrive in their order, or in the other one.
    Together {
        acts: Vec<Act>,
        backwards: bool,
    },
    /// A token of a session, counted back from the latest, is only checked.
    Checked {
        session: usize,
        back: usize,
    },
    Disable {
        user: usize,
    },
    Enable {
        user: usize,
    },
    /// A name that was unknown becomes a user's.
    Enroll {
        user: usize,
    },
    /// A program that knows nothing of sessions takes a user's right to tokens away.
    Strike {
        user: usize,
    },
}

/// Rules, and what happens under them.
#[derive(Clone)]
pub(crate) struct History {
    pub(crate) rotation: Rotation,
    pub(crate) grace: i64,
    pub(crate) lifetimes: Lifetimes,
    pub(crate) max_session: i64,
    pub(crate) steps: Vec<Step>,
}

impl History {
    pub(crate) fn rules(&self) -> Rules {
        let Self { rotation, grace, lifetimes, max_session, .. } = *self;
        Rules { rotation, grace, lifetimes, max_session, ..rules() }
    }
}

fn wish() -> impl Strategy<Value = Wish> {
    prop_oneof![Just(Wish::Access), Just(Wish::AccessOnly), Just(Wish::Renewal), Just(Wish::Update)]
}

fn act() -> impl Strategy<Value = Act> {
    let client = (0..3_usize, wish(), prop::bool::weighted(0.65));
    prop_oneof![
        20 => client.prop_map(|(session, wish, arrives)| Act::Client { session, wish, arrives }),
        8 => (0..6_usize, wish()).prop_map(|(which, wish)| Act::Thief { which, wish }),
        1 => (0..3_usize).prop_map(|session| Act::Logout { session }),
        1 => (0..2_usize).prop_map(|user| Act::Revoke { user }),
        1 => Just(Act::Purge),
    ]
}

fn pause() -> impl Strategy<Value = i64> {
    prop_oneof![4 => 0..3_i64, 6 => 55..70_i64, 4 => 0..200_i64, 1 => 0..2 * DAY]
}

fn until() -> impl Strategy<Value = Step> {
    let edge =
        prop_oneof![16 => Just(Edge::Grace), 1 => Just(Edge::Expiry), 1 => Just(Edge::Longest)];
    (0..3_usize, edge, -1..=1_i64).prop_map(|(session, edge, off)| Step::Until {
        session,
        edge,
        off,
    })
}

fn step() -> impl Strategy<Value = Step> {
    let alone = act().prop_map(|act| Step::Together { acts: vec![act], backwards: false });
    let together = (vec(act(), 2..5), any::<bool>());
    prop_oneof![
        16 => alone,
        5 => together.prop_map(|(acts, backwards)| Step::Together { acts, backwards }),
        5 => pause().prop_map(Step::Wait),
        6 => until(),
        2 => Just(Step::HourBack),
        1 => Just(Step::Wait(61)),
        3 => (0..2_usize).prop_map(|user| Step::Login { user }),
        4 => (0..3_usize).prop_map(|session| Step::Copied { session }),
        3 => (0..3_usize, 0..4_usize).prop_map(|(session, back)| Step::Checked { session, back }),
        1 => people(),
    ]
}

fn people() -> impl Strategy<Value = Step> {
    (0..4, 0..2_usize).prop_map(|(what, user)| match what {
        0 => Step::Disable { user },
        1 => Step::Enable { user },
        2 => Step::Enroll { user },
        _ => Step::Strike { user },
    })
}

/// Any history.
pub(crate) fn history() -> impl Strategy<Value = History> {
    let rotation =
        prop_oneof![Just(Rotation::Auto), Just(Rotation::Always), Just(Rotation::Update)];
    let grace = prop_oneof![4 => Just(60), 1 => Just(0), 1 => Just(1)];
    let lifetime =
        |short| prop_oneof![1 => Just(Some(short)), 3 => Just(Some(7 * DAY)), 1 => Just(None)];
    let max_session = prop_oneof![4 => Just(30 * DAY), 1 => Just(3 * DAY), 1 => Just(1000)];
    (rotation, grace, (lifetime(40), lifetime(600)), max_session, vec(step(), 1..28)).prop_map(
        |(rotation, grace, (access, refresh), max_session, steps)| History {
            rotation,
            grace,
            lifetimes: Lifetimes { access, refresh },
            max_session,
            steps,
        },
    )
}

impl fmt::Debug for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client { session, wish, arrives } => {
                let fate = if *arrives { "" } else { ", and the answer is lost" };
                write!(f, "client {session} asks for {wish:?}{fate}")
            }
            Self::Thief { which, wish } => write!(f, "the thief shows no. {which} for {wish:?}"),
            Self::Logout { session } => write!(f, "client {session} logs out"),
            Self::Revoke { user } => write!(f, "all of user {user}'s tokens are revoked"),
            Self::Purge => write!(f, "a purge"),
        }
    }
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wait(seconds) => write!(f, "{seconds} s pass"),
            Self::HourBack => write!(f, "the clock goes an hour back"),
            Self::Until { session, edge, off } => {
                write!(f, "it is the {edge:?} of session {session} and {off} s")
            }
            Self::Login { user } => write!(f, "user {user} logs in"),
            Self::Copied { session } => write!(f, "the thief copies what client {session} has"),
            Self::Together { acts, .. } if acts.len() == 1 => write!(f, "{:?}", acts[0]),
            Self::Together { acts, backwards } => {
                let order = if *backwards { " (answers backwards)" } else { "" };
                write!(f, "at once{order}: {acts:?}")
            }
            Self::Checked { session, back } => {
                write!(f, "the last but {back} refresh token of session {session} is checked")
            }
            Self::Disable { user } => write!(f, "user {user} is disabled"),
            Self::Enable { user } => write!(f, "user {user} is enabled"),
            Self::Enroll { user } => write!(f, "user {user} is added to the store"),
            Self::Strike { user } => write!(f, "user {user} is disabled by another program"),
        }
    }
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rotation, grace, lifetimes, max_session, steps } = self;
        let Lifetimes { access, refresh } = lifetimes;
        writeln!(f, "rotation {rotation:?}, grace {grace} s, a session lasts {max_session} s,")?;
        writeln!(f, "an access token {access:?} s, a refresh token {refresh:?} s; user 0 logs in")?;
        steps.iter().enumerate().try_for_each(|(at, step)| writeln!(f, "{at:4}  {step:?}"))
    }
}
