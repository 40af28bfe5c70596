//! The advisory as one value, and the forms in which the world reads it.
//!
//! One advisory says what happened, to which versions, how bad it is and who found it; every
//! outward form (a forge's draft, the paragraphs of a mail) is rendered from it, for a stated
//! audience, the same bytes each time. This room knows documents only: it must not know what a
//! case is, read a clock, draw randomness or do I/O.

pub mod digest;
pub mod id;
pub mod mailbox;
pub mod score;
mod text;

pub use digest::{Digest, DigestError};
pub use id::{CveId, CweId, GhsaId, IdError};
pub use mailbox::{Mailbox, MailboxError};
pub use score::{CvssVersion, Severity, SeverityError, Vector, VectorError};
