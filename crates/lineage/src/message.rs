//! What commit messages say about other commits.
//!
//! A message is a claim by whoever wrote it; what a claim is worth is decided elsewhere.

/// Commits that the message says this one was copied from, as hexadecimal text.
///
/// Known forms: git's `(cherry picked from commit X)`, `(backported from commit X)`, and the
/// stable kernel's `commit X upstream.` and `[ Upstream commit X ]`, each on a line of its own.
pub(crate) fn origins(message: &str) -> Vec<String> {
    let forms = [
        ("(cherry picked from commit ", ")"),
        ("(backported from commit ", ")"),
        ("(cherry-picked from commit ", ")"),
        ("[ upstream commit ", " ]"),
        ("[upstream commit ", "]"),
        ("commit ", " upstream."),
        ("commit ", " upstream"),
    ];
    lines(message)
        .filter_map(|line| {
            forms.iter().find_map(|(before, after)| {
                let hex = line.strip_prefix(before)?.strip_suffix(after)?;
                hexadecimal(hex)
            })
        })
        .collect()
}

/// Commits that the message says this one takes back: git's `This reverts commit X.`
pub(crate) fn reverted(message: &str) -> Vec<String> {
    let after = |line: String| {
        let rest = line.strip_prefix("this reverts commit ")?;
        hexadecimal(rest.split(['.', ',', ' ']).next()?)
    };
    lines(message).filter_map(after).collect()
}

/// Pull requests that the message says this one takes back: a forge's `Reverts owner/name#12`.
pub(crate) fn reverted_requests(message: &str) -> Vec<u64> {
    let after = |line: String| {
        let rest = line.strip_prefix("reverts ")?;
        let (_, number) = rest.split_once('#')?;
        number.trim_end_matches('.').parse().ok()
    };
    lines(message).filter_map(after).collect()
}

/// The subject that this one's subject says it takes back, normalised: `Revert "…"`.
pub(crate) fn taken_back(subject: &str) -> Option<String> {
    let subject = normal_subject(subject);
    let inner = subject.strip_prefix("revert ")?.trim().strip_prefix('"')?;
    let (inner, _) = inner.rsplit_once('"').unwrap_or((inner, ""));
    Some(normal_subject(inner)).filter(|inner| !inner.is_empty())
}

/// Commits that the message says this one repairs: `Fixes: X ("subject")`.
pub(crate) fn repaired(message: &str) -> Vec<String> {
    let after = |line: String| {
        let rest = line.strip_prefix("fixes: ")?;
        hexadecimal(rest.split(' ').next()?)
    };
    lines(message).filter_map(after).collect()
}

/// The pull request that a squash commit came from: the `(#12)` at the end of its subject.
pub(crate) fn own_request(subject: &str) -> Option<u64> {
    let inner = subject.trim().strip_suffix(')')?;
    let (_, number) = inner.rsplit_once("(#")?;
    number.parse().ok()
}

/// Every `#12` in a message.
pub(crate) fn requests(message: &str) -> Vec<u64> {
    let number = |piece: &str| {
        let end = piece.find(|c: char| !c.is_ascii_digit());
        let (digits, rest) = piece.split_at_checked(end.unwrap_or(piece.len()))?;
        let word_ends = !rest.starts_with(|c: char| c.is_alphanumeric());
        word_ends.then(|| digits.parse().ok()).flatten()
    };
    message.split('#').skip(1).filter_map(number).collect()
}

