//! What a CycloneDX 1.7 document is made of, by the parts of a BOM.

mod claims;
mod common;
mod component;
mod crypto;
mod document;
mod evidence;
mod formulation;
mod licence;
mod model;
mod parties;
mod patent;
mod service;
mod signature;
mod vulnerability;

use crate::check::shape::Shape;

/// The whole document.
pub(super) static BOM: Shape = Shape::Object(&document::DOCUMENT);
