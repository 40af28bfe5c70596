//! What is wrong with a document, and where.

use serde::Serialize;

/// More findings than this help nobody.
const MOST: usize = 200;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// For information.
    Info,
    /// It should be mended.
    Warning,
    /// The document is not valid.
    Error,
}

/// One thing that a rule says about a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule, by the specification's own number where it has one: `osv RNG:002`.
    pub rule: &'static str,
    /// How much it matters.
    pub severity: Weight,
    /// Where: a JSON pointer, or the line and column of what is no JSON; empty is the whole
    /// document.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<&'static str>,
}

/// A rule that could not be judged, as nobody was there who knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotJudged {
    /// The rule.
    pub rule: &'static str,
    /// Of what: a JSON pointer; empty is the whole document.
    pub path: String,
    /// What was not known.
    pub message: String,
}

/// The findings of one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The format that was looked for.
    pub format: &'static str,
    /// In the document's order as far as rules allow it.
    pub findings: Vec<Finding>,
    /// What no rule can say without asking.
    pub not_judged: Vec<NotJudged>,
    /// How many more there were than are kept, of both.
    pub left_off: usize,
}

impl Report {
    pub(crate) fn new(format: &'static str) -> Self {
        Self { format, findings: Vec::new(), not_judged: Vec::new(), left_off: 0 }
    }

    /// Whether no finding is an error.
    #[must_use]
    pub fn valid(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity < Weight::Error)
    }

    pub(crate) fn error(
        &mut self,
        rule: &'static str,
        path: impl Into<String>,
        message: impl Into<String>,
        hint: &'static str,
    ) {
        self.push(Weight::Error, rule, path.into(), message.into(), hint);
    }

    pub(crate) fn warning(
        &mut self,
        rule: &'static str,
        path: impl Into<String>,
        message: impl Into<String>,
        hint: &'static str,
    ) {
        self.push(Weight::Warning, rule, path.into(), message.into(), hint);
    }

    pub(crate) fn push_info(&mut self, rule: &'static str, path: &str, message: String) {
        self.push(Weight::Info, rule, path.to_owned(), message, "");
    }

    pub(crate) fn not_judged(&mut self, rule: &'static str, path: &str, message: String) {
        if self.not_judged.len() < MOST {
            self.not_judged.push(NotJudged { rule, path: path.to_owned(), message });
        } else {
            self.left_off += 1;
        }
    }

    /// Takes over what another look at a part of the document found.
    pub(super) fn take(&mut self, other: Self) {
        for Finding { rule, severity, path, message, hint } in other.findings {
            self.push(severity, rule, path, message, hint.unwrap_or_default());
        }
        for NotJudged { rule, path, message } in other.not_judged {
            self.not_judged(rule, &path, message);
        }
        self.left_off += other.left_off;
    }

    /// Errors stay when room is short, so that a flood of warnings cannot make a document valid.
    fn push(
        &mut self,
        severity: Weight,
        rule: &'static str,
        path: String,
        message: String,
        hint: &'static str,
    ) {
        let hint = Some(hint).filter(|hint| !hint.is_empty());
        let finding = Finding { rule, severity, path, message, hint };
        if self.findings.len() < MOST {
            self.findings.push(finding);
            return;
        }
        self.left_off += 1;
        if severity == Weight::Error && self.valid() {
            self.findings.pop();
            self.findings.push(finding);
        }
    }
}
