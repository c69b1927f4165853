//! How people write and read time: lifetimes, moments, and the words for both.
//!
//! Pure functions: the time now is an argument ([`Clock`](crate::clock::Clock) knows it). Nothing
//! here speaks of claims or settings.

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::tz::TimeZone;

use crate::error::{Code, Error, Result};

/// The longest duration, a hundred years: a moment plus a duration then never overflows.
pub const MAX_DURATION: i64 = 36_525 * DAY;

/// The last second whose year has four digits in every time zone (RFC 3339 5.6).
pub const MAX_MOMENT: i64 = 253_402_207_200;

const DAY: i64 = 86_400;
const UNITS: [(&str, i64); 5] = [("w", 7 * DAY), ("d", DAY), ("h", 3600), ("m", 60), ("s", 1)];
const SHOWN: [(&str, u64); 4] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)];

/// Reads a duration such as `90s`, `5m`, `1h30m`, `30d` or `2w`, in seconds. The larger unit
/// stands first, and each stands once.
pub fn duration(text: &str) -> Result<i64> {
    let refuse = |why: String| {
        let said = format!("\"{}\" is not a duration: {why}", text.escape_debug());
        Err(Error::new(Code::Usage, said).hint("write it like 90s, 5m, 1h30m, 30d or 2w"))
    };
    let (mut total, mut rest, mut units) = (0_i64, text, UNITS.as_slice());
    while !rest.is_empty() || text.is_empty() {
        let (digits, after) = split(rest, |c| c.is_ascii_digit());
        let (unit, after) = split(after, |c| !c.is_ascii_digit());
        if digits.is_empty() {
            return refuse("expected a whole number".into());
        }
        if unit.is_empty() {
            return refuse(format!("expected a unit after {digits}: w, d, h, m or s"));
        }
        let Some(place) = units.iter().position(|(name, _)| *name == unit) else {
            if UNITS.iter().any(|(name, _)| *name == unit) {
                return refuse(format!("\"{unit}\" stands after a unit that is not larger"));
            }
            let unit = unit.escape_debug();
            return refuse(format!("unknown unit \"{unit}\", expected w, d, h, m or s"));
        };
        let seconds = digits.parse::<i64>().ok().and_then(|n| n.checked_mul(units[place].1));
        match seconds.and_then(|seconds| total.checked_add(seconds)) {
            Some(sum) if sum <= MAX_DURATION => total = sum,
            _ => return refuse("longer than 36525d, a hundred years".into()),
        }
        (rest, units) = (after, &units[place + 1..]);
    }
    Ok(total)
}

/// Reads a duration, or `never`: none.
pub fn duration_or_never(text: &str) -> Result<Option<i64>> {
    if text == "never" { Ok(None) } else { duration(text).map(Some) }
}

/// Reads a moment: `now`, `+1d` and `-2h` from now, a date such as `2027-01-01` (which begins at
/// midnight UTC, so that it means the same on every machine), RFC 3339 with `Z` or an offset, or
/// seconds since 1970. A fraction of a second is dropped.
pub fn moment(text: &str, now: i64) -> Result<i64> {
    let wrong = |why: &str| {
        Error::new(Code::Usage, format!("\"{}\" is not a moment: {why}", text.escape_debug()))
            .hint("write it like now, +1d, -2h, 2027-01-01, 2027-01-01T10:00:00Z or 1798761600")
    };
    let read = match text.as_bytes() {
        [] => return Err(wrong("it is empty")),
        b"now" => Some(now),
        [b'+', ..] => now.checked_add(duration(&text[1..])?),
        [b'-', ..] => now.checked_sub(duration(&text[1..])?),
        bytes if bytes.iter().all(u8::is_ascii_digit) => {
            if bytes.len() == 13 {
                return Err(wrong("it looks like milliseconds, expected seconds")
                    .hint(format!("drop the last three digits: {}", &text[..10])));
            }
            text.parse().ok()
        }
        bytes => Some(calendar(text, bytes).map_err(wrong)?),
    };
    match read {
        Some(moment) if (0..=MAX_MOMENT).contains(&moment) => Ok(moment),
        _ => Err(wrong("it lies outside the years 1970 to 9999")),
    }
}

