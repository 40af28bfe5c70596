//! A process of `git cat-file` that is asked one thing after another.
//!
//! Between two uses it waits with the [`Repo`](crate::Repo): a process costs more than most answers.
//! Objects never change, and git looks for packs anew when it lacks one, so an old process answers as
//! a new one would.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    Error, Result,
    command::{self, Place},
};

#[derive(Debug)]
pub(crate) struct Conversation {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// Questions whose answers were not read to their end.
    owed: u64,
}

impl Conversation {
    pub(crate) fn begin(place: &Place) -> Result<Self> {
        let mut child = command::start(
            place
                .command(["cat-file", "--batch-command", "-z"])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped()),
        )?;
        let questions = child
            .stdin
            .take()
            .ok_or_else(|| Error::garbled("cat-file", "its input was not connected"))?;
        let answers = BufReader::new(command::stdout(&mut child)?);
        Ok(Self { child, questions, answers, owed: 0 })
    }

    pub(crate) fn ask(&mut self, question: &str) -> Result<()> {
        self.owed += 1;
        Ok(self.questions.write_all(question.as_bytes())?)
    }

    /// Reads the next answer.
    pub(crate) fn take<T>(
        &mut self,
        read: impl FnOnce(&mut dyn BufRead) -> Result<T>,
    ) -> Result<T> {
        let answer = read(&mut self.answers)?;
        self.owed = self.owed.saturating_sub(1);
        Ok(answer)
    }

    /// Whether it can be asked something else: nothing is owed, and it has not ended.
    fn is_free(&mut self) -> bool {
        self.owed == 0 && matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        command::stop(&mut self.child);
    }
}

/// A place for one conversation that nobody uses.
#[derive(Debug, Clone, Default)]
pub(crate) struct Idle(Arc<Mutex<Option<Conversation>>>);

impl Idle {
    pub(crate) fn take(&self) -> Option<Conversation> {
        let mut conversation = self.place().take()?;
        conversation.is_free().then_some(conversation)
    }

    /// Keeps a conversation, unless it is of no more use or another one waits already.
    pub(crate) fn put(&self, mut conversation: Conversation) {
        let mut place = self.place();
        if place.is_none() && conversation.is_free() {
            *place = Some(conversation);
        }
    }

    fn place(&self) -> MutexGuard<'_, Option<Conversation>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Objects, Oid, Repo, fixture::RepoBuilder};

    fn made() -> (tempfile::TempDir, Repo, Oid) {
        let folder = tempfile::tempdir().unwrap();
        let mut builder = RepoBuilder::create(folder.path().join("it")).unwrap();
        let commit = builder.commit_file("a.txt", "one", "First").unwrap();
        let repo = builder.open().unwrap();
        (folder, repo, commit)
    }

    /// Who waits, by its process.
    fn waiting(repo: &Repo) -> Option<u32> {
        let conversation = repo.idle().take()?;
        let id = conversation.child.id();
        repo.idle().put(conversation);
        Some(id)
    }

    #[test]
    fn one_process_answers_one_user_after_another() {
        let (_folder, repo, commit) = made();
        assert_eq!(waiting(&repo), None);
        let first = repo.commit(&commit).unwrap();
        let process = waiting(&repo);
        assert!(process.is_some());
        assert_eq!(repo.clone().commit(&commit).unwrap(), first);
        assert_eq!(waiting(&repo), process);
        let two = (repo.objects().unwrap(), repo.objects().unwrap());
        drop(two);
        assert!(waiting(&repo).is_some());
    }

    #[test]
    fn who_owes_an_answer_is_not_asked_again() {
        let (_folder, repo, commit) = made();
        let mut objects = repo.objects().unwrap();
        let ask = |objects: &mut Objects| objects.commits(&[commit.clone(), nobody()]);
        assert!(matches!(ask(&mut objects), Err(Error::BrokenObject(_))));
        drop(objects);
        // Every answer was read, and one said that there is nothing.
        assert!(waiting(&repo).is_some());
        let mut objects = repo.objects().unwrap();
        assert!(objects.commits(&[nobody(), commit.clone()]).is_err());
        drop(objects);
        assert_eq!(waiting(&repo), None);
        assert_eq!(repo.commit(&commit).unwrap().oid, commit);
    }

    #[test]
    fn who_has_ended_is_not_asked_again() {
        let (_folder, repo, commit) = made();
        repo.commit(&commit).unwrap();
        let mut conversation = repo.idle().take().unwrap();
        conversation.child.kill().unwrap();
        conversation.child.wait().unwrap();
        repo.idle().put(conversation);
        assert_eq!(waiting(&repo), None);
        assert_eq!(repo.commit(&commit).unwrap().oid, commit);
    }

    fn nobody() -> Oid {
        "1234567890123456789012345678901234567890".parse().unwrap()
    }
}
