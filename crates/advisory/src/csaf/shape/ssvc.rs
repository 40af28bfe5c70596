//! What a list of SSVC selections is made of, by version 2.0.0 of its schema.

use super::super::forms::{SSVC_KEY, SSVC_NAMESPACE, SSVC_VERSION};
use super::{ADDRESS, SOME, TIME};
use crate::check::shape::{List, Shape, TEXT, may, must, open, some};

const RESOURCES: Shape =
    Shape::List(&some(Shape::Object(&open(&[must("summary", TEXT), must("uri", ADDRESS)]))));

/// The value of `ssvc_v2`. Members that are not here are refused.
pub(crate) static SELECTIONS: Shape = Shape::Object(&open(&[
    may("decision_point_resources", RESOURCES),
    may("references", RESOURCES),
    must("schemaVersion", Shape::Word(&["2.0.0"])),
    must(
        "selections",
        Shape::List(&some(Shape::Object(&open(&[
            may("definition", SOME),
            must("key", Shape::Text(SSVC_KEY)),
            may("name", SOME),
            must("namespace", Shape::Text(SSVC_NAMESPACE)),
            must(
                "values",
                Shape::List(&some(Shape::Object(&open(&[
                    may("definition", SOME),
                    must("key", Shape::Text(SSVC_KEY)),
                    may("name", SOME),
                ])))),
            ),
            must("version", Shape::Text(SSVC_VERSION)),
        ])))),
    ),
    may("target_ids", Shape::List(&List { items: TEXT, least: 1, unique: true })),
    must("timestamp", TIME),
]));
