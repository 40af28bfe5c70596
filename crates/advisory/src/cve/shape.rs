//! What a CVE Record is made of.

use crate::check::forms;
use crate::check::shape::{
    Form, List, Member, OBJECT, Object, Shape, closed, distinct, items, may, must, open, some,
};

pub(super) const PUBLISHED: Shape = Shape::Object(&closed(&[
    must("dataType", Shape::Word(&["CVE_RECORD"])),
    must("dataVersion", Shape::Text(DATA_VERSION)),
    must("cveMetadata", METADATA),
    must(
        "containers",
        Shape::Object(&closed(&[
            must("cna", CONTAINER),
            may("adp", Shape::List(&distinct(Shape::Anything))),
        ])),
    ),
]));

pub(super) const REJECTED: Shape = Shape::Object(&closed(&[
    must("dataType", Shape::Word(&["CVE_RECORD"])),
    must("dataVersion", Shape::Text(DATA_VERSION)),
    must("cveMetadata", METADATA),
    must("containers", Shape::Object(&closed(&[must("cna", REJECTION)]))),
]));

pub(super) const BODY: Shape = Shape::Object(&closed(&[must("cnaContainer", CONTAINER)]));

pub(super) const REJECTED_BODY: Shape = Shape::Object(&closed(&[must("cnaContainer", REJECTION)]));

pub(super) const CONTAINER: Shape = Shape::Object(&extensible(&[
    must("providerMetadata", PROVIDER),
    must("descriptions", DESCRIPTIONS),
    must("affected", Shape::List(&some(Shape::Object(&PRODUCT)))),
    must("references", REFERENCES),
    may("dateAssigned", TIMESTAMP),
    may("datePublic", TIMESTAMP),
    may("title", text(256)),
    may("problemTypes", Shape::List(&distinct(PROBLEM_TYPE))),
    may("cpeApplicability", Shape::List(&items(Shape::Anything))),
    may("impacts", Shape::List(&distinct(IMPACT))),
    may("metrics", Shape::List(&distinct(METRIC))),
    may("configurations", DESCRIPTION_LIST),
    may("workarounds", DESCRIPTION_LIST),
    may("solutions", DESCRIPTION_LIST),
    may("exploits", DESCRIPTION_LIST),
    may("timeline", Shape::List(&distinct(MOMENT))),
    may("credits", Shape::List(&distinct(CREDIT))),
    may("source", Shape::Object(&Object { least: 1, ..open(&[]) })),
    may("tags", Shape::List(&distinct(Shape::Text(CNA_TAG)))),
    may("taxonomyMappings", Shape::List(&distinct(Shape::Anything))),
]));

pub(super) const REJECTION: Shape = Shape::Object(&extensible(&[
    must("providerMetadata", PROVIDER),
    must("rejectedReasons", DESCRIPTIONS),
    may("replacedBy", Shape::List(&distinct(Shape::Text(CVE_ID)))),
]));

const METADATA: Shape = Shape::Object(&open(&[
    must("cveId", Shape::Text(CVE_ID)),
    must("assignerOrgId", UUID),
    must("state", Shape::Word(&["PUBLISHED", "REJECTED"])),
    may("assignerShortName", SHORT_NAME),
    may("dateUpdated", TIMESTAMP),
    may("dateReserved", TIMESTAMP),
    may("datePublished", TIMESTAMP),
    may("dateRejected", TIMESTAMP),
]));

const PROVIDER: Shape = Shape::Object(&closed(&[
    must("orgId", UUID),
    may("shortName", SHORT_NAME),
    may("dateUpdated", TIMESTAMP),
]));

const DESCRIPTION: Shape = Shape::Object(&closed(&[
    must("lang", LANGUAGE),
    must("value", text(4096)),
    may(
        "supportingMedia",
        Shape::List(&distinct(Shape::Object(&closed(&[
            must("type", text(256)),
            must("value", text(16_384)),
            may("base64", Shape::Bool),
        ])))),
    ),
]));

const DESCRIPTION_LIST: Shape = Shape::List(&distinct(DESCRIPTION));
const DESCRIPTIONS: Shape = DESCRIPTION_LIST;

