//! What judges say of whole trees of a provider: each document, the hashes, the signatures and
//! security.txt.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{CRATE, Judges, NODE, count, install::SECTXT, one_by_one, printed, row, script, well};
use crate::{conformance::Row, steps};

/// The folders in a tree that hold documents, with their version of CSAF.
const FOLDERS: &[(&str, &str)] = &[("white", "2.0"), ("clear", "2.1")];

/// CSAF's schemas of metadata with those of documents, where its data is beside the checkout.
const SCHEMAS: [&str; 4] = [
    "schema-2.0/provider_json_schema.json",
    "schema-2.0/csaf_json_schema.json",
    "schema-2.1/provider.json",
    "schema-2.1/csaf.json",
];

/// Trees below a folder, signed by a key that is made for them.
pub(in crate::conformance) struct Trees {
    folder: PathBuf,
    gpg: Option<Gpg>,
}

impl Trees {
    /// Where they will be.
    pub(in crate::conformance) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), gpg: Gpg::new() }
    }

    /// A new key to sign with, armoured in a file; `None` where there is no `GnuPG`.
    pub(in crate::conformance) fn key(&self) -> Option<PathBuf> {
        let name = "Judged <security@judged.example.org>";
        let gpg = self.gpg.as_ref()?;
        gpg.run(&["--passphrase", "", "--quick-generate-key", name, "ed25519", "sign"])?;
        let key = gpg.run(&["--passphrase", "", "--armor", "--export-secret-keys"])?;
        let path = gpg.home.join("key.asc");
        fs::write(&path, key).ok()?;
        Some(path)
    }

    /// What each judge says of all of them.
    pub(in crate::conformance) fn rows(&self, judges: &Judges) -> Vec<Row> {
        let files = files(&self.folder);
        let ending = |ending: &str| -> Vec<PathBuf> {
            let has = |path: &&PathBuf| path.extension().is_some_and(|it| it == ending);
            files.iter().filter(has).cloned().collect()
        };
        let hashes = [ending("sha256"), ending("sha512")].concat();
        let said = self.gpg.as_ref().map(|gpg| gpg.verdicts(&self.folder, &ending("asc")));
        let signatures = said.as_deref().unwrap_or_default().lines().count();
        let version = Gpg::version().unwrap_or_default();
        let mut rows = self.documents(judges);
        rows.extend([
            row(
                ("sha256sum and sha512sum", &core()),
                "hashes in trees",
                hashes.len(),
                Some(&checked(&hashes)),
            ),
            row(("gpg", &version), "signatures in trees", signatures, said.as_deref()),
        ]);
        let trees = self.folder.to_string_lossy();
        let data = steps::root().join("../shared/data/csaf");
        let schemas = SCHEMAS.map(|schema| data.join(schema).to_string_lossy().into_owned());
        let arguments: Vec<&str> =
            std::iter::once(&*trees).chain(schemas.iter().map(String::as_str)).collect();
        let said = judges.python("provider_metadata.py", &arguments);
        let metadata = files.iter().filter(|path| path.ends_with("provider-metadata.json")).count();
        let schema = ("CSAF's schemas of metadata", "2.0 and 2.1");
        rows.push(row(schema, "metadata in trees", metadata, said.as_deref()));
        let said = judges.python("security_txt.py", &[&trees]);
        let texts = entries(&self.folder).len();
        rows.push(row(SECTXT, "security.txt of trees", texts, said.as_deref()));
        rows
    }

    /// Every document of every tree, by both validators.
    fn documents(&self, judges: &Judges) -> Vec<Row> {
        let mut rows = Vec::new();
        for (folder, version) in FOLDERS {
            let mut years: Vec<PathBuf> = Vec::new();
            for tree in entries(&self.folder) {
                years.extend(
                    entries(&tree.join("csaf").join(folder)).into_iter().filter(|it| it.is_dir()),
                );
            }
            let total = years.iter().map(|year| count(year)).sum();
            let what = format!("csaf-{version} in trees");
            let by_node = |year: &PathBuf| {
                let modules = judges.folder.join("npm");
                printed(Command::new("node").arg(script("csaf.mjs")).arg(modules).arg(year))
            };
            let said: Option<String> =
                judges.node.then(|| years.iter().map(by_node).collect()).flatten();
            rows.push(row(NODE, &what, total, said.as_deref()));
            let by_crate = |year: &PathBuf| one_by_one(&judges.folder.join("cargo"), version, year);
            let said: Option<String> = judges.cargo.then(|| years.iter().map(by_crate).collect());
            rows.push(row(CRATE, &what, total, said.as_deref()));
        }
        rows
    }
}

