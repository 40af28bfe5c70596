//! Whether some lines stand in a file, in order and one directly after the other.

/// A file's lines, without blanks at their ends: packers may change line ends.
pub(super) struct Text<'a> {
    lines: Vec<&'a str>,
}

impl<'a> Text<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { lines: text.lines().map(str::trim_end).collect() }
    }

    /// Looks for a run of lines, in time that grows with the file and not with its repetitions.
    pub(super) fn has(&self, run: &[&str]) -> bool {
        let back = fallbacks(run);
        let mut matched = 0;
        for line in &self.lines {
            while matched > 0 && run.get(matched) != Some(line) {
                matched = back.get(matched - 1).copied().unwrap_or(0);
            }
            if run.get(matched) == Some(line) {
                matched += 1;
            }
            if matched == run.len() {
                return true;
            }
        }
        run.is_empty()
    }
}

/// For each part of the run from its beginning: how many of its first lines are also its last ones.
fn fallbacks(run: &[&str]) -> Vec<usize> {
    let mut back: Vec<usize> = Vec::with_capacity(run.len());
    for (at, line) in run.iter().enumerate() {
        let mut matched = back.last().copied().unwrap_or(0);
        while matched > 0 && run.get(matched) != Some(line) {
            matched = back.get(matched - 1).copied().unwrap_or(0);
        }
        let longer = at > 0 && run.get(matched) == Some(line);
        back.push(matched + usize::from(longer));
    }
    back
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_found_as_by_looking_everywhere() {
        // Few different lines, so that nearly everything is a repetition.
        let mut seed = 7_u64;
        let mut next = |most: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) % most
        };
        let mut found = 0;
        for _ in 0..3000 {
            let mut lines = |most| {
                let length = next(most);
                (0..length).map(|_| if next(2) == 0 { "a" } else { "b" }).collect::<Vec<_>>()
            };
            let (file, run) = (lines(14), lines(6));
            let text = file.join("\n");
            let plainly = run.is_empty() || file.windows(run.len().max(1)).any(|w| w == run);
            assert_eq!(Text::of(&text).has(&run), plainly, "{run:?} in {file:?}");
            found += usize::from(plainly);
        }
        assert!((500..2900).contains(&found), "{found}");
    }

    #[test]
    fn line_ends_do_not_matter() {
        assert!(Text::of("a\r\n  b \r\n").has(&["a", "  b"]));
        assert!(!Text::of("a\nb\n").has(&["a", "  b"]));
    }
}
