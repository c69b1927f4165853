//! Stands in for `jot::time` until it is there: the same three functions, local time being UTC.
#![expect(clippy::unnecessary_wraps, reason = "the real ones have moments they cannot show")]

/// RFC 3339, in UTC.
pub(crate) fn utc(epoch: i64) -> Option<String> {
    let (days, second) = (epoch.div_euclid(86_400), epoch.rem_euclid(86_400));
    // Days since 0000-03-01, in eras of 400 years.
    let shifted = days + 719_468;
    let (era, day) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    let year = year + era * 400 + next;
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
}

/// Local time.
pub(crate) fn local(epoch: i64) -> Option<String> {
    utc(epoch).map(|text| text.replace('T', " ").replace('Z', " +00:00"))
}

/// How far a moment is from now, in its two largest units.
pub(crate) fn relative(epoch: i64, now: i64) -> String {
    let distance = epoch.saturating_sub(now);
    let mut rest = distance.unsigned_abs();
    let mut words = Vec::new();
    for (unit, size) in [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)] {
        if rest >= size && words.len() < 2 {
            words.push(format!("{}{unit}", rest / size));
            rest %= size;
        }
    }
    match (words.is_empty(), distance < 0) {
        (true, _) => "now".into(),
        (false, true) => format!("{} ago", words.join(" ")),
        (false, false) => format!("in {}", words.join(" ")),
    }
}
