//! `fermata export`

#![cfg(test)]

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use case::{CaseId, CommandId, PersonId};
use counterparts::SystemClock;
use engine::{Engine, Parts, Project, Read, Texts};
use serde_json::json;
use store::{
    Append, Batch, Entry, Expected, Journal as _, KeySource, Kind, OsEntropy, Scope, Seq, Settings,
    SqliteStore, StreamId,
};

use crate::program::{Ended, Place, keys};

pub(crate) const ADA: &str = "ada@signpost.example";
/// Writes the fix; no member of the team.
const BEA: &str = "bea@signpost.example";

/// A drill that was played to its end and kept, with the house in it.
pub(crate) struct Kept {
    pub(crate) place: Place,
}

impl Kept {
    pub(crate) fn new() -> Self {
        let place = Place::new();
        let ended = place.run(&["drill", "--keep", "kept"]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        Self { place }
    }

    fn store(&self) -> SqliteStore {
        let (dir, entropy) = (self.place.path().join("kept/house"), Arc::new(OsEntropy));
        let (kind, key) = (Kind::Drill, KeySource::InDataDir);
        SqliteStore::open(&Settings { dir, kind, key, entropy }).unwrap()
    }

    /// Does something in the house while no program has it open.
    pub(crate) fn inside<T>(&self, deed: impl FnOnce(&Engine) -> T) -> T {
        deed(&Engine::new(Parts {
            store: Arc::new(self.store()),
            ports: counterparts::ports("clones".into(), None),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(OsEntropy),
            playbooks: playbook::shipped("contour").into_iter().collect(),
            texts: Texts::load(None).unwrap(),
        }))
    }

    pub(crate) fn project(&self) -> Project {
        self.inside(|engine| engine.projects().unwrap().remove(0))
    }

    fn case(&self) -> (CaseId, String, PersonId) {
        self.inside(|engine| {
            let ada = engine.find_person(&ADA.parse().unwrap()).unwrap().unwrap();
            let page = engine.cases(ada, None, 10).unwrap();
            let case = page.cases.first().unwrap();
            (case.case, case.codename.clone(), ada)
        })
    }

    fn export(&self, reader: &str, case: &str, folder: &str) -> Ended {
        let data = ["export", "--json", "--data", "kept/house", "--for", reader, case, folder];
        self.place.run(&data)
    }
}

/// Every file below a folder, by its path.
pub(crate) fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path);
        }
    }
    found
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_case_is_written_once_for_who_may_read_it_and_that_is_recorded() {
    let kept = Kept::new();
    let (id, codename, ada) = kept.case();
    let ended = kept.export(ADA, &codename, "taken");
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{ended:?}");
    let answer = &ended.documents()[0];
    let shape = ["v", "case", "codename", "written", "files", "without_identity"];
    assert_eq!(keys(answer).into_iter().collect::<BTreeSet<_>>(), shape.into());
    assert_eq!((&answer["case"], &answer["codename"]), (&json!(id.to_string()), &json!(codename)));
    let taken = kept.place.path().join("taken");
    let found = files(&taken);
    assert_eq!(json!(found.len()), answer["files"]);
    for path in [
        "case.json",
        "readiness.json",
        "advisory.json",
        "journal.jsonl",
        "timeline.txt",
        "records/ghsa.json",
    ] {
        assert!(found.contains(&taken.join(path)), "{path}: {found:?}");
    }
    assert!(found.iter().any(|path| path.starts_with(taken.join("mails"))));
    assert_eq!((mode(&taken), mode(&taken.join("records"))), (0o700, 0o700));
    assert!(found.iter().all(|path| mode(path) == 0o600));
    let timeline = fs::read_to_string(taken.join("timeline.txt")).unwrap();
    let first = timeline.lines().next().unwrap();
    assert!(first.contains(&format!("Fermata opened the case {codename}")), "{first}");
    let checked = kept.place.run(&["check", "taken/records/ghsa.json"]);
    assert_eq!(checked.code, Some(0), "{checked:?}");

    let again = kept.export(ADA, &id.to_string(), "taken");
    assert_eq!((again.code, again.out.as_str()), (Some(2), ""), "nothing is overwritten");
    assert!(again.err.contains("hint: name a folder that does not exist yet"), "{}", again.err);
    let here = fs::read_dir(kept.place.path()).unwrap();
    let left: Vec<_> = here.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "nothing half written stays: {left:?}");

    let stream = StreamId::new(format!("case/{id}/reads")).unwrap();
    let reads = kept.inside(|engine| {
        let records = engine.store().read(&Scope::house("test"), &stream, Seq::FIRST).unwrap();
        let read = |record: &store::Recorded| -> Read {
            serde_json::from_slice(record.payload.as_bytes().unwrap()).unwrap()
        };
        records.iter().map(read).filter(|read| read.what == "export").collect::<Vec<_>>()
    });
    assert!(!reads.is_empty());
    assert!(reads.iter().all(|read| read.actor == case::Actor::Person(ada)));
}

#[test]
fn who_may_not_see_the_reporter_gets_less_and_who_may_not_read_gets_nothing() {
    let kept = Kept::new();
    let (_, codename, _) = kept.case();
    let ended = kept.export(BEA, &codename, "lesser");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.documents()[0]["without_identity"], json!(true));
    assert!(ended.err.contains("name the reporter"), "{}", ended.err);
    for path in files(&kept.place.path().join("lesser")) {
        let text = String::from_utf8(fs::read(&path).unwrap()).unwrap();
        assert!(!text.contains("fiona@research.example"), "{}", path.display());
    }
    for (reader, case, says) in [
        ("nobody@signpost.example", codename.as_str(), "nobody here has the address"),
        (ADA, "no-such-case", "knows of no case"),
        (ADA, "00000000000000000000000000000000", "knows of no case"),
        ("no address", codename.as_str(), "invalid value"),
    ] {
        let ended = kept.export(reader, case, "nothing");
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{reader} {case}: {ended:?}");
        assert!(ended.err.contains(says), "{}", ended.err);
        assert!(!kept.place.path().join("nothing").exists());
    }
}

#[test]
fn a_case_that_cannot_be_read_is_refused_in_words() {
    let kept = Kept::new();
    let (id, _, _) = kept.case();
    let store = kept.store();
    let stream = StreamId::new(format!("case/{id}")).unwrap();
    let event = Entry::content(br#"{"from":"a later version"}"#.to_vec());
    let command = store::CommandId(CommandId([9; 16]).0);
    let append = Append::new(stream, Expected::Any, command, vec![event]);
    store
        .commit(&Scope::house("test"), Batch { appends: vec![append], ..Batch::default() })
        .unwrap();
    drop(store);
    let ended = kept.export(ADA, &id.to_string(), "nothing");
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{ended:?}");
    assert!(ended.err.contains("cannot be read by this version"), "{}", ended.err);
    assert!(!kept.place.path().join("nothing").exists());
}
