//! What CSAF documents are made of: a table for each version, and here what the versions share.
//!
//! Members that 2.0 lets stand beside the known ones are refused in 2.1, by the walk and not by the
//! tables.

pub(super) mod extension;
pub(super) mod ssvc;
mod v2_0;
mod v2_1;

pub(super) use v2_1::SCHEMA_ADDRESS;

use super::CsafVersion;
use super::forms::{CATEGORY, CPE, CVE_ID, HASH, LANGUAGE, LOWER_HASH, SOME_TEXT, TRACKING_ID};
use crate::check::forms::{DATE_TIME, URI};
use crate::check::shape::{Form, Member, Object, Shape, distinct, may, must, open, some};

/// The whole document.
pub(super) fn document(version: CsafVersion) -> &'static Shape {
    match version {
        CsafVersion::V2_0 => &v2_0::DOCUMENT,
        CsafVersion::V2_1 => &v2_1::DOCUMENT,
    }
}

/// A text that is not empty.
const SOME: Shape = Shape::Text(SOME_TEXT);
const SOME_TEXTS: Shape = Shape::List(&some(SOME));
const DISTINCT_TEXTS: Shape = Shape::List(&distinct(SOME));
const TIME: Shape = Shape::Text(DATE_TIME);
const ADDRESS: Shape = Shape::Text(URI);
const ADDRESSES: Shape = Shape::List(&some(ADDRESS));
const LANGUAGE_TAG: Shape = Shape::Text(LANGUAGE);
const CATEGORY_NAME: Shape = Shape::Text(CATEGORY);
const CPE_NAME: Shape = Shape::Text(CPE);
const VERSION: Shape = Shape::Text(Form {
    called: "a version such as 3 or 1.4.0, by Semantic Versioning",
    fits: |text| super::tracking::Number::read(text).is_some(),
});

/// An object with so many members or more.
const fn at_least(least: usize, members: &'static [Member]) -> Object {
    Object { least, ..open(members) }
}

const ACKNOWLEDGMENTS: Shape = Shape::List(&some(Shape::Object(&at_least(
    1,
    &[
        may("names", SOME_TEXTS),
        may("organization", SOME),
        may("summary", SOME),
        may("urls", ADDRESSES),
    ],
))));

/// The members of a note that both versions know.
const NOTE: [Member; 4] = [
    may("audience", SOME),
    must("category", NOTE_CATEGORY),
    must("text", SOME),
    may("title", SOME),
];

const NOTE_CATEGORY: Shape = Shape::Word(&[
    "description",
    "details",
    "faq",
    "general",
    "legal_disclaimer",
    "other",
    "summary",
]);

const REFERENCES: Shape = Shape::List(&some(Shape::Object(&open(&[
    may("category", Shape::Word(&["external", "self"])),
    must("summary", SOME),
    must("url", ADDRESS),
]))));

const SEVERITY: Shape = Shape::Object(&open(&[may("namespace", ADDRESS), must("text", SOME)]));

const TRACKING: Shape = Shape::Object(&open(&[
    may("aliases", DISTINCT_TEXTS),
    must("current_release_date", TIME),
    may(
        "generator",
        Shape::Object(&open(&[
            may("date", TIME),
            must("engine", Shape::Object(&open(&[must("name", SOME), may("version", SOME)]))),
        ])),
    ),
    must("id", Shape::Text(TRACKING_ID)),
    must("initial_release_date", TIME),
    must(
        "revision_history",
        Shape::List(&some(Shape::Object(&open(&[
            must("date", TIME),
            may("legacy_version", SOME),
            must("number", VERSION),
            must("summary", SOME),
        ])))),
    ),
    must("status", Shape::Word(&["draft", "final", "interim"])),
    must("version", VERSION),
]));

const GROUPS: Shape = Shape::List(&some(Shape::Object(&open(&[
    must("group_id", SOME),
    must(
        "product_ids",
        Shape::List(&crate::check::shape::List { items: SOME, least: 2, unique: true }),
    ),
    may("summary", SOME),
]))));

