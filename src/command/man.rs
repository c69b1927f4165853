//! `jot man`

use std::fs;

use anyhow::{Context as _, Result};
use clap::Command;

use crate::cli::{self, ManArgs};
use crate::command::{Context, Ended, quoted};

pub(crate) fn run(args: &ManArgs, _: &Context) -> Result<Ended> {
    fs::create_dir_all(&args.folder).with_context(|| format!("{} cannot be made", quoted(&args.folder)))?;
    let mut jot = cli::command();
    jot.build();
    write(&jot, "jot", args)?;
    Ok(Ended::Done)
}

/// The page of a command, and the pages of its subcommands.
fn write(command: &Command, name: &str, args: &ManArgs) -> Result<()> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone().name(name.to_owned())).render(&mut page)?;
    let path = args.folder.join(format!("{name}.1"));
    fs::write(&path, page).with_context(|| format!("{} cannot be written", quoted(&path)))?;
    let subcommands = command.get_subcommands().filter(|sub| sub.get_name() != "help");
    subcommands.into_iter().try_for_each(|sub| write(sub, &format!("{name}-{}", sub.get_name()), args))
}
