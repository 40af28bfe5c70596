//! CERT/CC's Vultron protocol as pure tables: which step follows which state.
//!
//! Four machines, one file each: [`rm`] (report management), [`em`] (embargo management),
//! [`consent`] (each participant's answer to the embargo) and [`cs`] (what is true in the world).
//! [`rules`] holds the places where one machine binds another. The tables are CERT/CC's, from
//! "Designing Vultron" (CMU/SEI-2022-SR-012) and the process models that the `CERTCC/Vultron`
//! repository publishes; where Fermata is stricter, the doc comment says so.
//!
//! Nothing here knows a person, a date or a permission: `decide` asks these tables and adds
//! everything else. A step that a table lacks is `None`, and `None` is never an error text.

pub mod consent;
pub mod cs;
pub mod em;
pub mod rm;
pub mod rules;
