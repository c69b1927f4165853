//! Pages for people, in the cookie modes of the djwto door: logging in, one's own account, and being
//! sent on. Plain forms and links; no page has or needs a script.

mod accept;
mod next;
mod page;
mod view;
