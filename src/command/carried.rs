//! Whether the tokens of a user can be carried to a client, found out before the user does.

use jot::authority::Authority;
use jot::error::{Code, Error};
use jot::settings::Settings;
use jot::user::User;

use crate::command::serve::doors;

/// Why they cannot: they have outgrown what is read, or the cookies of the server's mode. Where there
/// is no key yet, nobody can tell.
pub(crate) fn outgrown(user: &User, settings: &Settings, authority: &Authority) -> Option<Error> {
    let doors = doors::of(settings, (settings.server.listen, true));
    let sample = authority.sample(user).and_then(|tokens| {
        tokens.refresh.iter().chain(&tokens.access).try_for_each(|token| doors.carry(token))
    });
    sample.err().filter(|error| error.code() == Code::TokenTooLarge)
}
