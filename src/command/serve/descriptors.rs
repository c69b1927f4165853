//! How many connections there can be: each takes a file descriptor.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::output::Output;

/// What the store, the operators, the hooks and whoever is refused take.
const SPARE: usize = 256;

/// Takes every descriptor that the system gives, and answers how many of the connections that are
/// `wanted` there is room for.
pub(super) fn connections(wanted: usize, output: &Output) -> usize {
    let most = getrlimit(Resource::Nofile).maximum;
    // The lower limit is for programs that use select(2), which this is none of.
    _ = setrlimit(Resource::Nofile, Rlimit { current: most, maximum: most });
    let files = getrlimit(Resource::Nofile).current.map_or(usize::MAX, saturated);
    let room = files.saturating_sub(SPARE).max(1);
    if room < wanted {
        output.warn(&format!(
            "{wanted} connections are wanted (server.max_connections), and there is room for {room}: \
             the system lets a process open {files} files"
        ));
    }
    wanted.min(room)
}

fn saturated(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
