//! `fermata provider`

#![cfg(test)]

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use advisory::Imprint;
use case::CommandId;
use serde_json::{Value, json};

use crate::{
    export::{ADA, Kept, files},
    program::Ended,
};

fn imprint() -> Imprint {
    Imprint {
        name: "Signpost".parse().unwrap(),
        namespace: "https://signpost.example.org".parse().unwrap(),
        base: "https://signpost.example.org/security".parse().unwrap(),
        contact: "security@signpost.example.org".parse().unwrap(),
        policy: None,
        cna: None,
    }
}

/// A drill in which everything was published, by a project that signs.
fn signed() -> Kept {
    let kept = Kept::new();
    let project = kept.project();
    kept.inside(|engine| {
        let ada = engine.find_person(&ADA.parse().unwrap()).unwrap().unwrap();
        engine.sign_as(project.id, ada, &imprint(), CommandId([3; 16])).unwrap();
    });
    kept
}

fn provider(kept: &Kept, more: &[&str]) -> Ended {
    let words = ["provider", "--json", "--data", "kept/house", "tree"];
    kept.place.run(&[&words[..], more].concat())
}

/// What is in the folder beside the tree.
fn beside(kept: &Kept) -> BTreeSet<String> {
    let entries = fs::read_dir(kept.place.path()).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn relative(tree: &Path) -> BTreeSet<PathBuf> {
    files(tree).iter().map(|path| path.strip_prefix(tree).unwrap().to_owned()).collect()
}

#[test]
fn what_was_published_becomes_a_tree_that_is_exchanged_as_a_whole() {
    let kept = signed();
    let ended = provider(&kept, &[]);
    let answer = ended.documents().remove(0);
    assert_eq!((&answer["advisories"], &answer["signed"]), (&json!(1), &json!(false)), "{ended:?}");
    // The made repository has no ecosystem that OSV knows; a finding, and the rest is there.
    assert_eq!(ended.code, Some(i32::from(answer["left_out"] != json!([]))), "{answer}");
    assert!(ended.err.contains(".well-known belongs at https://signpost.example.org/"));
    let tree = kept.place.path().join("tree");
    let found = relative(&tree);
    for path in [
        ".well-known/security.txt",
        "advisories/index.html",
        "csaf/provider-metadata.json",
        "csaf/white/index.txt",
        "osv/all.json",
        "SHA256SUMS",
    ] {
        assert!(found.contains(Path::new(path)), "{path}: {found:?}");
    }
    let sums = ["--quiet", "-c", "SHA256SUMS"];
    match Command::new("sha256sum").args(sums).current_dir(&tree).status() {
        Ok(status) => assert!(status.success(), "the list is one that sha256sum checks"),
        Err(_) => println!("skipped: no sha256sum"),
    }
    let again = provider(&kept, &[]);
    assert_eq!(again.code, ended.code, "{again:?}");
    assert_eq!(relative(&tree), found);
    assert_eq!(beside(&kept), ["kept", "tree"].map(str::to_owned).into(), "nothing is left over");
}

#[test]
fn both_versions_of_csaf_can_be_served() {
    let kept = signed();
    let tree = kept.place.path().join("tree");
    let folders = |csaf: &str| {
        let ended = provider(&kept, &["--csaf", csaf]);
        assert!(matches!(ended.code, Some(0 | 1)), "{ended:?}");
        ["white", "clear"].map(|folder| tree.join("csaf").join(folder).is_dir())
    };
    let version = || {
        let metadata = fs::read(tree.join(".well-known/csaf/provider-metadata.json")).unwrap();
        let metadata: Value = serde_json::from_slice(&metadata).unwrap();
        metadata["metadata_version"].as_str().unwrap().to_owned()
    };
    for (csaf, there, first) in [
        ("2.0", [true, false], "2.0"),
        ("2.1", [false, true], "2.1"),
        ("2.0,2.1", [true, true], "2.0"),
        ("2.1,2.0", [true, true], "2.1"),
    ] {
        assert_eq!((folders(csaf), version().as_str()), (there, first), "{csaf}");
    }
    let refused = provider(&kept, &["--csaf", "3"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
}

#[test]
fn a_folder_that_holds_anything_else_is_left_as_it_is() {
    let kept = signed();
    let written = provider(&kept, &[]);
    assert!(matches!(written.code, Some(0 | 1)), "{written:?}");
    let tree = kept.place.path().join("tree");
    let refused = |what: &str| {
        let before = relative(&tree);
        let ended = provider(&kept, &[]);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{what}: {ended:?}");
        assert!(ended.err.contains(what) && ended.err.contains("hint:"), "{}", ended.err);
        assert_eq!(relative(&tree), before);
        assert_eq!(beside(&kept), ["kept", "tree"].map(str::to_owned).into());
    };
    fs::write(tree.join("advisories/logo.png"), "mine").unwrap();
    refused("advisories/logo.png");
    fs::remove_file(tree.join("advisories/logo.png")).unwrap();
    symlink("/etc/passwd", tree.join("osv/link.json")).unwrap();
    refused("osv/link.json");
    fs::remove_file(tree.join("osv/link.json")).unwrap();
    let page = tree.join("advisories/index.html");
    let whole = fs::read(&page).unwrap();
    fs::write(&page, "changed by hand").unwrap();
    refused("advisories/index.html");
    fs::write(&page, whole).unwrap();
    assert_eq!(provider(&kept, &[]).code, written.code);
    fs::remove_file(tree.join("SHA256SUMS")).unwrap();
    refused("was not written here");
}

#[test]
fn who_has_not_said_how_it_signs_has_no_tree() {
    let kept = Kept::new();
    let ended = provider(&kept, &[]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{ended:?}");
    assert!(ended.err.contains("how Signpost signs") && ended.err.contains("hint:"));
    let ended = provider(&kept, &["--project", "Another"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("no project Another"), "{}", ended.err);
    assert!(!kept.place.path().join("tree").exists());
}

#[test]
fn with_a_key_it_is_a_trusted_provider() {
    let kept = signed();
    kept.place.file("wrong.asc", "no key");
    let ended = provider(&kept, &["--key", "wrong.asc"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{ended:?}");
    assert!(ended.err.contains("wrong.asc: this is not an armoured secret key"), "{}", ended.err);
    let home = tempfile::tempdir().unwrap();
    let gpg = |arguments: &[&str]| {
        let mut command = Command::new("gpg");
        command.args(["--batch", "--pinentry-mode", "loopback", "--homedir"]).arg(home.path());
        command.args(arguments).stderr(Stdio::null()).current_dir(kept.place.path()).output()
    };
    let name = "Signpost <security@signpost.example.org>";
    let made = gpg(&["--passphrase", "open it", "--quick-generate-key", name, "ed25519", "sign"]);
    if !made.is_ok_and(|made| made.status.success()) {
        println!("skipped: gpg is not installed");
        return;
    }
    let key = gpg(&["--passphrase", "open it", "--armor", "--export-secret-keys"]).unwrap().stdout;
    kept.place.file("key.asc", key);
    kept.place.file("password", "open it\n");
    let locked = provider(&kept, &["--key", "key.asc"]);
    assert!(locked.err.contains("the password does not open the key"), "{locked:?}");
    let ended = provider(&kept, &["--key", "key.asc", "--password", "password"]);
    assert_eq!(ended.documents()[0]["signed"], json!(true), "{ended:?}");
    let tree = kept.place.path().join("tree");
    let metadata = fs::read(tree.join("csaf/provider-metadata.json")).unwrap();
    let metadata: Value = serde_json::from_slice(&metadata).unwrap();
    assert_eq!(metadata["role"], "csaf_trusted_provider");
    let signatures: Vec<PathBuf> = files(&tree.join("csaf/white"))
        .into_iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "asc"))
        .collect();
    assert_eq!(signatures.len(), 1);
    let text = gpg(&["--decrypt", "tree/.well-known/security.txt"]).unwrap();
    assert!(text.status.success() && text.stdout.starts_with(b"Contact: "), "{text:?}");
    for signature in signatures {
        let document = signature.with_extension("");
        let checked = gpg(&["--verify", signature.to_str().unwrap(), document.to_str().unwrap()]);
        assert!(checked.unwrap().status.success(), "{}", signature.display());
    }
}
