//! `jot man`: one page for each command, from the parser. A page bears no date: it is compared
//! with the one that is kept in the source.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use crate::cli::{self, ManArgs};
use crate::command::{Context, Ended, quoted};

pub(crate) fn run(args: &ManArgs, _: &Context) -> Result<Ended> {
    fs::create_dir_all(&args.folder)
        .with_context(|| format!("{} cannot be made", quoted(&args.folder)))?;
    let mut jot = cli::command();
    jot.build();
    write(&jot, &args.folder)?;
    Ok(Ended::Done)
}

/// Writes the page of a command and those of its subcommands.
fn write(command: &Command, folder: &Path) -> Result<()> {
    for subcommand in command.get_subcommands() {
        write(subcommand, folder)?;
    }
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    let path = folder.join(format!("{name}.1"));
    fs::write(&path, page(name, command)?)
        .with_context(|| format!("{} cannot be written", quoted(&path)))
}

fn page(name: &str, command: &Command) -> Result<String> {
    let mut page = Vec::new();
    Man::new(command.clone().after_help(None))
        .title(name.to_uppercase())
        .date(" ")
        .source(concat!("jot ", env!("CARGO_PKG_VERSION")))
        .manual("jot")
        .render(&mut page)?;
    let mut page = String::from_utf8(page)?;
    let aliases: Vec<_> = command.get_visible_aliases().map(|name| format!("jot {name}")).collect();
    if !aliases.is_empty() {
        page.extend([".SH ALIASES\n", &aliases.join(", "), "\n"]);
    }
    if let Some(more) = command.get_after_help() {
        page.push_str(&sections(&more.to_string()));
    }
    if name != "jot" {
        page.push_str(".SH \"SEE ALSO\"\n.BR jot (1)\n");
    }
    let lines: Vec<_> = page.lines().map(str::trim_end).collect();
    Ok(lines.join("\n") + "\n")
}

/// What stands below the options: lines to type as they are, or a heading with its text.
fn sections(more: &str) -> String {
    let mut roff = Roff::new();
    for paragraph in more.split("\n\n") {
        let (heading, text) = paragraph.split_once(':').unwrap_or(("Notes", paragraph));
        if text.contains("\n  $ ") {
            roff.control("SH", ["EXAMPLES"]).control("nf", []);
            for line in text.trim_start_matches('\n').lines() {
                roff.text([roman(line.trim())]);
            }
            roff.control("fi", []);
        } else {
            roff.control("SH", [heading.to_uppercase().as_str()]);
            roff.text([roman(text.split_whitespace().collect::<Vec<_>>().join(" "))]);
        }
    }
    // A plain apostrophe would come out as a curly one, which no shell reads.
    roff.to_roff().replace('\'', "\\*(Aq")
}
