//! What one row of the table of settings says, and the macro that declares rows.

use std::path::PathBuf;

use crate::json::Json;

/// One setting.
#[derive(Debug)]
pub struct Spec {
    /// `section.key`.
    pub name: &'static str,
    /// What values it takes.
    pub kind: Kind,
    /// As an environment variable would say it; empty means that it may be unset, and is.
    pub default: &'static str,
    /// One sentence for the reference.
    pub meaning: &'static str,
    /// What the seeds called it.
    pub old: &'static [&'static str],
    /// A value that makes jot run something.
    pub command: bool,
    /// A value nobody else may read.
    pub secret: bool,
}

impl Spec {
    /// What a row has that says nothing else.
    pub(super) const PLAIN: Self = Self {
        name: "",
        kind: Kind::Text,
        default: "",
        meaning: "",
        old: &[],
        command: false,
        secret: false,
    };
}

/// What values a setting takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// `true` or `false`.
    Bool,
    /// A whole number from `.0` to `.1`.
    Integer(i64, i64),
    /// A duration of at least so many seconds.
    Duration(i64),
    /// The same, or `never`.
    DurationOrNever(i64),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Some of these words.
    Choices(&'static [&'static str]),
    /// A list of origins, as browsers write them.
    Origins,
    /// A list of networks or addresses.
    Networks,
    /// A text or a list of texts.
    TextOrList,
    /// A file or folder; a relative one is relative to the settings file.
    Path,
    /// A file's name without folder and ending.
    FileName,
    /// A path of the server, kept without its first and last slash.
    UrlPath,
    /// An address with its port.
    Address,
    /// The name of a host or a domain.
    Host,
    /// The name of a cookie.
    CookieName,
    /// `sqlite:FILE`.
    Store,
    /// The name of an environment variable.
    Variable,
    /// `name`, `id`, `none` or `constant:TEXT`.
    Subject,
    /// A command and its arguments.
    Argv,
    /// A table from claim to user attribute.
    ClaimMap,
    /// A table from claim to any value.
    Constants,
    /// A table from one of these words to a URL.
    Webhooks(&'static [&'static str]),
}

impl Kind {
    /// Whether a value may be a list.
    pub(super) fn is_list(self) -> bool {
        let only = matches!(self, Self::Origins | Self::Networks | Self::Choices(_) | Self::Argv);
        only || self == Self::TextOrList
    }

    /// Whether a value may be one text.
    pub(super) fn is_text(self) -> bool {
        let structured = matches!(
            self,
            Self::Origins
                | Self::Networks
                | Self::Choices(_)
                | Self::Argv
                | Self::ClaimMap
                | Self::Constants
                | Self::Webhooks(_)
        );
        !structured && !matches!(self, Self::Bool | Self::Integer(..))
    }
}

/// A checked value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Unset,
    Text(String),
    Flag(bool),
    Integer(i64),
    Duration(Option<i64>),
    List(Vec<String>),
    Path(PathBuf),
    Table(Vec<(String, Json)>),
}

/// Declares a section: its typed struct, and its rows of the table, from one list.
macro_rules! section {
    ($section:ident $name:ident $about:literal {
        $($meaning:literal $field:ident: $type:ty = $default:literal, $kind:expr
            $(, $more:ident: $value:expr)*;)*
    }) => {
        #[doc = $about]
        #[derive(Debug, Clone)]
        pub struct $name {
            $(#[doc = $meaning] pub $field: $type,)*
        }

        impl $name {
            pub(super) const ABOUT: &'static str = $about;
            pub(super) const SPECS: &'static [Spec] = &[$(Spec {
                name: concat!(stringify!($section), ".", stringify!($field)),
                kind: $kind,
                default: $default,
                meaning: $meaning,
                $($more: $value,)*
                ..Spec::PLAIN
            },)*];

            /// Takes this section's values, in the order of its rows.
            pub(super) fn take(
                rows: &mut dyn Iterator<Item = (&'static Spec, Value)>,
            ) -> Option<Self> {
                Some(Self {
                    $($field: {
                        let (spec, value) = rows.next()?;
                        Field::take(value, spec)?
                    },)*
                })
            }
        }
    };
}

pub(super) use section;
