//! The dictionaries of this machine, asked through the program hunspell.
//!
//! What is asked may be secret still: words go to the program through a pipe, never as its arguments or
//! into a file. A language is asked of the dictionary that has its tag's name; one without a region, of
//! those of all its regions at once. Words that hunspell is to know beside them stand in its own list of
//! the user or in the file that `WORDLIST` names.

use std::{
    collections::BTreeSet,
    io::{self, Write as _},
    path::Path,
    process::{Command, Output, Stdio},
    thread,
};

use advisory::csaf::{Spelling, SpellingError};

const PROGRAM: &str = "hunspell";

/// The program, and where its dictionaries are.
#[derive(Debug)]
pub struct Hunspell {
    dictionaries: Vec<String>,
}

impl Hunspell {
    /// Looks which dictionaries there are.
    ///
    /// # Errors
    ///
    /// If the program cannot be run.
    pub fn find() -> io::Result<Self> {
        let listed = Command::new(PROGRAM).arg("-D").stdin(Stdio::null()).output()?;
        Ok(Self::of_list(&String::from_utf8_lossy(&listed.stderr)))
    }

    /// The program lists dictionaries without ending, and one that it has loaded with each of its files.
    /// Those in the folder that it runs in are left out: anybody may have put them there.
    fn of_list(list: &str) -> Self {
        let lines = list.lines().filter(|line| line.starts_with('/') && !line.contains(','));
        let mut dictionaries: Vec<String> =
            lines.filter(|line| Path::new(line).extension().is_none()).map(str::to_owned).collect();
        dictionaries.sort();
        dictionaries.dedup();
        Self { dictionaries }
    }

    /// Those of a language, as the program takes them; empty if there is none.
    fn of_language(&self, tag: &str) -> String {
        let tag = tag.replace('-', "_").to_ascii_lowercase();
        let whole: Vec<&str> = self
            .dictionaries
            .iter()
            .map(String::as_str)
            .filter(|path| {
                let name = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
                let region = name.strip_prefix(&tag).and_then(|rest| rest.strip_prefix('_'));
                name == tag
                    || !tag.contains('_') && region.is_some_and(|region| !region.contains('_'))
            })
            .collect();
        whole.join(",")
    }
}

impl Spelling for Hunspell {
    fn unknown<'w>(
        &self,
        language: &str,
        words: &BTreeSet<&'w str>,
    ) -> Result<BTreeSet<&'w str>, SpellingError> {
        let dictionaries = self.of_language(language);
        if dictionaries.is_empty() {
            return Err(SpellingError::NoDictionary);
        }
        let output = ask(&dictionaries, words).map_err(|error| no_answer(&error.to_string()))?;
        if !output.status.success() {
            return Err(no_answer(&String::from_utf8_lossy(&output.stderr)));
        }
        let lines =
            std::str::from_utf8(&output.stdout).map_err(|error| no_answer(&error.to_string()))?;
        let unknown: BTreeSet<&str> = lines.lines().collect();
        Ok(words.iter().copied().filter(|word| unknown.contains(word)).collect())
    }
}

/// The program repeats each line that holds an unknown word.
fn ask(dictionaries: &str, words: &BTreeSet<&str>) -> io::Result<Output> {
    let mut child = Command::new(PROGRAM)
        .args(["-i", "utf-8", "-d", dictionaries, "-L"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let pipe = child.stdin.take();
    let mut text = words.iter().copied().collect::<Vec<_>>().join("\n");
    text.push('\n');
    thread::scope(|scope| {
        // It answers while it reads; if it ends early, its status says so.
        scope.spawn(move || pipe.map(|mut pipe| pipe.write_all(text.as_bytes())));
        child.wait_with_output()
    })
}

fn no_answer(why: &str) -> SpellingError {
    SpellingError::NoAnswer(why.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "SEARCH PATH:\n.::/usr/share/hunspell:/usr/share/myspell\n\
        AVAILABLE DICTIONARIES (path is not mandatory for -d option):\n./fr_FR\n\
        /usr/share/hunspell/en_US\n/usr/share/hunspell/en_GB\n/usr/share/hunspell/en_med_glut\n\
        /usr/share/hunspell/de_DE\n/usr/share/hunspell/eno\n/usr/share/hunspell/sr_Latn_RS\n\
        LOADED DICTIONARY:\n/usr/share/hunspell/en_US.aff\n/usr/share/hunspell/en_US.dic\n";

    #[test]
    fn a_language_is_asked_of_its_dictionary_and_without_a_region_of_all_regions() {
        let all = Hunspell::of_list(LIST);
        for (tag, names) in [
            ("en", "en_GB,en_US"),
            ("en-US", "en_US"),
            ("EN-us", "en_US"),
            ("de", "de_DE"),
            ("sr-Latn-RS", "sr_Latn_RS"),
            ("sr", ""),
            ("en-CA", ""),
            ("fr", ""),
            ("i-default", ""),
            ("", ""),
        ] {
            let whole: Vec<String> = names
                .split(',')
                .filter(|name| !name.is_empty())
                .map(|name| format!("/usr/share/hunspell/{name}"))
                .collect();
            assert_eq!(all.of_language(tag), whole.join(","), "{tag}");
        }
    }
}