const PRODUCT: Object = open(&[
    may("vendor", text(512)),
    may("product", text(2048)),
    may("collectionURL", ADDRESS),
    may("packageName", text(2048)),
    may("packageURL", text(2048)),
    may("cpes", Shape::List(&DISTINCT_CPES)),
    may("modules", any_distinct(&text_list(4096))),
    may("programFiles", any_distinct(&text_list(1024))),
    may(
        "programRoutines",
        Shape::List(&List {
            items: Shape::Object(&closed(&[must("name", text(4096))])),
            least: 0,
            unique: true,
        }),
    ),
    may("platforms", Shape::List(&distinct(Shape::Text(AT_MOST_1024)))),
    may("repo", ADDRESS),
    may("defaultStatus", STATUS),
    may("versions", Shape::List(&distinct(Shape::Object(&VERSION)))),
]);

const DISTINCT_CPES: List = List { items: text(2048), least: 0, unique: true };

const fn text_list(longest: usize) -> List {
    List { items: text(longest), least: 0, unique: true }
}

const fn any_distinct(list: &'static List) -> Shape {
    Shape::List(list)
}

const VERSION: Object = closed(&[
    must("version", text(1024)),
    must("status", STATUS),
    may("versionType", text(128)),
    may("lessThan", text(1024)),
    may("lessThanOrEqual", text(1024)),
    may(
        "changes",
        Shape::List(&distinct(Shape::Object(&closed(&[
            must("at", text(1024)),
            must("status", STATUS),
        ])))),
    ),
]);

const STATUS: Shape = Shape::Word(&["affected", "unaffected", "unknown"]);

const REFERENCES: Shape = Shape::List(&distinct(Shape::Object(&closed(&[
    must("url", ADDRESS),
    may("name", text(512)),
    may("tags", Shape::List(&distinct(Shape::Text(REFERENCE_TAG)))),
]))));

const PROBLEM_TYPE: Shape = Shape::Object(&closed(&[must(
    "descriptions",
    Shape::List(&distinct(Shape::Object(&closed(&[
        must("lang", LANGUAGE),
        must("description", text(4096)),
        may("cweId", Shape::Text(CWE_ID)),
        may("type", text(128)),
        may("references", REFERENCES),
    ])))),
)]));

const IMPACT: Shape = Shape::Object(&closed(&[
    must("descriptions", DESCRIPTIONS),
    may("capecId", Shape::Text(CAPEC_ID)),
]));

/// The objects of FIRST are looked at by [`super::rules`].
const METRIC: Shape = Shape::Object(&closed(&[
    may("format", text(64)),
    may(
        "scenarios",
        Shape::List(&distinct(Shape::Object(&closed(&[
            must("lang", LANGUAGE),
            must("value", text(4096)),
        ])))),
    ),
    may("cvssV4_0", OBJECT),
    may("cvssV3_1", OBJECT),
    may("cvssV3_0", OBJECT),
    may("cvssV2_0", OBJECT),
    may(
        "other",
        Shape::Object(&closed(&[
            must("type", text(128)),
            must("content", Shape::Object(&Object { least: 1, ..open(&[]) })),
        ])),
    ),
]));

const MOMENT: Shape = Shape::Object(&closed(&[
    must("time", TIMESTAMP),
    must("lang", LANGUAGE),
    must("value", text(4096)),
]));

const CREDIT: Shape = Shape::Object(&closed(&[
    must("lang", LANGUAGE),
    must("value", text(4096)),
    may("user", UUID),
    may(
        "type",
        Shape::Word(&[
            "finder",
            "reporter",
            "analyst",
            "coordinator",
            "remediation developer",
            "remediation reviewer",
            "remediation verifier",
            "tool",
            "sponsor",
            "other",
        ]),
    ),
]));

const SHORT_NAME: Shape = Shape::Length(2, 32);
const TIMESTAMP: Shape =
    Shape::Text(Form { called: "a date and time, such as 2021-07-22T15:00:00Z", fits: timestamp });
