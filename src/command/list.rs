//! Lists: which rows are wanted, and rows that go out one by one in constant memory.

use jot::error::Result;
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
