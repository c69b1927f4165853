//! Carrying out changes, one after the other, in a transaction that the caller ends.

use rusqlite::Connection;

use super::trouble::{Outcome, Trouble};
use super::{clients, counters, events, ledger, outbox, revocations, sessions, users};
use crate::store::{Change, Written};

/// All of them, or [`Trouble::Lost`] where a row is not any more what it was.
pub(super) fn carry_out(connection: &Connection, changes: &[Change<'_>]) -> Outcome<Written> {
    let mut written = Written::default();
    let mut noted = None;
    for change in changes {
        let held = match *change {
            Change::AddUser(new) => {
                written.users.push(users::add(connection, new)?);
                true
            }
            Change::Still(user) => users::is_still(connection, user)?,
            Change::ReplaceUser { was, becomes } => users::replace(connection, was, becomes)?,
            Change::RemoveUser(was, at) => users::remove(connection, was, at)?,
            Change::SetGroup { was, becomes } => users::set_group(connection, was, becomes)?,
            Change::AddClient(new) => clients::add(connection, new).map(|()| true)?,
            Change::RemoveClient(was, at) => clients::remove(connection, was, at)?,
            Change::Mint(minted) => ledger::mint(connection, minted)?,
            Change::Outlast(expires) => {
                ledger::note_latest(connection, ledger::LATEST_EXPIRY, expires).map(|()| true)?
            }
            Change::Begin(session) => sessions::begin(connection, session)?,
            Change::ReplaceSession { was, becomes } => sessions::replace(connection, was, becomes)?,
            Change::Revoke(revocation) => {
                written.revoked.push(revocations::revoke(connection, revocation)?);
                true
            }
            Change::Forget(refusal) => revocations::forget(connection, refusal)?,
            Change::Count(counted) => counters::count(connection, counted)?,
            Change::Know(guess, at) => counters::know(connection, guess, at).map(|()| true)?,
            Change::Lift(lifted) => {
                written.lifted += counters::lift(connection, lifted)?;
                true
            }
            Change::Note(event) => {
                noted = Some(events::note(connection, event)?);
                true
            }
            Change::Send(letter) => {
                let event = noted.filter(|_| letter.noted);
                written.lost += outbox::send(connection, letter, event)?;
                true
            }
            Change::Sent(letter) => outbox::remove(connection, letter)?,
            Change::SendAgain(letter, due) => outbox::put_back(connection, letter, due)?,
            Change::GiveUp(letter, why) => outbox::give_up(connection, letter, why)?,
        };
        if !held {
            return Err(Trouble::Lost);
        }
    }
    Ok(written)
}
