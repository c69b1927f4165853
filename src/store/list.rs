//! Lists: which rows are wanted, and how they are handed over.

use std::ops::ControlFlow;

use crate::error::Result;
use crate::event::Kind;

/// Takes the rows of a list one by one, and says whether to go on.
pub type Each<'a, T> = &'a mut dyn FnMut(T) -> Result<ControlFlow<()>>;

/// Which rows of a list are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only this user's.
    pub username: Option<String>,
    /// Only from this moment on.
    pub since: Option<i64>,
    /// Only up to this moment.
    pub until: Option<i64>,
    /// At most so many.
    pub limit: Option<u64>,
}

/// Which events are wanted.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Only this user's.
    pub username: Option<String>,
    /// Only of this kind.
    pub kind: Option<Kind>,
    /// Only from this moment on.
    pub since: Option<i64>,
    /// Only those behind this position.
    pub after: Option<i64>,
}
