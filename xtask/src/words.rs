//! What no tracked file may hold: paths of one person's machine, and more lines than a reader can.

use std::fs;

use crate::{report::Outcome, run, steps};

/// Folders that exist on some machine and mean nothing to anybody else. Written in two halves,
/// so that this file does not hold them.
const MACHINE_PATHS: &[&str] =
    &[concat!("/wo", "rk/"), concat!("/fa", "rm/"), concat!("/Us", "ers/")];

/// The longest that a source file may be, in lines; tests may be longer.
const LONGEST: usize = 600;

/// Files that are longer for a reason.
const LONG_FOR_A_REASON: &[(&str, &str)] = &[];

/// Checks every tracked file.
pub(crate) fn check() -> Outcome {
    let Some(list) = run::output("git", &["ls-files", "-z"]) else {
        return Outcome::Failed("`git ls-files` cannot be run".into());
    };
    let list = String::from_utf8_lossy(&list);
    let mut problems = Vec::new();
    for path in list.split('\0').filter(|path| !path.is_empty()) {
        // A file that is tracked and deleted is somebody's unfinished change.
        if let Ok(bytes) = fs::read(steps::root().join(path)) {
            problems.extend(in_file(path, &bytes));
        }
    }
    Outcome::of(&problems)
}

fn in_file(path: &str, bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let mut problems = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        for word in MACHINE_PATHS.iter().filter(|word| line.contains(**word)) {
            problems.push(format!("{path}:{number}: “{word}” is a path of one machine"));
        }
    }
    let lines = text.lines().count();
    let excused = LONG_FOR_A_REASON.iter().any(|(long, _)| *long == path);
    match (is_source(path) && lines > LONGEST, excused) {
        (true, false) => problems.push(format!("{path}: {lines} lines; {LONGEST} is the most")),
        (false, true) => problems.push(format!("{path}: no longer too long, take it off the list")),
        _ => {}
    }
    problems
}

fn is_source(path: &str) -> bool {
    let is_rust = path.rsplit_once('.').is_some_and(|(_, extension)| extension == "rs");
    let mut folders = path.split('/').rev().skip(1);
    is_rust && !folders.any(|folder| matches!(folder, "tests" | "benches" | "fuzz"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machine_paths_are_found_with_their_line() {
        for word in MACHINE_PATHS {
            let text = format!("fine\nsee {word}notes\n");
            let problems = in_file("docs/a.md", text.as_bytes());
            assert_eq!(problems.len(), 1, "{word}");
            assert!(problems[0].starts_with("docs/a.md:2: "), "{problems:?}");
        }
        assert_eq!(in_file("docs/a.md", b"at work, on the farm"), Vec::<String>::new());
    }

    #[test]
    fn long_sources_are_found_and_long_tests_are_not() {
        let long = "\n".repeat(LONGEST + 1);
        let fits = "\n".repeat(LONGEST);
        assert_eq!(in_file("crates/case/src/a.rs", long.as_bytes()).len(), 1);
        assert_eq!(in_file("crates/case/src/a.rs", fits.as_bytes()), Vec::<String>::new());
        for path in ["crates/case/tests/it/a.rs", "tests/it/a.rs", "benches/a.rs", "docs/a.md"] {
            assert_eq!(in_file(path, long.as_bytes()), Vec::<String>::new(), "{path}");
        }
    }

    #[test]
    fn every_exception_says_why() {
        assert!(LONG_FOR_A_REASON.iter().all(|(_, reason)| reason.len() > 20));
    }
}
