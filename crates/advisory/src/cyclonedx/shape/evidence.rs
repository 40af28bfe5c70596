//! How a component was recognised, and the notes of its releases.

use super::common::{ADDRESS, INTEGER, LOCALE, REF, SHARE, TIME, UNIQUE_REFS};
use super::component::ISSUE;
use super::licence::LICENCES;
use super::parties::{ATTACHMENT, PROPERTIES};
use crate::check::shape::{Object, Shape, TEXT, TEXTS, closed, items, may, must};

pub(super) static COPYRIGHT: Object = closed(&[must("text", TEXT)]);

pub(super) static EVIDENCE: Object = closed(&[
    may(
        "identity",
        Shape::OneOf(&[Shape::List(&items(Shape::Object(&IDENTITY))), Shape::Object(&IDENTITY)]),
    ),
    may(
        "occurrences",
        Shape::List(&items(Shape::Object(&closed(&[
            may("bom-ref", REF),
            must("location", TEXT),
            may("line", Shape::Whole(0)),
            may("offset", Shape::Whole(0)),
            may("symbol", TEXT),
            may("additionalContext", TEXT),
        ])))),
    ),
    may(
        "callstack",
        Shape::Object(&closed(&[may(
            "frames",
            Shape::List(&items(Shape::Object(&closed(&[
                may("package", TEXT),
                must("module", TEXT),
                may("function", TEXT),
                may("parameters", TEXTS),
                may("line", INTEGER),
                may("column", INTEGER),
                may("fullFilename", TEXT),
            ])))),
        )])),
    ),
    may("licenses", Shape::List(&LICENCES)),
    may("copyright", Shape::List(&items(Shape::Object(&COPYRIGHT)))),
]);

pub(super) static IDENTITY: Object = closed(&[
    must("field", Shape::Among("group name version purl cpe omniborId swhid swid hash")),
    may("confidence", SHARE),
    may("concludedValue", TEXT),
    may(
        "methods",
        Shape::List(&items(Shape::Object(&closed(&[
            must(
                "technique",
                Shape::Among(
                    "\
source-code-analysis binary-analysis manifest-analysis ast-fingerprint \
hash-comparison instrumentation dynamic-analysis filename attestation other",
                ),
            ),
            must("confidence", SHARE),
            may("value", TEXT),
        ])))),
    ),
    may("tools", UNIQUE_REFS),
]);

pub(super) static NOTE: Object =
    closed(&[may("locale", LOCALE), must("text", Shape::Object(&ATTACHMENT))]);

pub(super) static RELEASE_NOTES: Object = closed(&[
    must("type", TEXT),
    may("title", TEXT),
    may("featuredImage", ADDRESS),
    may("socialImage", ADDRESS),
    may("description", TEXT),
    may("timestamp", TIME),
    may("aliases", TEXTS),
    may("tags", TEXTS),
    may("resolves", Shape::List(&items(Shape::Object(&ISSUE)))),
    may("notes", Shape::List(&items(Shape::Object(&NOTE)))),
    may("properties", Shape::List(&PROPERTIES)),
]);