/// Of a document's head, beside what the versions say differently.
const HEAD: [Member; 7] = [
    may("acknowledgments", ACKNOWLEDGMENTS),
    may("aggregate_severity", SEVERITY),
    may("lang", LANGUAGE_TAG),
    may("references", REFERENCES),
    may("source_lang", LANGUAGE_TAG),
    must("title", SOME),
    must("tracking", TRACKING),
];

/// Of a publisher, beside its category.
const PUBLISHER: [Member; 4] = [
    may("contact_details", SOME),
    may("issuing_authority", SOME),
    must("name", SOME),
    must("namespace", ADDRESS),
];

/// Of what identifies a product.
const HELPER: [Member; 3] = [
    may("cpe", CPE_NAME),
    may("model_numbers", DISTINCT_TEXTS),
    may("serial_numbers", DISTINCT_TEXTS),
];

/// Of a vulnerability.
const VULNERABILITY: [Member; 7] = [
    may("acknowledgments", ACKNOWLEDGMENTS),
    may("cve", Shape::Text(CVE_ID)),
    may("discovery_date", TIME),
    may("flags", Shape::List(&distinct(Shape::Object(&FLAG)))),
    may("references", REFERENCES),
    may("threats", THREATS),
    may("title", SOME),
];

/// How products can stand to a vulnerability.
const STATUS: [Member; 8] = [
    may("first_affected", DISTINCT_TEXTS),
    may("first_fixed", DISTINCT_TEXTS),
    may("fixed", DISTINCT_TEXTS),
    may("known_affected", DISTINCT_TEXTS),
    may("known_not_affected", DISTINCT_TEXTS),
    may("last_affected", DISTINCT_TEXTS),
    may("recommended", DISTINCT_TEXTS),
    may("under_investigation", DISTINCT_TEXTS),
];

/// Of how far a party is.
const INVOLVEMENT: [Member; 4] =
    [may("date", TIME), must("party", PARTY), must("status", INVOLVED), may("summary", SOME)];

/// Of what to do, beside its category.
const REMEDIATION: [Member; 7] = [
    may("date", TIME),
    must("details", SOME),
    may("entitlements", SOME_TEXTS),
    may("group_ids", DISTINCT_TEXTS),
    may("product_ids", DISTINCT_TEXTS),
    may("restart_required", RESTART),
    may("url", ADDRESS),
];

/// The categories of what joins two products.
const JOINT: Shape = Shape::Word(&[
    "default_component_of",
    "external_component_of",
    "installed_on",
    "installed_with",
    "optional_component_of",
]);

const NAMED_URIS: [Member; 2] = [must("namespace", ADDRESS), must("uri", ADDRESS)];

const FLAG: Object = open(&[
    may("date", TIME),
    may("group_ids", DISTINCT_TEXTS),
    must(
        "label",
        Shape::Word(&[
            "component_not_present",
            "inline_mitigations_already_exist",
            "vulnerable_code_cannot_be_controlled_by_adversary",
            "vulnerable_code_not_in_execute_path",
            "vulnerable_code_not_present",
        ]),
    ),
    may("product_ids", DISTINCT_TEXTS),
]);

const PARTY: Shape = Shape::Word(&["coordinator", "discoverer", "other", "user", "vendor"]);

const INVOLVED: Shape = Shape::Word(&[
    "completed",
    "contact_attempted",
    "disputed",
    "in_progress",
    "not_contacted",
    "open",
]);

const RESTART: Shape = Shape::Object(&open(&[
    must(
        "category",
        Shape::Word(&[
            "connected",
            "dependencies",
            "machine",
            "none",
            "parent",
            "service",
            "system",
            "vulnerable_component",
            "zone",
        ]),
    ),
    may("details", SOME),
]));

const THREATS: Shape = Shape::List(&some(Shape::Object(&open(&[
    must("category", Shape::Word(&["exploit_status", "impact", "target_set"])),
    may("date", TIME),
    must("details", SOME),
    may("group_ids", DISTINCT_TEXTS),
    may("product_ids", DISTINCT_TEXTS),
]))));

const ANY_HASH: Shape = Shape::Text(HASH);
const SMALL_HASH: Shape = Shape::Text(LOWER_HASH);
