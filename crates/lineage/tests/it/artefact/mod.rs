//! Artefacts as packers make them, with and without a fix, and as nobody honest makes them.

mod archives;
mod finding;
mod hostile;

use std::path::{Path, PathBuf};

use git::{Oid, fixture::RepoBuilder};
use lineage::{
    Fix,
    artefact::{Finding, Limits, look_into},
};
use tempfile::TempDir;

/// A project with a fix that touches two places of one file, adds a file, takes one away, and
/// changes a test.
struct Project {
    folder: TempDir,
    builder: RepoBuilder,
    before: Oid,
    fix: Oid,
}

/// Enough lines that the places of the fix lie apart.
fn core(first: &str, second: &str) -> String {
    let filling = |from: u32| (from..from + 12).map(|n| format!("    step({n})\n"));
    let (above, below): (String, String) = (filling(0).collect(), filling(12).collect());
    format!("def parse(text):\n{first}{above}    middle(text)\n{below}{second}    done(text)\n")
}

impl Project {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut builder = RepoBuilder::create(folder.path().join("project")).unwrap();
        let write = |path: &str, text: &str| {
            builder.write(path, text).unwrap();
        };
        write("setup.py", "setup(name='pkg')\n");
        write("src/pkg/core.py", &core("", "    trust(text)\n"));
        write("src/pkg/names.py", "NAMES = ['one']\n");
        write("src/pkg/legacy.py", "def old(text):\n    return eval(text)\n");
        write("tests/test_core.py", "def test_parse():\n    parse('one')\n");
        let before = builder.commit("Begin").unwrap();
        let write = |path: &str, text: &str| {
            builder.write(path, text).unwrap();
        };
        write("src/pkg/core.py", &core("    refuse(text, LIMIT)\n", "    check(text)\n"));
        write("src/pkg/limits.py", "LIMIT = 4096\n\ndef refuse(text, limit):\n    raise Long\n");
        write("tests/test_core.py", "def test_parse():\n    parse('one' * 9999)\n");
        std::fs::remove_file(builder.folder().join("src/pkg/legacy.py")).unwrap();
        let fix = builder.commit("Refuse long texts").unwrap();
        Self { folder, builder, before, fix }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What `git archive` makes of a commit.
    fn archive(&self, at: &Oid, name: &str, prefix: &str) -> PathBuf {
        let path = self.path(name);
        let (out, prefix) = (format!("--output={}", path.display()), format!("--prefix={prefix}"));
        self.builder.git(&["archive", &out, &prefix, at.as_str()]).unwrap();
        path
    }

    /// A folder that holds some files of a commit under other names.
    fn folder(&self, at: &Oid, name: &str, files: &[(&str, &str)]) -> PathBuf {
        let path = self.path(name);
        for (from, to) in files {
            let bytes = self.builder.open().unwrap().show_file(at.as_str(), from).unwrap();
            let to = path.join(to);
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::write(to, bytes.unwrap()).unwrap();
        }
        path
    }

    fn look(&self, path: &Path) -> lineage::Result<Finding> {
        let repo = self.builder.open().unwrap();
        look_into(&repo, &[Fix::one(self.fix.clone())], path, &Limits::default())
    }

    fn answer(&self, path: &Path) -> String {
        self.look(path).unwrap().outcome.to_string()
    }
}
