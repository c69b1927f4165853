//! How many connections there can be: each takes a file descriptor.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::output::Output;

/// What the store, the operators, the hooks and whoever is refused take.
const SPARE: usize = 256;

/// Takes as many descriptors as it needs, and answers how many of the connections that are `wanted`
/// there is room for. No more: programs that it runs have the same limit, and some go through all of
/// it.
pub(super) fn connections(wanted: usize, output: &Output) -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let needed = u64::try_from(wanted.saturating_add(SPARE)).unwrap_or(u64::MAX);
    if current.is_some_and(|current| current < needed) {
        let current = Some(maximum.map_or(needed, |most| most.min(needed)));
        _ = setrlimit(Resource::Nofile, Rlimit { current, maximum });
    }
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
