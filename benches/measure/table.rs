//! A small table of figures with their limits, and how they come about: rivals take turns, and the
//! median of each counts. Nothing here fails: a figure beyond its limit is said.

use std::fmt::Write;
use std::time::Instant;

/// Figures, in the order in which they were found.
#[derive(Default)]
pub(crate) struct Table(Vec<[String; 4]>);

impl Table {
    /// A figure that should not be above `limit`, or, where that is "at least …", not below.
    pub(crate) fn limited(&mut self, what: &str, (value, shown): (f64, String), limit: &str) {
        let (least, rest) = match limit.strip_prefix("at least ") {
            Some(rest) => (true, rest),
            None => (false, limit),
        };
        let number = rest.split(' ').next().and_then(|number| number.parse::<f64>().ok());
        let met = number.is_some_and(|limit| if least { value >= limit } else { value <= limit });
        self.row(what, shown, limit, if met { "met" } else { "NOT MET" });
    }

    /// A figure without a limit, or why there is none.
    pub(crate) fn told(&mut self, what: &str, shown: impl Into<String>) {
        self.row(what, shown.into(), "-", "-");
    }

    fn row(&mut self, what: &str, shown: String, limit: &str, met: &str) {
        self.0.push([what.to_owned(), shown, limit.to_owned(), met.to_owned()]);
    }

    /// Puts it on stdout.
    pub(crate) fn print(&self) {
        let width =
            |column: usize| self.0.iter().map(|row| row[column].len()).max().unwrap_or_default();
        let (first, second, third) = (width(0), width(1), width(2).max(5));
        let mut text = format!("{:first$}  {:second$}  {:third$}\n", "what", "figure", "limit");
        for [what, shown, limit, met] in &self.0 {
            _ = writeln!(text, "{what:first$}  {shown:second$}  {limit:third$}  {met}");
        }
        println!("{text}");
    }
}

/// Whether this is `cargo bench`: a test run builds benches too, and must not wait for them.
pub(crate) fn is_asked_for() -> bool {
    std::env::args().any(|word| word == "--bench")
}

/// Lets the rivals take turns for `rounds` rounds, after one that does not count. The medians of
/// what each took, in milliseconds.
pub(crate) fn take_turns<const N: usize>(
    rounds: usize,
    mut rivals: [&mut dyn FnMut(); N],
) -> [f64; N] {
    let mut taken = [const { Vec::new() }; N];
    for round in 0..=rounds {
        for (rival, taken) in rivals.iter_mut().zip(&mut taken) {
            let start = Instant::now();
            rival();
            if round > 0 {
                taken.push(start.elapsed().as_secs_f64() * 1000.0);
            }
        }
    }
    taken.map(median)
}

/// The middle one; of an even number, the upper of the two.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The first as a multiple of the second, and both.
pub(crate) fn ratio(ours: f64, theirs: f64, unit: &str, digits: usize) -> (f64, String) {
    let ratio = ours / theirs;
    (ratio, format!("{ratio:.2}  ({ours:.digits$} {unit} against {theirs:.digits$})"))
}
