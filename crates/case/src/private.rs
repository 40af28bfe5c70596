//! Where the fix is worked on before anybody may see it: a private repository, and in it the branches
//! that are this case's own. Whatever else is there belongs to other cases, and is no business of this
//! one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a case calls its own in a private repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrivateWork {
    /// The mirror of it, as it is named among those of the project: never a path.
    pub mirror: String,
    /// The branch of each line that has one.
    pub branches: BTreeMap<String, String>,
}

impl PrivateWork {
    /// The longest name of a mirror or a branch.
    pub const LONGEST: usize = 200;

    /// Why these are no names, if they are not.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        if !is_mirror_name(&self.mirror) {
            return Some(format!(
                "“{}” is not the name of a private repository: letters, digits, “.”, “_” and “-”, \
                 and no path",
                shown(&self.mirror)
            ));
        }
        let wrong = self.branches.values().find(|branch| !is_branch_name(branch))?;
        Some(format!("“{}” is not the name of one branch", shown(wrong)))
    }

    /// The same repository; whoever names it otherwise only wrote it otherwise.
    #[must_use]
    pub fn same_mirror(&self, other: &Self) -> bool {
        self.mirror.eq_ignore_ascii_case(&other.mirror)
    }

    /// A branch that both call their own.
    #[must_use]
    pub fn shared_branch<'a>(&'a self, other: &Self) -> Option<&'a str> {
        let theirs = |ours: &&String| other.branches.values().any(|b| b.eq_ignore_ascii_case(ours));
        self.branches.values().find(theirs).filter(|_| self.same_mirror(other)).map(String::as_str)
    }
}

/// One folder's name that leads nowhere else, on any file system.
fn is_mirror_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    name.len() <= PrivateWork::LONGEST
        && name.chars().all(plain)
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// As git names branches, without `refs/heads/`.
fn is_branch_name(name: &str) -> bool {
    let odd = |c: char| c.is_control() || c.is_whitespace() || "~^:?*[\\".contains(c);
    let part = |part: &str| {
        !part.is_empty() && !part.starts_with('.') && part.strip_suffix(".lock").is_none()
    };
    name.len() <= PrivateWork::LONGEST
        && !name.starts_with('-')
        && !name.starts_with("refs/")
        && !name.contains(odd)
        && !name.contains("..")
        && name.split('/').all(part)
}

/// What was written, short enough to be said back.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(60).collect()
}
