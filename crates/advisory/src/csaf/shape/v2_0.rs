//! What a CSAF 2.0 document is made of.

use super::super::forms::{CVE_ID, CWE_ID, PURL};
use super::{
    ACKNOWLEDGMENTS, ADDRESS, ADDRESSES, ANY_HASH, CATEGORY_NAME, CPE_NAME, DISTINCT_TEXTS, FLAG,
    GROUPS, INVOLVED, JOINT, LANGUAGE_TAG, NAMED_URIS, NOTE_CATEGORY, PARTY, REFERENCES, RESTART,
    SEVERITY, SOME, SOME_TEXTS, THREATS, TIME, TRACKING, at_least,
};
use crate::check::shape::{List, Object, Shape, distinct, may, must, open, some};

pub(super) static DOCUMENT: Shape = Shape::Object(&open(&[
    must("document", Shape::Object(&HEAD)),
    may("product_tree", Shape::Object(&TREE)),
    may("vulnerabilities", Shape::List(&some(Shape::Object(&VULNERABILITY)))),
]));

const NOTES: Shape = Shape::List(&some(Shape::Object(&open(&[
    may("audience", SOME),
    must("category", NOTE_CATEGORY),
    must("text", SOME),
    may("title", SOME),
]))));

static HEAD: Object = open(&[
    may("acknowledgments", ACKNOWLEDGMENTS),
    may("aggregate_severity", SEVERITY),
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
    may("lang", LANGUAGE_TAG),
    may("notes", NOTES),
    must(
        "publisher",
        Shape::Object(&open(&[
            must(
                "category",
                Shape::Word(&[
                    "coordinator",
                    "discoverer",
                    "other",
                    "translator",
                    "user",
                    "vendor",
                ]),
            ),
            may("contact_details", SOME),
            may("issuing_authority", SOME),
            must("name", SOME),
            must("namespace", ADDRESS),
        ])),
    ),
    may("references", REFERENCES),
    may("source_lang", LANGUAGE_TAG),
    must("title", SOME),
    must("tracking", TRACKING),
]);

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

static HELPER: Object = at_least(
    1,
    &[
        may("cpe", CPE_NAME),
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
        may("model_numbers", DISTINCT_TEXTS),
        may("purl", Shape::Text(PURL)),
        may("sbom_urls", ADDRESSES),
        may("serial_numbers", DISTINCT_TEXTS),
        may("skus", SOME_TEXTS),
        may("x_generic_uris", Shape::List(&some(Shape::Object(&open(&NAMED_URIS))))),
    ],
);

static VULNERABILITY: Object = at_least(
    1,
    &[
        may("acknowledgments", ACKNOWLEDGMENTS),
        may("cve", Shape::Text(CVE_ID)),
        may("cwe", Shape::Object(&open(&[must("id", Shape::Text(CWE_ID)), must("name", SOME)]))),
        may("discovery_date", TIME),
        may("flags", Shape::List(&distinct(Shape::Object(&FLAG)))),
        may(
            "ids",
            Shape::List(&distinct(Shape::Object(&open(&[
                must("system_name", SOME),
                must("text", SOME),
            ])))),
        ),
        may("involvements", Shape::List(&distinct(Shape::Object(&INVOLVEMENT)))),
        may("notes", NOTES),
        may(
            "product_status",
            Shape::Object(&at_least(
                1,
                &[
                    may("first_affected", DISTINCT_TEXTS),
                    may("first_fixed", DISTINCT_TEXTS),
                    may("fixed", DISTINCT_TEXTS),
                    may("known_affected", DISTINCT_TEXTS),
                    may("known_not_affected", DISTINCT_TEXTS),
                    may("last_affected", DISTINCT_TEXTS),
                    may("recommended", DISTINCT_TEXTS),
                    may("under_investigation", DISTINCT_TEXTS),
                ],
            )),
        ),
        may("references", REFERENCES),
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
        may("threats", THREATS),
        may("title", SOME),
    ],
);

static INVOLVEMENT: Object = open(&[
    may("date", TIME),
    must("party", PARTY),
    must("status", INVOLVED),
    may("summary", SOME),
]);

static REMEDIATION: Object = open(&[
    must(
        "category",
        Shape::Word(&[
            "mitigation",
            "no_fix_planned",
            "none_available",
            "vendor_fix",
            "workaround",
        ]),
    ),
    may("date", TIME),
    must("details", SOME),
    may("entitlements", SOME_TEXTS),
    may("group_ids", DISTINCT_TEXTS),
    may("product_ids", DISTINCT_TEXTS),
    may("restart_required", RESTART),
    may("url", ADDRESS),
]);
