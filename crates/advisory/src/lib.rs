//! The advisory as one value, and the forms in which the world reads it.
//!
//! One [`Advisory`] says what happened, to which versions, how bad it is and who found it; every
//! outward form (a forge's draft, the paragraphs of a mail) is rendered from it, for a stated
//! audience, the same bytes each time. This room knows documents only: it must not know what a
//! case is, read a clock, draw randomness or do I/O.
//!
//! Thin: GitHub's bodies, CVE Records, OSV, CSAF, OpenVEX, CycloneDX, Markdown and mails are written,
//! the records among them are checked, read back and compared.

pub mod affected;
pub mod assessment;
pub mod audience;
pub mod check;
pub mod credit;
pub mod csaf;
pub mod cve;
pub mod cvss;
pub mod cwe;
pub mod cyclonedx;
pub mod diff;
pub mod digest;
pub mod document;
pub mod ghsa;
pub mod id;
pub mod imprint;
pub mod mailbox;
pub mod markdown;
pub mod openvex;
pub mod oss_security;
pub mod osv;
pub mod provider;
pub mod purl;
pub mod read;
pub mod score;
pub mod sections;
mod text;
pub mod version;
pub mod versions;

pub use affected::{
    Affected, AffectedVersions, Ecosystem, Justification, Line, LineStanding, Package, Stage,
};
pub use assessment::{Exploitation, FirstExploitation, Moment, Score, SsvcDecision, SsvcPoint};
pub use audience::{Audience, Hold, Part, Reader, Shown, Withhold};
pub use credit::{Consent, Credit, CreditType, Naming};
pub use diff::{Difference, Field, between, diff};
pub use digest::{Digest, DigestError};
pub use document::{Advisory, Reference, ReferenceKind, Vulnerability};
pub use id::{CveId, CweId, GhsaId, IdError};
pub use imprint::Imprint;
pub use mailbox::{Mailbox, MailboxError};
pub use read::{Format, Left, Read, ReadError, Said, Standing};
pub use score::{CvssVersion, Severity, SeverityError, Vector, VectorError};
pub use sections::Sections;
pub use version::{Range, Upper, Version, VersionError};
