//! Who will read the words, and when: the same sentence may be right for one and wrong for another.

use advisory::Audience;

use crate::finding::{Rule, Severity};

/// What a project lets be said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Policy {
    /// Whether an embargoed mail may hold the case's own ids.
    pub cve_id_in_embargoed_mail: bool,
}

/// Who reads, and whether the case is public by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Setting {
    /// Who reads.
    pub audience: Audience,
    /// Whether they read after the instant of publication.
    pub published: bool,
    /// What the project lets be said.
    pub policy: Policy,
}

impl Setting {
    /// Everyone, while the case is under embargo: the strictest.
    pub const PUBLIC: Self = Self {
        audience: Audience::Public,
        published: false,
        policy: Policy { cve_id_in_embargoed_mail: false },
    };

    /// These readers, while the case is under embargo.
    #[must_use]
    pub fn before(audience: Audience, policy: Policy) -> Self {
        Self { audience, published: false, policy }
    }

    /// What a word of the case's own is to these readers; `None` where it may be said.
    pub(crate) fn own(self, rule: Rule) -> Option<Severity> {
        use Audience::{Distributors, Public, Reporter, Team};
        let severity = match (rule, self.audience) {
            (Rule::Name, Team | Reporter) => Severity::Warn,
            (Rule::Name, _) | (Rule::PrivateLink, Distributors | Public) => Severity::Block,
            // Left over from the embargo, it puzzles readers and harms nobody.
            (Rule::Codename, Public) if self.published => Severity::Warn,
            _ if self.published => return None,
            (Rule::EverydayTerm, Public) => Severity::Warn,
            (Rule::EverydayTerm, _) => return None,
            (Rule::CveId | Rule::GhsaId | Rule::OsvId, Distributors)
                if !self.policy.cve_id_in_embargoed_mail =>
            {
                Severity::Block
            }
            (Rule::Term, Distributors) | (_, Public) => Severity::Block,
            _ => return None,
        };
        Some(severity)
    }

    /// Whether ids of something else are pointed at: one of them may be a slip.
    pub(crate) fn heeds_other_ids(self) -> bool {
        self.audience >= Audience::Distributors
    }

    /// Whether words that say "security" are pointed at.
    pub(crate) fn heeds_words(self) -> bool {
        self.audience == Audience::Public && !self.published
    }
}
