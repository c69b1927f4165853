//! The pages, as functions of what they show: nothing here asks or decides anything.

pub(super) mod account;
pub(super) mod login;
pub(super) mod refusal;
