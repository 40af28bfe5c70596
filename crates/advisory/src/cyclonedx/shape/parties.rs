//! Who and what a BOM names again and again: organisations, people, links, hashes, properties.

use super::common::{ADDRESS, HASH_VALUE, MAIL, REF, VERSION};
use super::component::COMPONENTS;
use super::service::SERVICES;
use crate::check::shape::{List, Object, Rule, Shape, TEXT, closed, items, may, must, ruled};

pub(super) static ORGANISATION: Object = closed(&[
    may("bom-ref", REF),
    may("name", TEXT),
    may("address", Shape::Object(&POSTAL_ADDRESS)),
    may("url", Shape::List(&items(ADDRESS))),
    may("contact", Shape::List(&items(Shape::Object(&CONTACT)))),
]);

pub(super) static CONTACT: Object =
    closed(&[may("bom-ref", REF), may("name", TEXT), may("email", MAIL), may("phone", TEXT)]);

pub(super) static POSTAL_ADDRESS: Object = closed(&[
    may("bom-ref", REF),
    may("country", TEXT),
    may("region", TEXT),
    may("locality", TEXT),
    may("postOfficeBoxNumber", TEXT),
    may("postalCode", TEXT),
    may("streetAddress", TEXT),
]);

pub(super) static TOOL: Object = closed(&[
    may("vendor", TEXT),
    may("name", TEXT),
    may("version", VERSION),
    may("hashes", Shape::List(&HASHES)),
    may("externalReferences", Shape::List(&EXTERNAL_REFERENCES)),
]);

pub(super) static RESPONSIBLE: Object = ruled(
    &[Rule::One(&[&["organization"], &["contact"]])],
    &[may("organization", Shape::Object(&ORGANISATION)), may("contact", Shape::Object(&CONTACT))],
);

pub(super) static GOVERNANCE: Object = closed(&[
    may("custodians", Shape::List(&items(Shape::Object(&RESPONSIBLE)))),
    may("stewards", Shape::List(&items(Shape::Object(&RESPONSIBLE)))),
    may("owners", Shape::List(&items(Shape::Object(&RESPONSIBLE)))),
]);

pub(super) static PROPERTY: Object = closed(&[must("name", TEXT), may("value", TEXT)]);

pub(super) static EXTERNAL_REFERENCE: Object = closed(&[
    must("url", ADDRESS),
    may("comment", TEXT),
    must(
        "type",
        Shape::Among(
            "\
vcs issue-tracker website advisories bom mailing-list social chat \
documentation support source-distribution distribution distribution-intake \
license build-meta build-system release-notes security-contact model-card \
log configuration evidence formulation attestation threat-model \
adversary-model risk-assessment vulnerability-assertion \
exploitability-statement pentest-report static-analysis-report \
dynamic-analysis-report runtime-analysis-report component-analysis-report \
maturity-report certification-report codified-infrastructure quality-metrics \
poam electronic-signature digital-signature rfc-9116 patent patent-family \
patent-assertion citation other",
        ),
    ),
    may("hashes", Shape::List(&HASHES)),
    may("properties", Shape::List(&PROPERTIES)),
]);

pub(super) static ATTACHMENT: Object = closed(&[
    may("contentType", TEXT),
    may("encoding", Shape::Word(&["base64"])),
    must("content", TEXT),
]);

pub(super) static HASH: Object =
    closed(&[must("alg", HASH_ALGORITHM), must("content", HASH_VALUE)]);

pub(super) const HASH_ALGORITHM: Shape = Shape::Among(
    "\
MD5 SHA-1 SHA-256 SHA-384 SHA-512 SHA3-256 SHA3-384 SHA3-512 BLAKE2b-256 \
BLAKE2b-384 BLAKE2b-512 BLAKE3 Streebog-256 Streebog-512",
);

pub(super) static PROPERTIES: List = items(Shape::Object(&PROPERTY));
pub(super) static EXTERNAL_REFERENCES: List = items(Shape::Object(&EXTERNAL_REFERENCE));
pub(super) static HASHES: List = items(Shape::Object(&HASH));
/// The programs that made something: as components and services, or in the older form.
pub(super) static TOOLS: [Shape; 2] = [
    Shape::Object(&closed(&[
        may("components", Shape::List(&COMPONENTS)),
        may("services", Shape::List(&SERVICES)),
    ])),
    Shape::List(&items(Shape::Object(&TOOL))),
];
