//! The metrics of CVSS 4.0.

use super::metric::{Group, Metric, Value, metric, value};

const AV: &[Value] = &[
    value("N", "Network", "anywhere that routed packets come from"),
    value("A", "Adjacent", "on the same local network or within radio reach"),
    value("L", "Local", "on the machine itself, or by a file that a user opens"),
    value("P", "Physical", "with a hand on the device"),
];
const AC: &[Value] = &[
    value("L", "Low", "no defence has to be got around"),
    value("H", "High", "a defence such as address randomisation has to be got around"),
];
const AT: &[Value] = &[
    value("N", "None", "nothing: it works in every deployment"),
    value("P", "Present", "a deployment of a certain kind, or a race that must be won"),
];
const PR: &[Value] = &[
    value("N", "None", "none"),
    value("L", "Low", "those of an ordinary user"),
    value("H", "High", "those of an administrator"),
];
const UI: &[Value] = &[
    value("N", "None", "nobody"),
    value("P", "Passive", "some user who does what users do anyway"),
    value("A", "Active", "some user who sets aside a warning or does something unusual"),
];
const IMPACT: &[Value] = &[
    value("H", "High", "all of it, or what matters most"),
    value("L", "Low", "some of it, and not of the attacker's choice"),
    value("N", "None", "nothing"),
];
const SAFETY_IMPACT: &[Value] = &[
    value("S", "Safety", "people may be hurt"),
    value("H", "High", "all of it, or what matters most"),
    value("L", "Low", "some of it, and not of the attacker's choice"),
    value("N", "Negligible", "nothing, or nothing that matters"),
];
const REQUIREMENT: &[Value] = &[
    value("H", "High", "a loss here is catastrophic"),
    value("M", "Medium", "a loss here is serious"),
    value("L", "Low", "a loss here does little harm"),
];

/// In the order that the specification's section 7 fixes; places in it are named in
/// [`super::v4`].
pub(super) const METRICS: &[Metric] = &[
    metric("AV", "Attack Vector", "how near the attacker must be", Group::Base, AV),
    metric("AC", "Attack Complexity", "which defence stands in the way", Group::Base, AC),
    metric("AT", "Attack Requirements", "what the deployment must be like", Group::Base, AT),
    metric("PR", "Privileges Required", "which rights are needed before", Group::Base, PR),
    metric("UI", "User Interaction", "who else must take part", Group::Base, UI),
    metric("VC", "Vulnerable System Confidentiality", READABLE, Group::Base, IMPACT),
    metric("VI", "Vulnerable System Integrity", ALTERED, Group::Base, IMPACT),
    metric("VA", "Vulnerable System Availability", STOPS, Group::Base, IMPACT),
    metric("SC", "Subsequent System Confidentiality", BEYOND_READABLE, Group::Base, IMPACT),
    metric("SI", "Subsequent System Integrity", BEYOND_ALTERED, Group::Base, IMPACT),
    metric("SA", "Subsequent System Availability", BEYOND_STOPS, Group::Base, IMPACT),
    metric(
        "E",
        "Exploit Maturity",
        "how far exploits have come",
        Group::Threat,
        &[
            value("A", "Attacked", "it is attacked, or tools for it are about"),
            value("P", "Proof-of-Concept", "shown in public, and no attack is known"),
            value("U", "Unreported", "neither an exploit nor an attack is known"),
        ],
    ),
    metric("CR", "Confidentiality Requirement", MATTERS_SECRET, Group::Environmental, REQUIREMENT),
    metric("IR", "Integrity Requirement", MATTERS_WHOLE, Group::Environmental, REQUIREMENT),
    metric("AR", "Availability Requirement", MATTERS_UP, Group::Environmental, REQUIREMENT),
    metric("MAV", "Modified Attack Vector", HERE, Group::Environmental, AV),
    metric("MAC", "Modified Attack Complexity", HERE, Group::Environmental, AC),
    metric("MAT", "Modified Attack Requirements", HERE, Group::Environmental, AT),
    metric("MPR", "Modified Privileges Required", HERE, Group::Environmental, PR),
    metric("MUI", "Modified User Interaction", HERE, Group::Environmental, UI),
    metric("MVC", "Modified Vulnerable System Confidentiality", HERE, Group::Environmental, IMPACT),
    metric("MVI", "Modified Vulnerable System Integrity", HERE, Group::Environmental, IMPACT),
    metric("MVA", "Modified Vulnerable System Availability", HERE, Group::Environmental, IMPACT),
    metric("MSC", "Modified Subsequent System Confidentiality", HERE, Group::Environmental, IMPACT),
    metric(
        "MSI",
        "Modified Subsequent System Integrity",
        HERE,
        Group::Environmental,
        SAFETY_IMPACT,
    ),
    metric(
        "MSA",
        "Modified Subsequent System Availability",
        HERE,
        Group::Environmental,
        SAFETY_IMPACT,
    ),
    metric(
        "S",
        "Safety",
        "whether people may be hurt",
        Group::Supplemental,
        &[value("N", "Negligible", "hardly"), value("P", "Present", "they may")],
    ),
    metric(
        "AU",
        "Automatable",
        "whether an attacker can run through many targets",
        Group::Supplemental,
        &[value("N", "No", "each needs a hand"), value("Y", "Yes", "a program can do all of it")],
    ),
    metric(
        "R",
        "Recovery",
        "how the system comes back",
        Group::Supplemental,
        &[
            value("A", "Automatic", "by itself"),
            value("U", "User", "somebody must do it"),
            value("I", "Irrecoverable", "not at all"),
        ],
    ),
    metric(
        "V",
        "Value Density",
        "how much one attack brings",
        Group::Supplemental,
        &[value("D", "Diffuse", "little"), value("C", "Concentrated", "much")],
    ),
    metric(
        "RE",
        "Vulnerability Response Effort",
        "how hard the response is for users",
        Group::Supplemental,
        &[
            value("L", "Low", "easy"),
            value("M", "Moderate", "some work"),
            value("H", "High", "hard"),
        ],
    ),
    metric(
        "U",
        "Provider Urgency",
        "how urgent the supplier finds it",
        Group::Supplemental,
        &[
            value("Clear", "Clear", "for information"),
            value("Green", "Green", "reduced"),
            value("Amber", "Amber", "moderate"),
            value("Red", "Red", "highest"),
        ],
    ),
];

const READABLE: &str = "what becomes readable in the system itself";
const ALTERED: &str = "what can be altered in the system itself";
const STOPS: &str = "what stops working in the system itself";
const BEYOND_READABLE: &str = "what becomes readable beyond the system";
const BEYOND_ALTERED: &str = "what can be altered beyond the system";
const BEYOND_STOPS: &str = "what stops working beyond the system";
const MATTERS_SECRET: &str = "how much confidentiality matters here";
const MATTERS_WHOLE: &str = "how much integrity matters here";
const MATTERS_UP: &str = "how much availability matters here";
const HERE: &str = "the same question, as it is answered here";
