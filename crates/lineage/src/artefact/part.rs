//! Which part of a project a file belongs to, as far as its path tells.

use serde::{Deserialize, Serialize};

use crate::content;

/// A part of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// What users run.
    Product,
    /// What is written by a program, and often made anew when an artefact is built.
    Generated,
    /// Somebody else's code that lies in the repository.
    Vendored,
    /// Tests, documents, examples and the like.
    Beside,
}

impl Part {
    pub(super) fn of(path: &str) -> Self {
        let lower = path.to_ascii_lowercase();
        let within = |folders: &[&str]| lower.split('/').any(|part| folders.contains(&part));
        if within(&["vendor", "third_party", "node_modules", "vendored"]) {
            Self::Vendored
        } else if !content::is_product(path) {
            Self::Beside
        } else if is_generated(&lower) {
            Self::Generated
        } else {
            Self::Product
        }
    }

    /// In a few words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Generated => "generated",
            Self::Vendored => "vendored",
            Self::Beside => "test, document or example",
        }
    }
}

fn is_generated(lower: &str) -> bool {
    let name = lower.rsplit('/').next().unwrap_or_default();
    let marks = [".pb.", "_generated.", "_pb2.", ".gen.", ".min."];
    name.starts_with("zz_generated")
        || marks.iter().any(|mark| name.contains(mark))
        || lower.split('/').any(|part| matches!(part, "generated" | "gen" | "dist" | "build"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_tells_its_part() {
        for (path, part) in [
            ("internal/dag/builder.go", Part::Product),
            ("internal/dag/builder_test.go", Part::Beside),
            ("docs/guide.md", Part::Beside),
            ("vendor/github.com/a/b.go", Part::Vendored),
            ("apis/zz_generated.deepcopy.go", Part::Generated),
            ("dist/app.min.js", Part::Generated),
        ] {
            assert_eq!(Part::of(path), part, "{path}");
        }
    }
}
