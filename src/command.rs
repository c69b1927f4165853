//! The commands, one file each.

pub(crate) mod decode;
mod page;
mod time_shim;
