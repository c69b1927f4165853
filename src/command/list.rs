//! Lists: which rows are wanted, and rows that go out one by one in constant memory.

use jot::error::{Error, Result};
use jot::store::Filter;
use jot::time;

use crate::cli::ListArgs;
use crate::output::escape;

/// The filter that the arguments describe.
pub(crate) fn filter(args: &ListArgs, now: i64) -> Result<Filter> {
    let moment =
        |text: &Option<String>| text.as_deref().map(|text| time::moment(text, now)).transpose();
    let username = args.user.as_deref().map(jot::user::name).transpose()?;
    Ok(Filter {
        username,
        since: moment(&args.since)?,
        until: moment(&args.until)?,
        limit: args.limit,
    })
}

/// The one row that an id or the beginning of it names; `none` says that there is no such row.
/// Nothing is the beginning of everything, and names no row.
pub(crate) fn only<T>(mut found: Vec<T>, id: &str, none: Error) -> Result<T> {
    match (found.len(), found.pop()) {
        (1, Some(row)) if !id.is_empty() => Ok(row),
        (2.., _) if !id.is_empty() => {
            let seen = format!("\"{}\" is the beginning of several ids", id.escape_debug());
            Err(Error::new(none.code(), seen).hint("give more of it"))
        }
        _ => Err(none),
    }
}

/// Cells in columns of these widths; the last one as wide as it is.
pub(crate) fn row(cells: &[(&str, usize)]) -> String {
    let mut row = String::new();
    for (index, (cell, width)) in cells.iter().enumerate() {
        if index > 0 {
            row.push_str("  ");
        }
        let cell = escape(if cell.is_empty() { "-" } else { cell });
        row.push_str(&cell);
        if index + 1 < cells.len() {
            let seen = cell.chars().count();
            row.extend(std::iter::repeat_n(' ', width.saturating_sub(seen)));
        }
    }
    row
}