/// A subject without what changes from line to line: case, the `(#12)` at its end, and
/// notes of a backport before or after it. Empty when nothing is left.
pub(crate) fn normal_subject(subject: &str) -> String {
    let mut text = subject.trim().to_lowercase();
    loop {
        let shorter = without_notes(&text);
        if shorter.len() == text.len() {
            break;
        }
        text = shorter;
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The subjects that a squash commit lists in its body, normalised.
pub(crate) fn listed_subjects(body: &str) -> Vec<String> {
    body.lines()
        .filter_map(|line| {
            let line = line.trim();
            line.strip_prefix("* ").or_else(|| line.strip_prefix("- "))
        })
        .map(normal_subject)
        .collect()
}

/// One round of taking notes off either end.
fn without_notes(text: &str) -> String {
    const WORDS: &[&str] = &[
        "backport of",
        "backport:",
        "backport",
        "cherry-pick of",
        "cherry-pick:",
        "cherry-pick",
        "cherry pick of",
        "cherrypick:",
        "cherrypick",
        "upstream:",
    ];
    let text = text.trim().trim_matches(['"', '\'', '`']).trim();
    let text = text.trim_end_matches('.');
    if own_request(text).is_some()
        && let Some((rest, _)) = text.rsplit_once("(#")
    {
        return rest.trim().to_owned();
    }
    for (open, close) in [('[', ']'), ('(', ')')] {
        if let Some(inner) = text.strip_prefix(open)
            && let Some((note, rest)) = inner.split_once(close)
            && !rest.trim().is_empty()
            && note.contains(|c: char| c.is_ascii_digit() || note.contains("backport"))
        {
            return rest.trim_start_matches([':', ' ']).to_owned();
        }
    }
    if let Some((note, rest)) = text.split_once(": ")
        && crate::Minor::of_branch(note).is_some()
    {
        return rest.trim().to_owned();
    }
    for word in WORDS {
        if let Some(rest) = text.strip_prefix(word)
            && (word.ends_with(':') || rest.starts_with(' '))
        {
            return rest.trim().to_owned();
        }
    }
    text.to_owned()
}

fn lines(message: &str) -> impl Iterator<Item = String> {
    message.lines().map(|line| line.trim().to_lowercase())
}

fn hexadecimal(text: &str) -> Option<String> {
    let fits = (7..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit());
    fits.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_of_origin_stand_on_their_own_line() {
        let hex = "0123456789abcdef0123456789abcdef01234567";
        for line in [
            format!("(cherry picked from commit {hex})"),
            format!("  (Cherry picked from commit {hex})"),
            format!("commit {hex} upstream."),
            format!("[ Upstream commit {hex} ]"),
        ] {
            assert_eq!(origins(&format!("Fix\n\n{line}\n")), [hex], "{line}");
        }
        for line in [
            format!("as in \"(cherry picked from commit {hex})\" yesterday"),
            "(cherry picked from commit 012345)".to_owned(),
            "(cherry picked from commit main)".to_owned(),
        ] {
            assert!(origins(&format!("Fix\n\n{line}\n")).is_empty(), "{line}");
        }
        assert_eq!(reverted(&format!("x\n\nThis reverts commit {hex}.")), [hex]);
        assert_eq!(reverted(&format!("x\n\nThis reverts commit {hex}, reversing\nchanges")), [hex]);
        assert_eq!(reverted_requests("x\n\nReverts a/b#12"), [12]);
        assert_eq!(repaired("x\n\nFixes: 0123456789ab (\"y\")"), ["0123456789ab"]);
        assert!(repaired("x\n\nFixes: #12").is_empty());
    }

    #[test]
    fn subjects_are_compared_without_their_backport_notes() {
        for subject in [
            "internal/dag: Check the length",
            "internal/dag: check the length (#12)",
            "[release-1.2] internal/dag: Check the length (#12) (#34)",
            "(release-1-16) internal/dag: check the length.",
            "Backport: internal/dag: Check the length",
            "1.2: internal/dag: Check  the length",
            "Cherry-pick \"internal/dag: Check the length\" (#9)",
        ] {
            let normal = normal_subject(subject);
            assert_eq!(normal, "internal/dag: check the length", "{subject}");
        }
        assert_eq!(normal_subject(""), "");
        assert_eq!(normal_subject("Cherrypick #3834 (#3964)"), "#3834");
    }

    #[test]
    fn requests_are_whole_numbers() {
        assert_eq!(requests("Cherrypick #3834 (#3964), a#b #12x"), [3834, 3964]);
        assert_eq!(own_request("Cherrypick #3834 (#3964)"), Some(3964));
        assert_eq!(own_request("See #3834"), None);
    }
}
