//! The metrics of CVSS 3.0 and 3.1, which are the same.

use super::metric::{Group, Metric, Value, metric, value};

const AV: &[Value] = &[
    value("N", "Network", "anywhere that routed packets come from"),
    value("A", "Adjacent", "on the same local network or within radio reach"),
    value("L", "Local", "on the machine itself, or by a file that a user opens"),
    value("P", "Physical", "with a hand on the device"),
];
const AC: &[Value] = &[
    value("L", "Low", "nothing special: it works every time"),
    value("H", "High", "things that the attacker cannot control"),
];
const PR: &[Value] = &[
    value("N", "None", "none"),
    value("L", "Low", "those of an ordinary user"),
    value("H", "High", "those of an administrator"),
];
const UI: &[Value] = &[
    value("N", "None", "nobody"),
    value("R", "Required", "some user who does what the attacker waits for"),
];
const S: &[Value] = &[
    value("U", "Unchanged", "only what the same authority manages"),
    value("C", "Changed", "also what another authority manages"),
];
const IMPACT: &[Value] = &[
    value("H", "High", "all of it, or what matters most"),
    value("L", "Low", "some of it, and not of the attacker's choice"),
    value("N", "None", "nothing"),
];
const REQUIREMENT: &[Value] = &[
    value("H", "High", "a loss here is catastrophic"),
    value("M", "Medium", "a loss here is serious"),
    value("L", "Low", "a loss here does little harm"),
];

/// In the specification's order; places in it are named in [`super::v3`].
pub(super) const METRICS: &[Metric] = &[
    metric("AV", "Attack Vector", "how near the attacker must be", Group::Base, AV),
    metric("AC", "Attack Complexity", "what else the attack needs to work", Group::Base, AC),
    metric("PR", "Privileges Required", "which rights are needed before", Group::Base, PR),
    metric("UI", "User Interaction", "who else must take part", Group::Base, UI),
    metric("S", "Scope", "what can be harmed", Group::Base, S),
    metric("C", "Confidentiality", "what becomes readable", Group::Base, IMPACT),
    metric("I", "Integrity", "what can be altered", Group::Base, IMPACT),
    metric("A", "Availability", "what stops working", Group::Base, IMPACT),
    metric(
        "E",
        "Exploit Code Maturity",
        "how far exploits have come",
        Group::Threat,
        &[
            value("H", "High", "they work everywhere, or none is needed"),
            value("F", "Functional", "one works in most places"),
            value("P", "Proof-of-Concept", "shown, and not practical for most systems"),
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
            value("T", "Temporary Fix", "an official fix for the time being"),
            value("O", "Official Fix", "the vendor's full fix"),
        ],
    ),
    metric(
        "RC",
        "Report Confidence",
        "how sure the vulnerability is",
        Group::Threat,
        &[
            value("C", "Confirmed", "reproduced, or acknowledged"),
            value("R", "Reasonable", "much is published, and not all is proven"),
            value("U", "Unknown", "harm is reported, the cause is not known"),
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
    metric("MAV", "Modified Attack Vector", HERE_NEAR, Group::Environmental, AV),
    metric("MAC", "Modified Attack Complexity", HERE_NEEDS, Group::Environmental, AC),
    metric("MPR", "Modified Privileges Required", HERE_RIGHTS, Group::Environmental, PR),
    metric("MUI", "Modified User Interaction", HERE_WHO, Group::Environmental, UI),
    metric("MS", "Modified Scope", "what can be harmed here", Group::Environmental, S),
    metric("MC", "Modified Confidentiality", HERE_READ, Group::Environmental, IMPACT),
    metric("MI", "Modified Integrity", HERE_ALTERED, Group::Environmental, IMPACT),
    metric("MA", "Modified Availability", HERE_STOPS, Group::Environmental, IMPACT),
];

const HERE_NEAR: &str = "how near the attacker must be here";
const HERE_NEEDS: &str = "what else the attack needs here";
const HERE_RIGHTS: &str = "which rights are needed before, here";
const HERE_WHO: &str = "who else must take part here";
const HERE_READ: &str = "what becomes readable here";
const HERE_ALTERED: &str = "what can be altered here";
const HERE_STOPS: &str = "what stops working here";