const UUID: Shape = Shape::Text(Form { called: "a UUID of version 4", fits: uuid });
const ADDRESS: Shape = Shape::Text(Form {
    called: "an address with its scheme",
    fits: |text| text.chars().count() <= 2048 && forms::uri(text),
});
const LANGUAGE: Shape = Shape::Text(Form { called: "a language, such as en", fits: language });
const AT_MOST_1024: Form = Form {
    called: "a text of 1024 characters or fewer",
    fits: |text| text.chars().count() <= 1024,
};
const CVE_ID: Form = Form { called: "a CVE id", fits: cve_id };
const CWE_ID: Form = Form { called: "a CWE id", fits: |text| numbered(text, "CWE-", 5) };
const CAPEC_ID: Form = Form { called: "a CAPEC id", fits: |text| numbered(text, "CAPEC-", 5) };
const DATA_VERSION: Form = Form { called: "a version 5 of the record format", fits: data_version };
const CNA_TAG: Form = Form {
    called: "a tag of the record format, or one that begins with x_",
    fits: |tag| {
        own_tag(tag)
            || ["unsupported-when-assigned", "exclusively-hosted-service", "disputed"]
                .contains(&tag)
    },
};
const REFERENCE_TAG: Form = Form {
    called: "a tag of the record format, or one that begins with x_",
    fits: |tag| own_tag(tag) || REFERENCE_TAGS.contains(&tag),
};
const REFERENCE_TAGS: &[&str] = &[
    "broken-link",
    "customer-entitlement",
    "exploit",
    "government-resource",
    "issue-tracking",
    "mailing-list",
    "mitigation",
    "not-applicable",
    "patch",
    "permissions-required",
    "media-coverage",
    "product",
    "related",
    "release-notes",
    "signature",
    "technical-description",
    "third-party-advisory",
    "vendor-advisory",
    "vdb-entry",
];

const fn text(longest: usize) -> Shape {
    Shape::Length(1, longest)
}

/// An object that takes other members only if their names begin with `x_` and hold no dot.
const fn extensible(members: &'static [Member]) -> Object {
    Object { extras: Some(|name| name.starts_with("x_") && !name.contains('.')), ..closed(members) }
}

fn own_tag(tag: &str) -> bool {
    tag.starts_with("x_") && tag.chars().count() <= 128
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn cve_id(text: &str) -> bool {
    let parts = text.strip_prefix("CVE-").and_then(|rest| rest.split_once('-'));
    parts.is_some_and(|(year, number)| {
        digits(year) && year.len() == 4 && digits(number) && (4..=19).contains(&number.len())
    })
}

fn numbered(text: &str, prefix: &str, longest: usize) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|rest| digits(rest) && !rest.starts_with('0') && rest.len() <= longest)
}

fn data_version(text: &str) -> bool {
    let number = |part: &str| digits(part) && (part == "0" || !part.starts_with('0'));
    let mut parts = text.split('.');
    parts.next() == Some("5")
        && parts.next().is_some_and(number)
        && parts.next().is_none_or(number)
        && parts.next().is_none()
}

fn uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
        && groups.get(2).is_some_and(|group| group.starts_with('4'))
        && groups.get(3).is_some_and(|group| group.starts_with(['8', '9', 'a', 'b', 'A', 'B']))
}

/// A language with a script and a region, both optional: `en`, `zh-Hant-TW`, `es-419`.
fn language(text: &str) -> bool {
    let mut parts = text.split(['-', '_']);
    let letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let region = |part: &str| part.len() == 2 && letters(part) || part.len() == 3 && digits(part);
    let known = parts.next().is_some_and(|part| (2..=4).contains(&part.len()) && letters(part));
    let rest: Vec<&str> = parts.collect();
    known
        && match rest.as_slice() {
            [] => true,
            [one] => one.len() == 4 && letters(one) || region(one),
            [script, last] => script.len() == 4 && letters(script) && region(last),
            _ => false,
        }
}

/// The record format's own form: RFC 3339 from 1900 to 2999, whose offset may be left out.
fn timestamp(text: &str) -> bool {
    let zone = text
        .get(19..)
        .unwrap_or_default()
        .trim_start_matches(['.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    let offset = zone.strip_prefix(['+', '-']).is_some_and(|hours| {
        hours.len() == 5
            && hours.get(2..3) == Some(":")
            && hours.bytes().filter(u8::is_ascii_digit).count() == 4
    });
    let head = text.strip_suffix(zone).unwrap_or(text);
    let century = ["19", "20", "21", "22", "23", "24", "25", "26", "27", "28", "29"];
    (zone.is_empty() || zone == "Z" || offset)
        && century.iter().any(|century| head.starts_with(century))
        && head.contains('T')
        && !head.ends_with(":60")
        && forms::date_time(&format!("{head}Z"))
}
