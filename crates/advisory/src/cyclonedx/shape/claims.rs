//! Standards, and what is claimed and attested about them.

use super::common::{ADDRESS, CRE, REF, REFS, SHARE, TIME};
use super::component::COMPONENT;
use super::parties::{
    ATTACHMENT, CONTACT, EXTERNAL_REFERENCE, EXTERNAL_REFERENCES, GOVERNANCE, ORGANISATION,
    PROPERTIES,
};
use super::patent::{PATENT, PATENT_FAMILY};
use super::service::SERVICE;
use super::signature::SIGNATURE;
use crate::check::shape::{
    Object, Rule, Shape, TEXT, TEXTS, closed, items, may, must, ruled, some,
};

pub(super) static STANDARD: Object = closed(&[
    may("bom-ref", REF),
    may("name", TEXT),
    may("version", TEXT),
    may("description", TEXT),
    may("owner", TEXT),
    may(
        "requirements",
        Shape::List(&items(Shape::Object(&closed(&[
            may("bom-ref", REF),
            may("identifier", TEXT),
            may("title", TEXT),
            may("text", TEXT),
            may("descriptions", TEXTS),
            may("openCre", Shape::List(&items(CRE))),
            may("parent", REF),
            may("properties", Shape::List(&PROPERTIES)),
            may("externalReferences", Shape::List(&EXTERNAL_REFERENCES)),
        ])))),
    ),
    may(
        "levels",
        Shape::List(&items(Shape::Object(&closed(&[
            may("bom-ref", REF),
            may("identifier", TEXT),
            may("title", TEXT),
            may("description", TEXT),
            may("requirements", REFS),
        ])))),
    ),
    may("externalReferences", Shape::List(&EXTERNAL_REFERENCES)),
    may("signature", Shape::OneOf(&SIGNATURE)),
]);

pub(super) static CITATION: Object = ruled(
    &[Rule::One(&[&["pointers"], &["expressions"]]), Rule::Any(&["attributedTo", "process"])],
    &[
        may("bom-ref", REF),
        may("pointers", Shape::List(&some(TEXT))),
        may("expressions", Shape::List(&some(TEXT))),
        must("timestamp", TIME),
        may("attributedTo", REF),
        may("process", REF),
        may("note", TEXT),
        may("signature", Shape::OneOf(&SIGNATURE)),
    ],
);

pub(super) static DECLARATIONS: Object = closed(&[
    may(
        "assessors",
        Shape::List(&items(Shape::Object(&closed(&[
            may("bom-ref", REF),
            may("thirdParty", Shape::Bool),
            may("organization", Shape::Object(&ORGANISATION)),
        ])))),
    ),
    may(
        "attestations",
        Shape::List(&items(Shape::Object(&closed(&[
            may("summary", TEXT),
            may("assessor", REF),
            may(
                "map",
                Shape::List(&items(Shape::Object(&closed(&[
                    may("requirement", REF),
                    may("claims", REFS),
                    may("counterClaims", REFS),
                    may(
                        "conformance",
                        Shape::Object(&closed(&[
                            may("score", SHARE),
                            may("rationale", TEXT),
                            may("mitigationStrategies", REFS),
                        ])),
                    ),
                    may(
                        "confidence",
                        Shape::Object(&closed(&[may("score", SHARE), may("rationale", TEXT)])),
                    ),
                ])))),
            ),
            may("signature", Shape::OneOf(&SIGNATURE)),
        ])))),
    ),
    may(
        "claims",
        Shape::List(&items(Shape::Object(&closed(&[
            may("bom-ref", REF),
            may("target", REF),
            may("predicate", TEXT),
            may("mitigationStrategies", REFS),
            may("reasoning", TEXT),
            may("evidence", REFS),
            may("counterEvidence", REFS),
            may("externalReferences", Shape::List(&EXTERNAL_REFERENCES)),
            may("signature", Shape::OneOf(&SIGNATURE)),
        ])))),
    ),
    may(
        "evidence",
        Shape::List(&items(Shape::Object(&closed(&[
            may("bom-ref", REF),
            may("propertyName", TEXT),
            may("description", TEXT),
            may(
                "data",
                Shape::List(&items(Shape::Object(&closed(&[
                    may("name", TEXT),
                    may(
                        "contents",
                        Shape::Object(&closed(&[
                            may("attachment", Shape::Object(&ATTACHMENT)),
                            may("url", ADDRESS),
                        ])),
                    ),
                    may("classification", TEXT),
                    may("sensitiveData", TEXTS),
                    may("governance", Shape::Object(&GOVERNANCE)),
                ])))),
            ),
            may("created", TIME),
            may("expires", TIME),
            may("author", Shape::Object(&CONTACT)),
            may("reviewer", Shape::Object(&CONTACT)),
            may("signature", Shape::OneOf(&SIGNATURE)),
        ])))),
    ),
    may(
        "targets",
        Shape::Object(&closed(&[
            may("organizations", Shape::List(&items(Shape::Object(&ORGANISATION)))),
            may("components", Shape::List(&items(Shape::Object(&COMPONENT)))),
            may("services", Shape::List(&items(Shape::Object(&SERVICE)))),
        ])),
    ),
    may(
        "affirmation",
        Shape::Object(&closed(&[
            may("statement", TEXT),
            may(
                "signatories",
                Shape::List(&items(Shape::Object(&ruled(
                    &[Rule::One(&[&["signature"], &["externalReference", "organization"]])],
                    &[
                        may("name", TEXT),
                        may("role", TEXT),
                        may("signature", Shape::OneOf(&SIGNATURE)),
                        may("organization", Shape::Object(&ORGANISATION)),
                        may("externalReference", Shape::Object(&EXTERNAL_REFERENCE)),
                    ],
                )))),
            ),
            may("signature", Shape::OneOf(&SIGNATURE)),
        ])),
    ),
    may("signature", Shape::OneOf(&SIGNATURE)),
]);

pub(super) static DEFINITIONS: Object = closed(&[
    may("standards", Shape::List(&items(Shape::Object(&STANDARD)))),
    may(
        "patents",
        Shape::List(&items(Shape::Either(&[
            Shape::Object(&PATENT),
            Shape::Object(&PATENT_FAMILY),
        ]))),
    ),
]);
