//! The metrics of CVSS 2.0.

use super::metric::{Group, Metric, Value, metric, value};

const IMPACT: &[Value] = &[
    value("C", "Complete", "all of it is lost"),
    value("P", "Partial", "some of it is lost"),
    value("N", "None", "nothing is lost"),
];
const REQUIREMENT: &[Value] = &[
    value("H", "High", "a loss here is catastrophic"),
    value("M", "Medium", "a loss here is serious"),
    value("L", "Low", "a loss here does little harm"),
];

/// In the order of the guide's vectors; places in it are named in [`super::v2`].
pub(super) const METRICS: &[Metric] = &[
    metric(
        "AV",
        "Access Vector",
        "how near the attacker must be",
        Group::Base,
        &[
            value("N", "Network", "anywhere on the network"),
            value("A", "Adjacent Network", "on the same local network"),
            value("L", "Local", "at the machine or with an account on it"),
        ],
    ),
    metric(
        "AC",
        "Access Complexity",
        "what else must hold for the attack to work",
        Group::Base,
        &[
            value("L", "Low", "nothing special"),
            value("M", "Medium", "some conditions that are not the usual ones"),
            value("H", "High", "conditions that are seldom met"),
        ],
    ),
    metric(
        "Au",
        "Authentication",
        "how often the attacker must authenticate",
        Group::Base,
        &[
            value("N", "None", "not at all"),
            value("S", "Single", "once"),
            value("M", "Multiple", "twice or more"),
        ],
    ),
    metric("C", "Confidentiality Impact", "what becomes readable", Group::Base, IMPACT),
    metric("I", "Integrity Impact", "what can be altered", Group::Base, IMPACT),
    metric("A", "Availability Impact", "what stops working", Group::Base, IMPACT),
    metric(
        "E",
        "Exploitability",
        "how far exploits have come",
        Group::Threat,
        &[
            value("H", "High", "they work everywhere, or none is needed"),
            value("F", "Functional", "one works in most places"),
            value("POC", "Proof-of-Concept", "shown, and not practical for most systems"),
            value("U", "Unproven", "none is known"),
        ],
    ),
    metric(
        "RL",
        "Remediation Level",
        "what can be done about it",
        Group::Threat,
        &[
            value("U", "Unavailable", "nothing yet"),
            value("W", "Workaround", "an unofficial way around it"),
            value("TF", "Temporary Fix", "an official fix for the time being"),
            value("OF", "Official Fix", "the vendor's full fix"),
        ],
    ),
    metric(
        "RC",
        "Report Confidence",
        "how sure the vulnerability is",
        Group::Threat,
        &[
            value("C", "Confirmed", "acknowledged, or shown to work"),
            value("UR", "Uncorroborated", "several sources, which may disagree"),
            value("UC", "Unconfirmed", "one source, or a rumour"),
        ],
    ),
    metric(
        "CDP",
        "Collateral Damage Potential",
        "what else may be lost: lives, property, money",
        Group::Environmental,
        &[
            value("H", "High", "catastrophic"),
            value("MH", "Medium-High", "significant"),
            value("LM", "Low-Medium", "moderate"),
            value("L", "Low", "slight"),
            value("N", "None", "nothing"),
        ],
    ),
    metric(
        "TD",
        "Target Distribution",
        "how many systems here are vulnerable",
        Group::Environmental,
        &[
            value("H", "High", "three quarters or more"),
            value("M", "Medium", "a quarter to three quarters"),
            value("L", "Low", "up to a quarter"),
            value("N", "None", "none"),
        ],
    ),
    metric(
        "CR",
        "Confidentiality Requirement",
        "how much confidentiality matters here",
        Group::Environmental,
        REQUIREMENT,
    ),
    metric(
        "IR",
        "Integrity Requirement",
        "how much integrity matters here",
        Group::Environmental,
        REQUIREMENT,
    ),
    metric(
        "AR",
        "Availability Requirement",
        "how much availability matters here",
        Group::Environmental,
        REQUIREMENT,
    ),
];
