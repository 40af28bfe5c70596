//! Components, where they come from, and what was changed in them.

use super::common::{ADDRESS, INTEGER, MAIL, MEDIA_TYPE, RANGE, REF, TIME, VERSION};
use super::crypto::CRYPTO_PROPERTIES;
use super::evidence::{EVIDENCE, RELEASE_NOTES};
use super::licence::LICENCES;
use super::model::{COMPONENT_DATA, MODEL_CARD};
use super::parties::{ATTACHMENT, CONTACT, EXTERNAL_REFERENCES, HASHES, ORGANISATION, PROPERTIES};
use super::patent::PATENT_ASSERTIONS;
use super::signature::SIGNATURE;
use crate::check::shape::{
    List, Object, Rule, Shape, TEXT, TEXTS, closed, items, may, must, ruled, unique,
};

pub(super) static COMPONENT: Object = ruled(
    &[Rule::NotBoth("version", "versionRange"), Rule::OnlyWhere("versionRange", "isExternal")],
    &[
        must(
            "type",
            Shape::Among(
                "\
application framework library container platform operating-system device \
device-driver firmware file machine-learning-model data cryptographic-asset",
            ),
        ),
        may("mime-type", MEDIA_TYPE),
        may("bom-ref", REF),
        may("supplier", Shape::Object(&ORGANISATION)),
        may("manufacturer", Shape::Object(&ORGANISATION)),
        may("authors", Shape::List(&items(Shape::Object(&CONTACT)))),
        may("author", TEXT),
        may("publisher", TEXT),
        may("group", TEXT),
        must("name", TEXT),
        may("version", VERSION),
        may("versionRange", RANGE),
        may("isExternal", Shape::Bool),
        may("description", TEXT),
        may("scope", Shape::Word(&["required", "optional", "excluded"])),
        may("hashes", Shape::List(&HASHES)),
        may("licenses", Shape::List(&LICENCES)),
        may("copyright", TEXT),
        may("patentAssertions", Shape::List(&PATENT_ASSERTIONS)),
        may("cpe", TEXT),
        may("purl", TEXT),
        may("omniborId", TEXTS),
        may("swhid", TEXTS),
        may("swid", Shape::Object(&SWID)),
        may("modified", Shape::Bool),
        may(
            "pedigree",
            Shape::Object(&closed(&[
                may("ancestors", Shape::List(&items(Shape::Object(&COMPONENT)))),
                may("descendants", Shape::List(&items(Shape::Object(&COMPONENT)))),
                may("variants", Shape::List(&items(Shape::Object(&COMPONENT)))),
                may("commits", Shape::List(&items(Shape::Object(&COMMIT)))),
                may("patches", Shape::List(&items(Shape::Object(&PATCH)))),
                may("notes", TEXT),
            ])),
        ),
        may("externalReferences", Shape::List(&EXTERNAL_REFERENCES)),
        may("components", Shape::List(&COMPONENTS)),
        may("evidence", Shape::Object(&EVIDENCE)),
        may("releaseNotes", Shape::Object(&RELEASE_NOTES)),
        may("modelCard", Shape::Object(&MODEL_CARD)),
        may("data", Shape::List(&items(Shape::Object(&COMPONENT_DATA)))),
        may("cryptoProperties", Shape::Object(&CRYPTO_PROPERTIES)),
        may("properties", Shape::List(&PROPERTIES)),
        may("tags", TEXTS),
        may("signature", Shape::OneOf(&SIGNATURE)),
    ],
);

pub(super) static SWID: Object = closed(&[
    must("tagId", TEXT),
    must("name", TEXT),
    may("version", TEXT),
    may("tagVersion", INTEGER),
    may("patch", Shape::Bool),
    may("text", Shape::Object(&ATTACHMENT)),
    may("url", ADDRESS),
]);

pub(super) static COMMIT: Object = closed(&[
    may("uid", TEXT),
    may("url", ADDRESS),
    may("author", Shape::Object(&ACTION)),
    may("committer", Shape::Object(&ACTION)),
    may("message", TEXT),
]);

pub(super) static PATCH: Object = closed(&[
    must("type", Shape::Among("unofficial monkey backport cherry-pick")),
    may("diff", Shape::Object(&DIFF)),
    may("resolves", Shape::List(&items(Shape::Object(&ISSUE)))),
]);

pub(super) static DIFF: Object =
    closed(&[may("text", Shape::Object(&ATTACHMENT)), may("url", ADDRESS)]);

pub(super) static ISSUE: Object = closed(&[
    must("type", Shape::Word(&["defect", "enhancement", "security"])),
    may("id", TEXT),
    may("name", TEXT),
    may("description", TEXT),
    may("source", Shape::Object(&closed(&[may("name", TEXT), may("url", ADDRESS)]))),
    may("references", Shape::List(&items(ADDRESS))),
]);

pub(super) static ACTION: Object =
    closed(&[may("timestamp", TIME), may("name", TEXT), may("email", MAIL)]);

/// Components hold components, so this is a place and not a value.
pub(super) static COMPONENTS: List = unique(Shape::Object(&COMPONENT));
