//! A developer who says too much, and the guard before the push.

use std::collections::BTreeSet;

use discretion::{CommitWords, Guard, Severity, Terms};
use git::Patch;

use super::{Developers, missing};
use crate::world::{Scene, record::Happened, setting::MAIN, wire::Response};

impl Developers {
    /// Commits in the private fork and pushes to the public repository, unless the guard finds in the
    /// commit or in the branch's name what is not to be known.
    pub(super) fn push_clumsily(
        &mut self,
        fork: &str,
        branch: &str,
        message: &str,
        terms: &str,
        scene: &mut Scene<'_>,
    ) -> git::Result<Response> {
        let who = "Bea Builder";
        let repo = self.forks.get_mut(fork).ok_or_else(missing)?;
        repo.at(scene.at.as_second()).author(who, "bea@signpost.example");
        repo.branch(branch, MAIN)?;
        let oid = repo.commit_file("docs/notes.md", "Work in progress.\n", message)?;
        repo.checkout(MAIN)?;
        let commit = repo.open()?.commit(&oid)?;
        let words = CommitWords {
            branch: Some(branch.to_owned()),
            ..engine::commit_words(&commit, Patch::default())
        };
        let found = Guard::new(&Terms::from_lines(terms)).commit(&words);
        let blocks = found.iter().filter(|finding| finding.severity == Severity::Block);
        let rules: BTreeSet<&str> = blocks.map(|finding| finding.rule.why()).collect();
        if rules.is_empty() {
            let from = repo.folder().to_string_lossy().into_owned();
            let refs = format!("refs/heads/{branch}:refs/heads/{branch}");
            self.public.git(&["fetch", "--quiet", &from, &refs])?;
            scene.note(
                "repository",
                Happened::Pushed {
                    public: true,
                    line: branch.to_owned(),
                    commits: vec![oid.to_string()],
                    messages: vec![message.to_owned()],
                },
            );
        } else {
            let rules = rules.into_iter().map(str::to_owned).collect();
            scene.note("person", Happened::Stopped { who: who.to_owned(), rules });
        }
        Ok(Response::Done)
    }
}
