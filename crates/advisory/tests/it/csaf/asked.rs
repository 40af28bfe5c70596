//! Who answers what the specification's test files ask of the outside.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

use advisory::check::Report;
use advisory::csaf::{Answers, Outside, Spelling, SpellingError};

/// What the addresses in the files of 6.3.6 and 6.3.7 are meant to come to; the network is not asked.
/// `invalid` has no hosts by RFC 6761, `example.net` is kept for examples by RFC 2606 and has a page,
/// `csaf.io` is the TC's own, and the last one's file says itself what it answers.
const ANSWERS: &str = "\
    000 https://example.invalid\n\
    200 https://example.net\n\
    200 https://csaf.io\n\
    400 https://github.com/oasis-tcs/csaf/not-available\n";

/// The English of hunspell, for the files of 6.3.8.
struct English;

impl Spelling for English {
    fn unknown<'w>(
        &self,
        language: &str,
        words: &BTreeSet<&'w str>,
    ) -> Result<BTreeSet<&'w str>, SpellingError> {
        assert_eq!(language, "en");
        let asked: Vec<&str> = words.iter().copied().collect();
        let lines = hunspell(&asked.join("\n")).ok_or(SpellingError::NoDictionary)?;
        let unknown: BTreeSet<&str> = lines.lines().collect();
        Ok(words.iter().copied().filter(|word| unknown.contains(word)).collect())
    }
}

/// Those of the lines that hold a word that it does not know. They are few enough for a pipe.
fn hunspell(lines: &str) -> Option<String> {
    let mut child = Command::new("hunspell")
        .args(["-i", "utf-8", "-d", "en_US", "-L"])
        .env_remove("WORDLIST")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    child.stdin.take().unwrap().write_all(lines.as_bytes()).ok()?;
    let output = child.wait_with_output().ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

/// Everybody who is there to be asked.
pub(super) struct Asked {
    answers: Answers,
    english: Option<English>,
}

impl Asked {
    /// Says so if hunspell is not there.
    pub(super) fn find() -> Self {
        let english = hunspell("").map(|_| English);
        if english.is_none() {
            println!("skipped: 6.3.8, as hunspell with en_US is not on this machine");
        }
        Self { answers: Answers::read(ANSWERS).unwrap(), english }
    }

    /// For the files of one of the specification's tests: all others do without.
    pub(super) fn of_test(&self, id: &str) -> Outside<'_> {
        match id {
            "6.3.6" | "6.3.7" => Outside { reach: Some(&self.answers), spelling: None },
            "6.3.8" => {
                let spelling = self.english.as_ref().map(|english| english as &dyn Spelling);
                Outside { reach: None, spelling }
            }
            _ => Outside::default(),
        }
    }
}

/// Why a file is not judged; `None` if it is.
pub(super) fn not_judged(report: &Report, id: &str) -> Option<&'static str> {
    let rule = format!("csaf {id}");
    let left = report.not_judged.iter().any(|one| one.rule == rule);
    assert!(!left || ["6.3.8", "6.3.16"].contains(&id), "{id}: {:?}", report.not_judged);
    let why = if id == "6.3.8" {
        "hunspell with en_US is not on this machine"
    } else {
        "needs a grammar"
    };
    left.then_some(why)
}
