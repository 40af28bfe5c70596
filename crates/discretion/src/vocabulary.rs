//! Words that say "this is about security" to anyone who watches, and plainer ones.
//!
//! Only ever a warning: a project may have to use them. Picked by hand; how much a word says in one
//! project is for its own history to tell ([`crate::Prior`]).

use crate::finding::Rule;

/// How much a word says by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Strength {
    /// Nothing, and every second commit says it; but it makes a weak word in its company speak.
    Repair,
    /// Nothing by itself: what one does about a vulnerability.
    Deed,
    /// Something in the company of any other.
    Weak,
    /// Enough.
    Strong,
}

/// A word or phrase; its plural is meant too.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) words: &'static str,
    pub(crate) strength: Strength,
    pub(crate) rule: Rule,
    /// What to say instead; an empty one takes the rule's own.
    plainer: &'static str,
}

impl Entry {
    pub(crate) fn suggestion(&self) -> &'static str {
        if self.plainer.is_empty() { self.rule.suggestion() } else { self.plainer }
    }
}

const fn strong(words: &'static str, plainer: &'static str) -> Entry {
    Entry { words, strength: Strength::Strong, rule: Rule::Vocabulary, plainer }
}

const fn weak(words: &'static str, plainer: &'static str) -> Entry {
    Entry { words, strength: Strength::Weak, rule: Rule::Vocabulary, plainer }
}

const fn deed(words: &'static str) -> Entry {
    Entry { words, strength: Strength::Deed, rule: Rule::Vocabulary, plainer: "" }
}

const fn repair(words: &'static str) -> Entry {
    Entry { words, strength: Strength::Repair, rule: Rule::Vocabulary, plainer: "" }
}

const fn of(rule: Rule, words: &'static str) -> Entry {
    Entry { words, strength: Strength::Strong, rule, plainer: "" }
}

const BUG: &str = "say \"bug\", or what works now";
const INPUT: &str = "say what input is handled now";
const CHECKED: &str = "say what is checked now";
const ESCAPED: &str = "say what is escaped now";
const LENGTH: &str = "say which length is checked now";
const LIMITED: &str = "say what is limited now";
const WHO: &str = "say who may do what now";
const ALIVE: &str = "say what is kept alive now";

