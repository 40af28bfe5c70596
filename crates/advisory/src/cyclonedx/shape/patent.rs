//! Patents, and what is asserted about them.

use super::common::{COUNTRY, DATE, PATENT_NUMBER, REF, REFS};
use super::parties::{CONTACT, EXTERNAL_REFERENCES, ORGANISATION};
use crate::check::shape::{List, Object, Shape, TEXT, closed, items, may, must};

pub(super) static PATENT_FAMILY: Object = closed(&[
    may("bom-ref", REF),
    must("familyId", TEXT),
    may("priorityApplication", Shape::Object(&PRIORITY_APPLICATION)),
    may("members", REFS),
    may("externalReferences", Shape::List(&EXTERNAL_REFERENCES)),
]);

pub(super) static PATENT: Object = closed(&[
    may("bom-ref", REF),
    must("patentNumber", PATENT_NUMBER),
    may("applicationNumber", PATENT_NUMBER),
    must("jurisdiction", COUNTRY),
    may("priorityApplication", Shape::Object(&PRIORITY_APPLICATION)),
    may("publicationNumber", PATENT_NUMBER),
    may("title", TEXT),
    may("abstract", TEXT),
    may("filingDate", DATE),
    may("grantDate", DATE),
    may("patentExpirationDate", DATE),
    must(
        "patentLegalStatus",
        Shape::Among(
            "\
pending granted revoked expired lapsed withdrawn abandoned suspended \
reinstated opposed terminated invalidated in-force",
        ),
    ),
    may(
        "patentAssignee",
        Shape::List(&items(Shape::OneOf(&[Shape::Object(&CONTACT), Shape::Object(&ORGANISATION)]))),
    ),
    may("externalReferences", Shape::List(&EXTERNAL_REFERENCES)),
]);

pub(super) static PATENT_ASSERTIONS: List = items(Shape::Object(&closed(&[
    may("bom-ref", REF),
    must(
        "assertionType",
        Shape::Among(
            "\
ownership license third-party-claim standards-inclusion prior-art \
exclusive-rights non-assertion research-or-evaluation",
        ),
    ),
    may("patentRefs", REFS),
    must("asserter", Shape::OneOf(&[Shape::Object(&ORGANISATION), Shape::Object(&CONTACT), REF])),
    may("notes", TEXT),
])));

pub(super) static PRIORITY_APPLICATION: Object = closed(&[
    must("applicationNumber", PATENT_NUMBER),
    must("jurisdiction", COUNTRY),
    must("filingDate", DATE),
]);
