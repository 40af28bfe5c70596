//! Services and the data that flows through them.

use super::common::{ADDRESS, REF, VERSION};
use super::evidence::RELEASE_NOTES;
use super::licence::LICENCES;
use super::parties::{EXTERNAL_REFERENCES, GOVERNANCE, ORGANISATION, PROPERTIES};
use super::patent::PATENT_ASSERTIONS;
use super::signature::SIGNATURE;
use crate::check::shape::{List, Object, Shape, TEXT, TEXTS, closed, items, may, must, unique};

pub(super) static SERVICE: Object = closed(&[
    may("bom-ref", REF),
    may("provider", Shape::Object(&ORGANISATION)),
    may("group", TEXT),
    must("name", TEXT),
    may("version", VERSION),
    may("description", TEXT),
    may("endpoints", Shape::List(&items(ADDRESS))),
    may("authenticated", Shape::Bool),
    may("x-trust-boundary", Shape::Bool),
    may("trustZone", TEXT),
    may("data", Shape::List(&items(Shape::Object(&SERVICE_DATA)))),
    may("licenses", Shape::List(&LICENCES)),
    may("patentAssertions", Shape::List(&PATENT_ASSERTIONS)),
    may("externalReferences", Shape::List(&EXTERNAL_REFERENCES)),
    may("services", Shape::List(&SERVICES)),
    may("releaseNotes", Shape::Object(&RELEASE_NOTES)),
    may("properties", Shape::List(&PROPERTIES)),
    may("tags", TEXTS),
    may("signature", Shape::OneOf(&SIGNATURE)),
]);

pub(super) static SERVICE_DATA: Object = closed(&[
    must("flow", DIRECTION),
    must("classification", TEXT),
    may("name", TEXT),
    may("description", TEXT),
    may("governance", Shape::Object(&GOVERNANCE)),
    may("source", Shape::List(&items(ADDRESS))),
    may("destination", Shape::List(&items(ADDRESS))),
]);

pub(super) const DIRECTION: Shape = Shape::Among("inbound outbound bi-directional unknown");

pub(super) static SERVICES: List = unique(Shape::Object(&SERVICE));
