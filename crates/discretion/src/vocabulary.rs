//! Words that say "this is about security" to anyone who watches, and plainer ones.
//!
//! Only ever a warning: a project may have to use them. Thin: the list is picked by hand and not
//! yet weighed against a project's own history, where some of these words may be common.

use crate::finding::Rule;

/// A word or phrase and what to say instead; an empty string takes the rule's own suggestion.
pub(crate) type Entry = (&'static str, &'static str);

/// Sought in this order, so that a phrase is reported as itself and not by a word in it.
pub(crate) const VOCABULARY: &[Entry] = &[
    ("security fix", "say \"fix\" and what works now"),
    ("security issue", "say \"bug\", or what works now"),
    ("security bug", "say \"bug\", or what works now"),
    ("security vulnerability", "say \"bug\", or what works now"),
    ("security advisory", ""),
    ("security patch", "say \"patch release\""),
    ("security release", "say \"patch release\""),
    ("security", ""),
    ("vulnerability", "say \"bug\", or what works now"),
    ("vulnerabilities", "say \"bugs\", or what works now"),
    ("vulnerable", "say which versions have the bug"),
    ("vuln", "say \"bug\", or what works now"),
    ("CVE", ""),
    ("CVEs", ""),
    ("CWE", ""),
    ("CVSS", ""),
    ("GHSA", ""),
    ("advisory", ""),
    ("embargo", ""),
    ("embargoed", ""),
    ("responsible disclosure", ""),
    ("zero day", ""),
    ("0day", ""),
    ("exploit", "say what input is handled now"),
    ("exploits", "say what input is handled now"),
    ("exploitable", "say what input is handled now"),
    ("exploitation", "say what input is handled now"),
    ("proof of concept", "say \"test\" or \"example\""),
    ("poc", "say \"test\" or \"example\""),
    ("attack", "say what input is handled now"),
    ("attacks", "say what input is handled now"),
    ("attacker", "say \"caller\" or \"client\""),
    ("attackers", "say \"callers\" or \"clients\""),
    ("malicious", "say \"unexpected\""),
    ("maliciously", "say \"unexpectedly\""),
    ("XSS", "say what is escaped now"),
    ("cross site scripting", "say what is escaped now"),
    ("CSRF", "say what is checked now"),
    ("SSRF", "say which addresses are taken now"),
    ("RCE", "say what is checked now"),
    ("remote code execution", "say what is checked now"),
    ("code execution", "say what is checked now"),
    ("injection", "say what is escaped now"),
    ("denial of service", "say what is limited now"),
    ("DDoS", "say what is limited now"),
    ("DoS", "say what is limited now"),
    ("privilege escalation", "say who may do what now"),
    ("auth bypass", "say who may do what now"),
    ("authentication bypass", "say who may do what now"),
    ("path traversal", "say which paths are taken now"),
    ("buffer overflow", "say which length is checked now"),
    ("use after free", "say what is kept alive now"),
    ("out of bounds", "say which length is checked now"),
];

/// What GitHub writes itself when it merges from an advisory's private fork.
pub(crate) const TELL_TALES: [&str; 2] = ["Merge commit from fork", "Merge pull request from GHSA"];

/// The suggestion for an entry.
pub(crate) fn suggestion((_, plainer): &Entry) -> &'static str {
    if plainer.is_empty() { Rule::Vocabulary.suggestion() } else { plainer }
}