pub(crate) static ENTRIES: &[Entry] = &[
    strong("security fix", "say \"fix\" and what works now"),
    strong("security issue", BUG),
    strong("security bug", BUG),
    strong("security hole", BUG),
    strong("security flaw", BUG),
    strong("security problem", BUG),
    strong("security vulnerability", BUG),
    strong("security vulnerabilities", BUG),
    strong("security advisory", ""),
    strong("security advisories", ""),
    strong("security patch", "say \"patch release\""),
    strong("security release", "say \"patch release\""),
    strong("security update", "say \"patch release\""),
    strong("security", ""),
    strong("vulnerability", BUG),
    strong("vulnerabilities", BUG),
    strong("vulnerable", "say which versions have the bug"),
    strong("vuln", BUG),
    strong("CVE", ""),
    strong("GHSA", ""),
    strong("advisory", ""),
    strong("advisories", ""),
    strong("embargo", ""),
    strong("embargoed", ""),
    strong("embargoes", ""),
    strong("responsible disclosure", ""),
    strong("coordinated disclosure", ""),
    strong("responsibly disclosed", ""),
    strong("bug bounty", "leave the bounty out; credit is given in the advisory"),
    strong("zero day", ""),
    strong("0day", ""),
    strong("exploit", INPUT),
    strong("exploited", INPUT),
    strong("exploitable", INPUT),
    strong("exploitation", INPUT),
    strong("weaponize", INPUT),
    strong("proof of concept", "say \"test\" or \"example\""),
    strong("poc", "say \"test\" or \"example\""),
    strong("attacker", "say \"caller\" or \"client\""),
    strong("malicious", "say \"unexpected\""),
    strong("maliciously", "say \"unexpectedly\""),
    strong("specially crafted", "say \"unexpected\""),
    strong("maliciously crafted", "say \"unexpected\""),
    strong("XSS", ESCAPED),
    strong("cross site scripting", ESCAPED),
    strong("SQL injection", ESCAPED),
    strong("SQLi", ESCAPED),
    strong("command injection", ESCAPED),
    strong("code injection", ESCAPED),
    strong("header injection", ESCAPED),
    strong("CRLF injection", ESCAPED),
    strong("template injection", ESCAPED),
    strong("CSRF", CHECKED),
    strong("cross site request forgery", CHECKED),
    strong("SSRF", "say which addresses are taken now"),
    strong("server side request forgery", "say which addresses are taken now"),
    strong("XXE", "say which documents are taken now"),
    strong("RCE", CHECKED),
    strong("remote code execution", CHECKED),
    strong("arbitrary code", CHECKED),
    strong("code execution", CHECKED),
    strong("denial of service", LIMITED),
    strong("DDoS", LIMITED),
    strong("ReDoS", LIMITED),
    strong("request smuggling", CHECKED),
    strong("cache poisoning", CHECKED),
    strong("open redirect", "say which addresses are taken now"),
    strong("clickjacking", CHECKED),
    strong("privilege escalation", WHO),
    strong("privesc", WHO),
    strong("auth bypass", WHO),
    strong("authentication bypass", WHO),
    strong("authorization bypass", WHO),
    strong("authorisation bypass", WHO),
    strong("improper access control", WHO),
    strong("information disclosure", "say what is kept back now"),
    strong("information leak", "say what is kept back now"),
    strong("information leakage", "say what is kept back now"),
    strong("confidential information", "say what is kept back now"),
    strong("man in the middle", CHECKED),
    strong("arbitrary command", CHECKED),
    strong("info leak", "say what is kept back now"),
    strong("path traversal", "say which paths are taken now"),
    strong("directory traversal", "say which paths are taken now"),
    strong("zip slip", "say which paths are taken now"),
    strong("sandbox escape", WHO),
    strong("buffer overflow", LENGTH),
    strong("heap overflow", LENGTH),
    strong("stack overflow", LENGTH),
    strong("integer overflow", LENGTH),
    strong("buffer overread", LENGTH),
    strong("out of bounds", LENGTH),
    strong("OOB", LENGTH),
    strong("memory corruption", ALIVE),
    strong("use after free", ALIVE),
    strong("UAF", ALIVE),
    strong("double free", ALIVE),
    strong("type confusion", CHECKED),
    strong("prototype pollution", CHECKED),
    strong("timing attack", CHECKED),
    strong("side channel", CHECKED),
    weak("attack", INPUT),
    weak("DoS", LIMITED),
    weak("injection", ESCAPED),
    weak("overflow", LENGTH),
    weak("underflow", LENGTH),
    weak("overread", LENGTH),
    weak("NULL dereference", CHECKED),
    weak("NULL pointer dereference", CHECKED),
    weak("bypass", WHO),
    weak("traversal", "say which paths are taken now"),
    weak("unauthenticated", WHO),
    weak("unauthorized", WHO),
    weak("unauthorised", WHO),
    weak("untrusted", INPUT),
    weak("crafted", "say \"unexpected\""),
    weak("spoof", CHECKED),
    weak("spoofing", CHECKED),
    weak("smuggle", CHECKED),
    weak("smuggling", CHECKED),
    weak("hijack", WHO),
    weak("hijacking", WHO),
    weak("tamper", CHECKED),
    weak("tampering", CHECKED),
    weak("forged", CHECKED),
    weak("poisoning", CHECKED),
    weak("sanitize", ESCAPED),
    weak("sanitise", ESCAPED),
    weak("hardening", CHECKED),
    weak("disclosure", ""),
    weak("unsafe", CHECKED),
    weak("escalation", WHO),
    of(Rule::Score, "CVSS"),
    of(Rule::Score, "base score"),
    of(Rule::Score, "critical severity"),
    of(Rule::Score, "high severity"),
    of(Rule::Score, "moderate severity"),
    of(Rule::Score, "severity critical"),
    of(Rule::Score, "severity high"),
    of(Rule::Score, "AV:N/AC:L"),
    of(Rule::Score, "AV:N/AC:H"),
    of(Rule::Score, "AV:A/AC:L"),
    of(Rule::Score, "AV:A/AC:H"),
    of(Rule::Score, "AV:L/AC:L"),
    of(Rule::Score, "AV:L/AC:H"),
    of(Rule::Score, "AV:P/AC:L"),
    of(Rule::Score, "AV:P/AC:H"),
    of(Rule::Weakness, "CWE"),
    of(Rule::TellTale, "Merge commit from fork"),
    of(Rule::TellTale, "Merge pull request from GHSA"),
    of(Rule::PrivatePlace, "security/advisories/GHSA"),
    of(Rule::PrivatePlace, "security/advisories/new"),
    of(Rule::PrivatePlace, "hackerone.com/reports"),
    of(Rule::PrivatePlace, "huntr.dev/bounties"),
    of(Rule::PrivatePlace, "huntr.com/bounties"),
    of(Rule::PrivatePlace, "bugcrowd.com"),
    repair("fix"),
    repair("fixed"),
    deed("prevent"),
    deed("reject"),
    repair("avoid"),
    repair("check"),
    deed("deny"),
    deed("forbid"),
    deed("disallow"),
    deed("restrict"),
    deed("validate"),
    deed("harden"),
    deed("mitigate"),
    deed("mitigation"),
    deed("protect against"),
    deed("bounds check"),
];

/// Phrases with such a word in them that are about something else.
pub(crate) static HARMLESS: &[&str] = &[
    "dependency injection",
    "fault injection",
    "error injection",
    "constructor injection",
    "injection point",
    "security context",
    "security group",
    "security policy",
    "security policies",
    "SECURITY.md",
    "security headers",
    "transport layer security",
    "row level security",
    "text overflow",
    "overflow hidden",
    "overflow menu",
    "overflow auto",
    "tree traversal",
    "graph traversal",
    "DOM traversal",
    "MS DOS",
    "dos2unix",
    "dos eol",
    "unsafe block",
    "unsafe code",
    "cache bypass",
    "bypass cache",
];
