//! `jot man`

use std::fs;

use anyhow::{Context as _, Result};

use crate::cli::{self, ManArgs};
use crate::command::{Context, Ended, quoted};

pub(crate) fn run(args: &ManArgs, _: &Context) -> Result<Ended> {
    fs::create_dir_all(&args.folder)
        .with_context(|| format!("{} cannot be made", quoted(&args.folder)))?;
    clap_mangen::generate_to(cli::command(), &args.folder)
        .with_context(|| format!("the pages cannot be written into {}", quoted(&args.folder)))?;
    Ok(Ended::Done)
}