/// Reads a time as databases keep it, `2027-01-01 10:00:00.123456`: in UTC, unless an offset follows.
/// A fraction of a second is dropped.
pub fn stamp(text: &str) -> Result<i64> {
    let zoned = text.get(19..).is_some_and(|rest| rest.contains(['Z', 'z', '+', '-']));
    let zone = if zoned || text.len() <= 10 { "" } else { "Z" };
    let whole = format!("{text}{zone}");
    match calendar(&whole, whole.as_bytes()) {
        Ok(moment) if text.len() > 10 && (0..=MAX_MOMENT).contains(&moment) => Ok(moment),
        _ => Err(Error::new(
            Code::Failed,
            format!(
                "\"{}\" is not a time, expected one like 2027-01-01 10:00:00 from 1970 on",
                text.escape_debug()
            ),
        )),
    }
}

/// RFC 3339 in UTC; none for what lies outside the years 1 to 9999.
pub fn utc(moment: i64) -> Option<String> {
    timestamp(moment).map(|time| time.to_string())
}

/// As HTTP writes it (RFC 9110 5.6.7); what lies outside its calendar is its end.
pub fn http_date(moment: i64) -> String {
    let time = timestamp(moment).unwrap_or(Timestamp::MAX);
    DateTimePrinter::new().timestamp_to_rfc9110_string(&time).unwrap_or_default()
}

/// A moment as messages tell it: in UTC, or in seconds where the calendar ends.
pub fn text(moment: i64) -> String {
    utc(moment).unwrap_or_else(|| moment.to_string())
}

/// The date and the time in UTC as people read it on a page, to the minute.
pub fn minute(moment: i64) -> String {
    let utc =
        |time: Timestamp| time.to_zoned(TimeZone::UTC).strftime("%-d %b %Y, %H:%M").to_string();
    timestamp(moment).map_or_else(|| moment.to_string(), utc)
}

/// The date, the time and the offset in this machine's time zone.
pub fn local(moment: i64) -> Option<String> {
    in_zone(moment, TimeZone::system())
}

/// The date, the time and the offset in a time zone.
pub fn in_zone(moment: i64, zone: TimeZone) -> Option<String> {
    timestamp(moment).map(|time| time.to_zoned(zone).strftime("%F %T %:z").to_string())
}

/// A moment as seen from now, in at most two units: `in 4m 12s`, `2d 3h ago`, `now`.
pub fn relative(moment: i64, now: i64) -> String {
    let seconds = moment.abs_diff(now);
    let Some(first) = SHOWN.iter().position(|(_, size)| seconds >= *size) else {
        return "now".into();
    };
    let (unit, size) = SHOWN[first];
    let larger = format!("{}{unit}", seconds / size);
    let words = match SHOWN.get(first + 1) {
        Some((unit, smaller)) if seconds % size >= *smaller => {
            format!("{larger} {}{unit}", seconds % size / smaller)
        }
        _ => larger,
    };
    if moment > now { format!("in {words}") } else { format!("{words} ago") }
}

/// A duration as [`duration`] reads it, in days and smaller: `90d`, `1h30m`, `0s`.
pub fn span(seconds: i64) -> String {
    let mut rest = seconds.unsigned_abs();
    let mut words = String::from(if seconds < 0 { "-" } else { "" });
    for (unit, size) in SHOWN {
        if rest >= size || (unit == "s" && seconds == 0) {
            words = words + &(rest / size).to_string() + unit;
            rest %= size;
        }
    }
    words
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

fn timestamp(moment: i64) -> Option<Timestamp> {
    const FIRST: i64 = -62_135_596_800;
    if moment < FIRST { None } else { Timestamp::from_second(moment).ok() }
}

/// A date, or RFC 3339; jiff alone would read more than that.
fn calendar(text: &str, bytes: &[u8]) -> std::result::Result<i64, &'static str> {
    const EXPECTED: &str = "expected a date, a time with its offset, or seconds";
    let dashed = bytes.len() >= 10 && bytes[..4].iter().all(u8::is_ascii_digit);
    if !dashed || bytes[4] != b'-' || bytes[7] != b'-' || !text.is_ascii() {
        return Err(EXPECTED);
    }
    let Some(time) = text.get(11..) else {
        let midnight = format!("{text}T00:00:00Z");
        return if bytes.len() == 10 { read(&midnight) } else { Err(EXPECTED) };
    };
    if time.len() < 8 || time.contains('[') {
        return Err(EXPECTED);
    }
    if !time.ends_with(['Z', 'z']) && !time.contains(['+', '-']) {
        return Err("its offset is missing, expected Z or +01:00 after the time");
    }
    read(text)
}

fn read(text: &str) -> std::result::Result<i64, &'static str> {
    text.parse::<Timestamp>().map(Timestamp::as_second).map_err(|_| "no such date or time")
}

#[cfg(test)]
mod tests;
