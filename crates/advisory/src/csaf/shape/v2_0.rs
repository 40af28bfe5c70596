//! What a CSAF 2.0 document is made of.

use super::super::forms::{CWE_ID, PURL};
use super::{
    ADDRESS, ADDRESSES, ANY_HASH, CATEGORY_NAME, DISTINCT_TEXTS, GROUPS, JOINT, NAMED_URIS, SOME,
    SOME_TEXTS, TIME, at_least,
};
use crate::check::shape::{List, Object, Shape, distinct, may, must, open, sharing, some};

pub(super) static DOCUMENT: Shape = Shape::Object(&open(&[
    must("document", Shape::Object(&HEAD)),
    may("product_tree", Shape::Object(&TREE)),
    may("vulnerabilities", Shape::List(&some(Shape::Object(&VULNERABILITY)))),
]));

const NOTES: Shape = Shape::List(&some(Shape::Object(&open(&super::NOTE))));

static HEAD: Object = sharing(
    &super::HEAD,
    open(&[
        must("category", CATEGORY_NAME),
        must("csaf_version", Shape::Word(&["2.0"])),
        may(
            "distribution",
            Shape::Object(&at_least(
                1,
                &[
                    may("text", SOME),
                    may(
                        "tlp",
                        Shape::Object(&open(&[
                            must("label", Shape::Word(&["AMBER", "GREEN", "RED", "WHITE"])),
                            may("url", ADDRESS),
                        ])),
                    ),
                ],
            )),
        ),
        may("notes", NOTES),
        must(
            "publisher",
            Shape::Object(&sharing(
                &super::PUBLISHER,
                open(&[must(
                    "category",
                    Shape::Word(&[
                        "coordinator",
                        "discoverer",
                        "other",
                        "translator",
                        "user",
                        "vendor",
                    ]),
                )]),
            )),
        ),
    ]),
);

static TREE: Object = at_least(
    1,
    &[
        may("branches", Shape::List(&BRANCHES)),
        may("full_product_names", Shape::List(&some(Shape::Object(&PRODUCT)))),
        may("product_groups", GROUPS),
        may(
            "relationships",
            Shape::List(&some(Shape::Object(&open(&[
                must("category", JOINT),
                must("full_product_name", Shape::Object(&PRODUCT)),
                must("product_reference", SOME),
                must("relates_to_product_reference", SOME),
            ])))),
        ),
    ],
);

/// Branches hold branches, so this is a place and not a value. That a branch has no more than
/// three members is for a rule to say.
static BRANCHES: List = some(Shape::Object(&BRANCH));

static BRANCH: Object = at_least(
    3,
    &[
        may("branches", Shape::List(&BRANCHES)),
        must(
            "category",
            Shape::Word(&[
                "architecture",
                "host_name",
                "language",
                "legacy",
                "patch_level",
                "product_family",
                "product_name",
                "product_version",
                "product_version_range",
                "service_pack",
                "specification",
                "vendor",
            ]),
        ),
        must("name", SOME),
        may("product", Shape::Object(&PRODUCT)),
    ],
);

static PRODUCT: Object = open(&[
    must("name", SOME),
    must("product_id", SOME),
    may("product_identification_helper", Shape::Object(&HELPER)),
]);

static HELPER: Object = sharing(
    &super::HELPER,
    at_least(
        1,
        &[
            may(
                "hashes",
                Shape::List(&some(Shape::Object(&open(&[
                    must(
                        "file_hashes",
                        Shape::List(&some(Shape::Object(&open(&[
                            must("algorithm", SOME),
                            must("value", ANY_HASH),
                        ])))),
                    ),
                    must("filename", SOME),
                ])))),
            ),
            may("purl", Shape::Text(PURL)),
            may("sbom_urls", ADDRESSES),
            may("skus", SOME_TEXTS),
            may("x_generic_uris", Shape::List(&some(Shape::Object(&open(&NAMED_URIS))))),
        ],
    ),
);

static VULNERABILITY: Object = sharing(
    &super::VULNERABILITY,
    at_least(
        1,
        &[
            may(
                "cwe",
                Shape::Object(&open(&[must("id", Shape::Text(CWE_ID)), must("name", SOME)])),
            ),
            may(
                "ids",
                Shape::List(&distinct(Shape::Object(&open(&[
                    must("system_name", SOME),
                    must("text", SOME),
                ])))),
            ),
            may("involvements", Shape::List(&distinct(Shape::Object(&INVOLVEMENT)))),
            may("notes", NOTES),
            may("product_status", Shape::Object(&at_least(1, &super::STATUS))),
            may("release_date", TIME),
            may("remediations", Shape::List(&some(Shape::Object(&REMEDIATION)))),
            may(
                "scores",
                Shape::List(&some(Shape::Object(&at_least(
                    2,
                    // FIRST's own schemas judge these, by rule 6.1.8.
                    &[
                        may("cvss_v2", Shape::Anything),
                        may("cvss_v3", Shape::Anything),
                        must("products", DISTINCT_TEXTS),
                    ],
                )))),
            ),
        ],
    ),
);

static INVOLVEMENT: Object = open(&super::INVOLVEMENT);

static REMEDIATION: Object = sharing(
    &super::REMEDIATION,
    open(&[must(
        "category",
        Shape::Word(&[
            "mitigation",
            "no_fix_planned",
            "none_available",
            "vendor_fix",
            "workaround",
        ]),
    )]),
);