/// What `sha256sum` and `sha512sum` say of lists that stand beside what they are about.
fn checked(lists: &[PathBuf]) -> String {
    let line = |list: &PathBuf| {
        let name = list.file_name().unwrap_or_default();
        let sum = list.extension().unwrap_or_default().to_string_lossy();
        let mut program = Command::new(format!("{sum}sum"));
        let good = well(
            program
                .args(["--check", "--strict", "--status"])
                .arg(name)
                .current_dir(folder_of(list)),
        );
        let verdict = if good { "ok" } else { "no" };
        format!("{verdict} {}\n", list.display())
    };
    lists.iter().map(line).collect()
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}

fn core() -> String {
    let said = printed(Command::new("sha256sum").arg("--version")).unwrap_or_default();
    last_word(&said)
}

/// The last word of the first line.
fn last_word(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    line.rsplit(' ').next().unwrap_or_default().to_owned()
}

/// A `GnuPG` of its own.
struct Gpg {
    home: PathBuf,
}

impl Gpg {
    /// `None` where there is none, or no place for it. Sockets in it must have short names.
    fn new() -> Option<Self> {
        let home = std::env::temp_dir().join(format!("fermata-judges-{}", std::process::id()));
        Self::version()?;
        fs::create_dir_all(&home).ok()?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&home, fs::Permissions::from_mode(0o700)).ok()?;
        }
        Some(Self { home })
    }

    fn version() -> Option<String> {
        Some(last_word(&printed(Command::new("gpg").arg("--version"))?))
    }

    fn run(&self, arguments: &[&str]) -> Option<String> {
        let mut gpg = Command::new("gpg");
        gpg.args(["--batch", "--yes", "--no-tty", "--quiet", "--pinentry-mode", "loopback"]);
        printed(gpg.arg("--homedir").arg(&self.home).args(arguments))
    }

    /// Of each signature beside its document and each signed text, with the keys of the trees alone.
    fn verdicts(&self, trees: &Path, signatures: &[PathBuf]) -> String {
        let is_key = |path: &&PathBuf| folder_of(path).ends_with("csaf/openpgp");
        let ring = self.home.join("trees.gpg");
        let ring = ring.to_string_lossy();
        let only = ["--no-default-keyring", "--keyring", &*ring];
        let with = |more: &[&str]| self.run(&[&only[..], more].concat()).is_some();
        for key in signatures.iter().filter(is_key) {
            with(&["--import", &key.to_string_lossy()]);
        }
        let mut lines = String::new();
        let mut say = |good: bool, path: &Path| {
            let verdict = if good { "ok" } else { "no" };
            // Writing to a text does not fail.
            let _ = writeln!(lines, "{verdict} {}", path.display());
        };
        for signature in signatures.iter().filter(|path| !is_key(path)) {
            let document = signature.with_extension("");
            let pair = [signature.to_string_lossy(), document.to_string_lossy()];
            say(with(&["--verify", &pair[0], &pair[1]]), signature);
        }
        for text in entries(trees).into_iter().map(|tree| tree.join(".well-known/security.txt")) {
            let signed = fs::read_to_string(&text).is_ok_and(|text| text.starts_with("-----BEGIN"));
            if signed {
                say(with(&["--verify", &text.to_string_lossy()]), &text);
            }
        }
        lines
    }
}

impl Drop for Gpg {
    fn drop(&mut self) {
        let mut agent = Command::new("gpgconf");
        well(agent.arg("--homedir").arg(&self.home).args(["--kill", "all"]));
        let _ = fs::remove_dir_all(&self.home);
    }
}

/// What is in a folder, in the order of names.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let below = |path: PathBuf| if path.is_dir() { files(&path) } else { vec![path] };
    entries(folder).into_iter().flat_map(below).collect()
}
