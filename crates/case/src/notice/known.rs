//! Lists that more than one project writes to, with what they demand, so that nobody types it.
//!
//! What a list demands is its owners' to say and may change: each says where it stands.

use super::{Audience, ListProfile, Posting};

/// The lists of one community, ready to be put into a project's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// What it is chosen by.
    pub name: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// Where the owners say what they demand.
    pub source: &'static str,
    lists: &'static [List],
}

#[derive(Debug, PartialEq, Eq)]
struct List {
    audience: Audience,
    address: &'static str,
    prefix: Option<&'static str>,
    longest_embargo_days: Option<u32>,
}

/// Every community that is known.
pub const KNOWN: &[Known] = &[
    Known {
        name: "linux-distros",
        title: "linux-distros for distributors, oss-security for users",
        source: "https://oss-security.openwall.org/wiki/mailing-lists/distros",
        lists: &[
            of_openwall("linux-distros@vs.openwall.org"),
            plain(Audience::Users, "oss-security@lists.openwall.com"),
        ],
    },
    Known {
        name: "distros",
        title: "distros, which has BSDs too, and oss-security",
        source: "https://oss-security.openwall.org/wiki/mailing-lists/distros",
        lists: &[
            of_openwall("distros@vs.openwall.org"),
            plain(Audience::Users, "oss-security@lists.openwall.com"),
        ],
    },
    Known {
        name: "kubernetes",
        title: "Kubernetes' distributors and its security announcements",
        source: "https://github.com/kubernetes/committee-security-response/blob/main/private-distributors-list.md",
        lists: &[
            plain(Audience::Distributors, "distributors-announce@kubernetes.io"),
            plain(Audience::Users, "kubernetes-security-announce@googlegroups.com"),
        ],
    },
];

/// A list that demands nothing.
const fn plain(audience: Audience, address: &'static str) -> List {
    List { audience, address, prefix: None, longest_embargo_days: None }
}

/// Openwall's lists take nothing without this word, and keep nothing back for longer.
const fn of_openwall(address: &'static str) -> List {
    let plain = plain(Audience::Distributors, address);
    List { prefix: Some("[vs]"), longest_embargo_days: Some(14), ..plain }
}

impl Known {
    /// The profile of the community's list for an audience.
    #[must_use]
    pub fn list(&self, audience: Audience) -> Option<ListProfile> {
        let list = self.lists.iter().find(|list| list.audience == audience)?;
        Some(ListProfile {
            audience,
            address: list.address.parse().ok()?,
            posting: Posting::Mail,
            web: None,
            tag: None,
            prefix: list.prefix.map(ToOwned::to_owned),
            cve_id_allowed: true,
            closing_note: None,
            longest_embargo_days: list.longest_embargo_days,
        })
    }
}
