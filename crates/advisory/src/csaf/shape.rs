//! What a CSAF 2.0 document is made of.

use super::forms::{CATEGORY, CPE, CVE_ID, CWE_ID, HASH, LANGUAGE, PURL, SOME_TEXT, TRACKING_ID};
use crate::check::forms::{DATE_TIME, URI};
use crate::check::shape::{Form, List, Member, Object, Shape, distinct, may, must, open, some};

pub(super) static DOCUMENT: Shape = Shape::Object(&open(&[
    must("document", Shape::Object(&HEAD)),
    may("product_tree", Shape::Object(&TREE)),
    may("vulnerabilities", Shape::List(&some(Shape::Object(&VULNERABILITY)))),
]));

/// A text that is not empty.
const SOME: Shape = Shape::Text(SOME_TEXT);
const SOME_TEXTS: Shape = Shape::List(&some(SOME));
const DISTINCT_TEXTS: Shape = Shape::List(&distinct(SOME));
const TIME: Shape = Shape::Text(DATE_TIME);
const ADDRESS: Shape = Shape::Text(URI);
const ADDRESSES: Shape = Shape::List(&some(ADDRESS));
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

const NOTES: Shape = Shape::List(&some(Shape::Object(&open(&[
    may("audience", SOME),
    must(
        "category",
        Shape::Word(&[
            "description",
            "details",
            "faq",
            "general",
            "legal_disclaimer",
            "other",
            "summary",
        ]),
    ),
    must("text", SOME),
    may("title", SOME),
]))));

const REFERENCES: Shape = Shape::List(&some(Shape::Object(&open(&[
    may("category", Shape::Word(&["external", "self"])),
    must("summary", SOME),
    must("url", ADDRESS),
]))));

static HEAD: Object = open(&[
    may("acknowledgments", ACKNOWLEDGMENTS),
    may(
        "aggregate_severity",
        Shape::Object(&open(&[may("namespace", ADDRESS), must("text", SOME)])),
    ),
    must("category", Shape::Text(CATEGORY)),
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
    may("lang", Shape::Text(LANGUAGE)),
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
    may("source_lang", Shape::Text(LANGUAGE)),
    must("title", SOME),
    must("tracking", Shape::Object(&TRACKING)),
]);

static TRACKING: Object = open(&[
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
]);

static TREE: Object = at_least(
    1,
    &[
        may("branches", Shape::List(&BRANCHES)),
        may("full_product_names", Shape::List(&some(Shape::Object(&PRODUCT)))),
        may(
            "product_groups",
            Shape::List(&some(Shape::Object(&open(&[
                must("group_id", SOME),
                must("product_ids", Shape::List(&List { items: SOME, least: 2, unique: true })),
                may("summary", SOME),
            ])))),
        ),
        may(
            "relationships",
            Shape::List(&some(Shape::Object(&open(&[
                must(
                    "category",
                    Shape::Word(&[
                        "default_component_of",
                        "external_component_of",
                        "installed_on",
                        "installed_with",
                        "optional_component_of",
                    ]),
                ),
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
        may("cpe", Shape::Text(CPE)),
        may(
            "hashes",
            Shape::List(&some(Shape::Object(&open(&[
                must(
                    "file_hashes",
                    Shape::List(&some(Shape::Object(&open(&[
                        must("algorithm", SOME),
                        must("value", Shape::Text(HASH)),
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
        may(
            "x_generic_uris",
            Shape::List(&some(Shape::Object(&open(&[
                must("namespace", ADDRESS),
                must("uri", ADDRESS),
            ])))),
        ),
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
        may("threats", Shape::List(&some(Shape::Object(&THREAT)))),
        may("title", SOME),
    ],
);

static FLAG: Object = open(&[
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

static INVOLVEMENT: Object = open(&[
    may("date", TIME),
    must("party", Shape::Word(&["coordinator", "discoverer", "other", "user", "vendor"])),
    must(
        "status",
        Shape::Word(&[
            "completed",
            "contact_attempted",
            "disputed",
            "in_progress",
            "not_contacted",
            "open",
        ]),
    ),
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
    may(
        "restart_required",
        Shape::Object(&open(&[
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
        ])),
    ),
    may("url", ADDRESS),
]);

static THREAT: Object = open(&[
    must("category", Shape::Word(&["exploit_status", "impact", "target_set"])),
    may("date", TIME),
    must("details", SOME),
    may("group_ids", DISTINCT_TEXTS),
    may("product_ids", DISTINCT_TEXTS),
]);
