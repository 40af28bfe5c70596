//! Licences, and who holds them from whom.

use super::common::{ADDRESS, LICENCE_ID, REF, TIME};
use super::parties::{ATTACHMENT, CONTACT, ORGANISATION, PROPERTIES};
use crate::check::shape::{
    List, Object, Rule, Shape, TEXT, TEXTS, closed, items, may, must, ruled,
};

pub(super) static LICENSING: Object = closed(&[
    may("altIds", TEXTS),
    may(
        "licensor",
        Shape::Object(&ruled(
            &[Rule::One(&[&["organization"], &["individual"]])],
            &[
                may("organization", Shape::Object(&ORGANISATION)),
                may("individual", Shape::Object(&CONTACT)),
            ],
        )),
    ),
    may(
        "licensee",
        Shape::Object(&ruled(
            &[Rule::One(&[&["organization"], &["individual"]])],
            &[
                may("organization", Shape::Object(&ORGANISATION)),
                may("individual", Shape::Object(&CONTACT)),
            ],
        )),
    ),
    may(
        "purchaser",
        Shape::Object(&ruled(
            &[Rule::One(&[&["organization"], &["individual"]])],
            &[
                may("organization", Shape::Object(&ORGANISATION)),
                may("individual", Shape::Object(&CONTACT)),
            ],
        )),
    ),
    may("purchaseOrder", TEXT),
    may(
        "licenseTypes",
        Shape::List(&items(Shape::Among(
            "\
academic appliance client-access concurrent-user core-points custom-metric \
device evaluation named-user node-locked oem perpetual processor-points \
subscription user other",
        ))),
    ),
    may("lastRenewal", TIME),
    may("expiration", TIME),
]);

pub(super) static LICENCE: Object = ruled(
    &[Rule::One(&[&["id"], &["name"]])],
    &[
        may("bom-ref", REF),
        may("id", LICENCE_ID),
        may("name", TEXT),
        may("acknowledgement", ACKNOWLEDGEMENT),
        may("text", Shape::Object(&ATTACHMENT)),
        may("url", ADDRESS),
        may("licensing", Shape::Object(&LICENSING)),
        may("properties", Shape::List(&PROPERTIES)),
    ],
);

pub(super) const ACKNOWLEDGEMENT: Shape = Shape::Word(&["declared", "concluded"]);

pub(super) static LICENCES: List = items(Shape::OneOf(&[
    Shape::Object(&closed(&[must("license", Shape::Object(&LICENCE))])),
    Shape::Object(&closed(&[
        must("expression", TEXT),
        may(
            "expressionDetails",
            Shape::List(&items(Shape::Object(&closed(&[
                must("licenseIdentifier", TEXT),
                may("bom-ref", REF),
                may("text", Shape::Object(&ATTACHMENT)),
                may("url", ADDRESS),
            ])))),
        ),
        may("acknowledgement", ACKNOWLEDGEMENT),
        may("bom-ref", REF),
        may("licensing", Shape::Object(&LICENSING)),
        may("properties", Shape::List(&PROPERTIES)),
    ])),
]));
