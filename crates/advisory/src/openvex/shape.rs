//! What an OpenVEX document is made of.

use crate::check::forms::{DATE_TIME, IRI, URI};
use crate::check::shape::{List, Object, Shape, TEXT, closed, may, must, unique};

pub(super) const DOCUMENT: Shape = Shape::Object(&closed(&[
    must("@context", Shape::Text(URI)),
    must("@id", Shape::Text(IRI)),
    must("author", TEXT),
    must("timestamp", Shape::Text(DATE_TIME)),
    must("version", Shape::Whole(1)),
    must("statements", Shape::List(&List { items: STATEMENT, least: 1, unique: true })),
    may("role", TEXT),
    may("last_updated", Shape::Text(DATE_TIME)),
    may("tooling", TEXT),
]));

const STATEMENT: Shape = Shape::Object(&closed(&[
    must("vulnerability", Shape::Object(&VULNERABILITY)),
    must("status", Shape::Word(&["not_affected", "affected", "fixed", "under_investigation"])),
    may("@id", Shape::Text(IRI)),
    may("version", Shape::Whole(1)),
    may("timestamp", Shape::Text(DATE_TIME)),
    may("last_updated", Shape::Text(DATE_TIME)),
    may("products", Shape::List(&unique(Shape::Object(&PRODUCT)))),
    may("supplier", TEXT),
    may("status_notes", TEXT),
    may(
        "justification",
        Shape::Word(&[
            "component_not_present",
            "vulnerable_code_not_present",
            "vulnerable_code_not_in_execute_path",
            "vulnerable_code_cannot_be_controlled_by_adversary",
            "inline_mitigations_already_exist",
        ]),
    ),
    may("impact_statement", TEXT),
    may("action_statement", TEXT),
    may("action_statement_timestamp", Shape::Text(DATE_TIME)),
]));

const VULNERABILITY: Object = closed(&[
    must("name", TEXT),
    may("@id", Shape::Text(IRI)),
    may("description", TEXT),
    may("aliases", Shape::List(&unique(TEXT))),
]);

const PRODUCT: Object = closed(&[
    may("@id", Shape::Text(IRI)),
    may("identifiers", IDENTIFIERS),
    may("hashes", HASHES),
    may(
        "subcomponents",
        Shape::List(&unique(Shape::Object(&closed(&[
            may("@id", Shape::Text(IRI)),
            may("identifiers", IDENTIFIERS),
            may("hashes", HASHES),
        ])))),
    ),
]);

const IDENTIFIERS: Shape = Shape::Object(&Object {
    least: 1,
    ..closed(&[may("purl", TEXT), may("cpe22", TEXT), may("cpe23", TEXT)])
});

const HASHES: Shape = Shape::Object(&closed(&[
    may("md5", TEXT),
    may("sha1", TEXT),
    may("sha-256", TEXT),
    may("sha-384", TEXT),
    may("sha-512", TEXT),
    may("sha3-224", TEXT),
    may("sha3-256", TEXT),
    may("sha3-384", TEXT),
    may("sha3-512", TEXT),
    may("blake2s-256", TEXT),
    may("blake2b-256", TEXT),
    may("blake2b-512", TEXT),
]));
