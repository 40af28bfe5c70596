//! Versions as each ecosystem orders them, and stretches of them in each notation.
//!
//! [`Scheme`] compares; [`Stretch`] is what every notation is read into and written from: OSV's
//! event lists, GitHub's range strings, the CVE Record's `versions[]` and package-url's `vers`.
//! What a notation cannot hold is an error, never a near miss. Must not fetch or guess versions.

mod cve;
mod debian;
mod github;
mod maven;
mod osv;
mod scheme;
mod stretch;
mod vers;

pub use cve::{Change, Entry, Status};
pub use osv::Event;
pub use scheme::{NotAVersion, Scheme};
pub use stretch::{Lower, Stretch, StretchError, Upper};
pub use vers::Vers;
