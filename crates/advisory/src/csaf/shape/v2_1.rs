//! What a CSAF 2.1 document is made of. Nothing may stand beside it.

use super::super::forms::{
    CATEGORY, CWE_ID, CWE_VERSION, HASH_ALGORITHM, LOWER_PURL, PROBABILITY, UUID,
};
use super::{
    ADDRESS, CATEGORY_NAME, DISTINCT_TEXTS, GROUPS, JOINT, NAMED_URIS, SMALL_HASH, SOME, TIME,
    at_least,
};
use crate::check::shape::{List, Object, Shape, distinct, may, must, open, sharing, some};

/// The address by which a document says that it is one of these.
pub(in crate::csaf) const SCHEMA_ADDRESS: &str =
    "https://docs.oasis-open.org/csaf/csaf/v2.1/schema/csaf.json";

/// Rules of their own judge the items.
const EXTENSIONS: Shape = Shape::List(&distinct(Shape::Anything));

pub(super) static DOCUMENT: Shape = Shape::Object(&open(&[
    must("$schema", Shape::Word(&[SCHEMA_ADDRESS])),
    must("document", Shape::Object(&HEAD)),
    may("product_tree", Shape::Object(&TREE)),
    may("vulnerabilities", Shape::List(&some(Shape::Object(&VULNERABILITY)))),
    may("x_extensions", EXTENSIONS),
]));

const NOTES: Shape = Shape::List(&some(Shape::Object(&sharing(
    &super::NOTE,
    open(&[may("group_ids", DISTINCT_TEXTS), may("product_ids", DISTINCT_TEXTS)]),
))));

static HEAD: Object = sharing(
    &super::HEAD,
    open(&[
        must("category", CATEGORY_NAME),
        must("csaf_version", Shape::Word(&["2.1"])),
        must(
            "distribution",
            Shape::Object(&open(&[
                may(
                    "sharing_group",
                    Shape::Object(&open(&[must("id", Shape::Text(UUID)), may("name", SOME)])),
                ),
                may("text", SOME),
                must(
                    "tlp",
                    Shape::Object(&open(&[
                        must(
                            "label",
                            Shape::Word(&["AMBER", "AMBER+STRICT", "CLEAR", "GREEN", "RED"]),
                        ),
                        may("url", ADDRESS),
                    ])),
                ),
            ])),
        ),
        may("license_expression", SOME),
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
                        "multiplier",
                        "other",
                        "translator",
                        "user",
                        "vendor",
                    ]),
                )]),
            )),
        ),
        may("x_extensions", EXTENSIONS),
    ]),
);

static TREE: Object = at_least(
    1,
    &[
        may("branches", Shape::List(&BRANCHES)),
        may("full_product_names", Shape::List(&some(Shape::Object(&PRODUCT)))),
        may("product_groups", GROUPS),
        may(
            "product_paths",
            Shape::List(&some(Shape::Object(&open(&[
                must("beginning_product_reference", SOME),
                must("full_product_name", Shape::Object(&PRODUCT)),
                must(
                    "subpaths",
                    Shape::List(&some(Shape::Object(&open(&[
                        must("category", JOINT),
                        must("next_product_reference", SOME),
                    ])))),
                ),
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
                "patch_level",
                "platform",
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
    may("x_extensions", EXTENSIONS),
]);

static HELPER: Object = sharing(
    &super::HELPER,
    at_least(
        1,
        &[
            may(
                "hashes",
                Shape::List(&distinct(Shape::Object(&open(&[
                    must(
                        "file_hashes",
                        Shape::List(&distinct(Shape::Object(&open(&[
                            must("algorithm", Shape::Text(HASH_ALGORITHM)),
                            must("value", SMALL_HASH),
                        ])))),
                    ),
                    must("filename", SOME),
                ])))),
            ),
            may("purls", Shape::List(&distinct(Shape::Text(LOWER_PURL)))),
            may("sbom_urls", Shape::List(&distinct(ADDRESS))),
            may("skus", DISTINCT_TEXTS),
            may("x_generic_uris", Shape::List(&distinct(Shape::Object(&open(&NAMED_URIS))))),
        ],
    ),
);

static VULNERABILITY: Object = sharing(
    &super::VULNERABILITY,
    at_least(
        1,
        &[
            may(
                "cwes",
                Shape::List(&distinct(Shape::Object(&open(&[
                    must("id", Shape::Text(CWE_ID)),
                    must("name", Shape::Text(CATEGORY)),
                    must("version", Shape::Text(CWE_VERSION)),
                ])))),
            ),
            may("disclosure_date", TIME),
            may(
                "first_known_exploitation_dates",
                Shape::List(&distinct(Shape::Object(&at_least(
                    3,
                    &[
                        must("date", TIME),
                        must("exploitation_date", TIME),
                        may("group_ids", DISTINCT_TEXTS),
                        may("product_ids", DISTINCT_TEXTS),
                    ],
                )))),
            ),
            may(
                "ids",
                Shape::List(&distinct(Shape::Object(&open(&[
                    may("group_ids", DISTINCT_TEXTS),
                    may("product_ids", DISTINCT_TEXTS),
                    must("system_name", SOME),
                    must("text", SOME),
                ])))),
            ),
            may("involvements", Shape::List(&distinct(Shape::Object(&INVOLVEMENT)))),
            may("metrics", Shape::List(&distinct(Shape::Object(&METRIC)))),
            may("notes", NOTES),
            may("product_status", STATUS),
            may("remediations", Shape::List(&some(Shape::Object(&REMEDIATION)))),
            may("x_extensions", EXTENSIONS),
        ],
    ),
);

const STATUS: Shape =
    Shape::Object(&sharing(&super::STATUS, at_least(1, &[may("unknown", DISTINCT_TEXTS)])));

static INVOLVEMENT: Object = sharing(
    &super::INVOLVEMENT,
    open(&[
        may("contact", SOME),
        may("group_ids", DISTINCT_TEXTS),
        may("product_ids", DISTINCT_TEXTS),
    ]),
);

static METRIC: Object = open(&[
    must(
        "content",
        // The publishers' own schemas judge CVSS and SSVC, by rules 6.1.8 and 6.1.46.
        Shape::Object(&at_least(
            1,
            &[
                may("cvss_v2", Shape::Anything),
                may("cvss_v3", Shape::Anything),
                may("cvss_v4", Shape::Anything),
                may(
                    "epss",
                    Shape::Object(&open(&[
                        must("percentile", Shape::Text(PROBABILITY)),
                        must("probability", Shape::Text(PROBABILITY)),
                        must("timestamp", TIME),
                    ])),
                ),
                may(
                    "qualitative_severity_rating",
                    Shape::Word(&["critical", "high", "low", "medium", "none"]),
                ),
                may("ssvc_v2", Shape::Anything),
                may("x_extensions", EXTENSIONS),
            ],
        )),
    ),
    must("products", DISTINCT_TEXTS),
    may("source", ADDRESS),
]);

static REMEDIATION: Object = sharing(
    &super::REMEDIATION,
    open(&[must(
        "category",
        Shape::Word(&[
            "fix_planned",
            "mitigation",
            "no_fix_planned",
            "none_available",
            "optional_patch",
            "vendor_fix",
            "workaround",
        ]),
    )]),
);
