//! What git said of objects: they never change, so neither does its answer.
//!
//! Only a clone that disputes its own objects may answer otherwise later; whoever keeps a
//! [`Repo`](crate::Repo) opens it anew then, see [`RefsMark::is_plain`](crate::RefsMark::is_plain).

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::Result;

/// More answers than this are not kept, nor longer ones: together 32 MiB.
const MOST: usize = 1024;
const LONGEST: usize = 1 << 15;

/// Answers by question.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answers(Arc<Mutex<BTreeMap<String, Arc<[u8]>>>>);

impl Answers {
    /// The answer to `args`, which `ask` gives when they are new.
    pub(crate) fn to(
        &self,
        args: &[&str],
        ask: impl FnOnce() -> Result<Vec<u8>>,
    ) -> Result<Arc<[u8]>> {
        let question = args.join("\0");
        if let Some(known) = self.kept().get(&question) {
            return Ok(known.clone());
        }
        let answer: Arc<[u8]> = ask()?.into();
        let mut kept = self.kept();
        if answer.len() <= LONGEST && kept.len() < MOST {
            kept.insert(question, answer.clone());
        }
        Ok(answer)
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<String, Arc<[u8]>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn a_question_is_asked_once_unless_its_answer_is_long_or_an_error() {
        let answers = Answers::default();
        let asked = |args: &[&str], answer: usize| {
            let mut asked = 0;
            for _ in 0..3 {
                let answer = answers.to(args, || {
                    asked += 1;
                    Ok(vec![b'a'; answer])
                });
                assert!(answer.is_ok());
            }
            asked
        };
        assert_eq!(asked(&["one", "two"], 10), 1);
        assert_eq!(asked(&["one two"], 10), 1);
        assert_eq!(asked(&["long"], LONGEST + 1), 3);
        let wrong = answers.to(&["wrong"], || Err(Error::garbled("diff-tree", "x")));
        assert!(wrong.is_err());
        assert_eq!(asked(&["wrong"], 1), 1);
        for number in 0..MOST {
            answers.to(&[&number.to_string()], || Ok(Vec::new())).unwrap();
        }
        assert_eq!(asked(&["one too many"], 1), 3);
    }
}
