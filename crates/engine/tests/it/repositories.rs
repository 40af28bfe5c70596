//! What a house sees in a repository and beside it.

use std::{collections::BTreeMap, path::PathBuf};

use case::{
    Actor, CaseId, Command, CommandId, Gate, LineKey, Terms,
    event::{Decision, LineVerdict, Triage},
    observation::Observation,
    readiness::{self, Answer, Fact, Standing},
};
use git::{Cache, Oid, fixture::RepoBuilder};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    house::{House, Shown},
    published::{decide, now},
};

const BUGGY: &str = "fn read(input) {\n    take(input.length)\n}\n";
const FIXED: &str =
    "fn read(input) {\n    refuse_if(input.length > limit)\n    take(input.length)\n}\n";

/// A case about one repository, whose line 1.0 gets a fix.
pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) builder: RepoBuilder,
    pub(crate) house: House,
    pub(crate) case: CaseId,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::of(House::new(), tempfile::tempdir().unwrap())
    }

    /// A house that keeps what it reads of histories, beside the repository.
    pub(crate) fn keeping() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut house = House::new();
        house.engine = house.engine.keeping(Cache::new(folder.path().join("kept")));
        Self::of(house, folder)
    }

    fn of(house: House, folder: TempDir) -> Self {
        let mut builder = RepoBuilder::create(folder.path().join("example")).unwrap();
        builder.commit_file("read.rs", BUGGY, "Begin").unwrap();
        builder.tag("v1.0.0").unwrap();
        builder.branch("1.0", "main").unwrap();
        house.script.lock().unwrap().repository = Some(Shown {
            mirror: builder.folder().to_owned(),
            lines: vec!["main".into(), "1.0".into()],
            default_branch: "main".into(),
            private: None,
            artefacts: None,
        });
        let case = house.report(1, None).case;
        let reason = "it is one".to_owned();
        decide(&house, case, Decision::Triage { verdict: Triage::Accepted, reason });
        let world = Self { folder, builder, house, case };
        world.look();
        for (line, version) in [("1.0", Some("1.0.1".to_owned())), ("main", None)] {
            let (line, verdict) = (key(line), LineVerdict::Patch { version });
            decide(&world.house, case, Decision::Line { line, verdict });
        }
        world
    }

    /// Fixes the bug on a branch, and says so.
    pub(crate) fn fix(&mut self, branch: &str) -> Oid {
        self.builder.checkout(branch).unwrap();
        let fix = self.builder.commit_file("read.rs", FIXED, "Tidy up").unwrap();
        self.declare(branch, &fix);
        fix
    }

    pub(crate) fn declare(&self, line: &str, fix: &Oid) {
        let (line, commits) = (key(line), vec![fix.to_string()]);
        decide(&self.house, self.case, Decision::Fix { line, commits });
    }

    pub(crate) fn look(&self) {
        self.house.pass(61);
    }

    fn show_artefacts(&self, of_tag: &[(&str, &[&PathBuf])]) {
        let all = of_tag.iter().map(|(tag, paths)| {
            ((*tag).to_owned(), paths.iter().map(|path| (*path).clone()).collect())
        });
        let all: BTreeMap<String, Vec<PathBuf>> = all.collect();
        self.house.script.lock().unwrap().repository.as_mut().unwrap().artefacts = Some(all);
    }

    /// Has an archive of a tag lie under a name.
    fn archive(&self, name: &str, tag: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        let to = path.display().to_string();
        self.builder.git(&["archive", "--prefix=p-1.0.1/", "-o", &to, tag]).unwrap();
        path
    }

    /// What the readiness matrix says of line 1.0 after another look.
    pub(crate) fn answer(&self, fact: Fact) -> String {
        self.look();
        let case = now(&self.house, self.case);
        let rows = readiness::matrix(&case);
        let row = rows.iter().find(|row| *row.key == key("1.0")).unwrap();
        let (_, answer) = row.facts.iter().find(|(known, _)| *known == fact).unwrap();
        match answer {
            Answer::Seen(what) => format!("seen: {what}"),
            Answer::Wrong(what) => format!("wrong: {what}"),
            Answer::Doubtful(what) => format!("doubtful: {what}"),
            Answer::NotYet => "not yet".into(),
            other => format!("{other:?}"),
        }
    }

    /// Where line 1.0 stands after another look.
    pub(crate) fn standing(&self) -> Standing {
        self.look();
        let case = now(&self.house, self.case);
        let rows = readiness::matrix(&case);
        rows.into_iter().find(|row| *row.key == key("1.0")).unwrap().standing
    }

    /// What the step of the releases lacks after another look.
    fn releases_lack(&self) -> Vec<String> {
        self.look();
        let view = self.house.engine.view(self.case, Actor::House).unwrap();
        view.checklist.item("releases").unwrap().status.missing().to_vec()
    }

    /// What of it keeps the gate to the publication shut.
    fn shut(&self) -> Vec<String> {
        let view = self.house.engine.view(self.case, Actor::House).unwrap();
        let verdict = view.checklist.verdict();
        let missing = verdict.missing(Gate::Publish).iter();
        missing.filter(|it| it.step.0 == "releases").map(|it| it.what.clone()).collect()
    }

    /// What the house keeps of histories.
    pub(crate) fn kept(&self) -> Vec<PathBuf> {
        let files = std::fs::read_dir(self.folder.path().join("kept")).into_iter().flatten();
        files.map(|file| file.unwrap().path()).collect()
    }

    pub(crate) fn events(&self) -> u64 {
        now(&self.house, self.case).head
    }
}

pub(crate) fn key(line: &str) -> LineKey {
    LineKey::new("example", line)
}

#[test]
fn artefacts_are_looked_into_again_when_they_change() {
    let mut world = World::new();
    world.fix("1.0");
    world.builder.tag("v1.0.1").unwrap();
    assert_eq!(world.answer(Fact::Tagged), "seen: 1.0.1 contains the fix");
    assert_eq!(world.answer(Fact::Found), "Untold(\"no artefact is shown to this house\")");

    world.show_artefacts(&[]);
    assert_eq!(world.answer(Fact::Found), "not yet");
    let of_another = world.archive("p-1.0.0.zip", "v1.0.0");
    world.show_artefacts(&[("v1.0.0", &[&of_another])]);
    assert_eq!(world.answer(Fact::Built), "not yet");

    let zip = world.archive("p.zip", "v1.0.1");
    world.show_artefacts(&[("v1.0.1", &[&zip])]);
    assert_eq!(world.answer(Fact::Found), "seen: in all of 1");
    assert_eq!(world.answer(Fact::Built), "seen: p.zip");
    let quiet = world.events();
    world.look();
    assert_eq!(world.events(), quiet, "nothing new, nothing said");

    // Built anew from the wrong commit, under the same name.
    world.archive("p.zip", "v1.0.0");
    assert_eq!(world.answer(Fact::Found), "wrong: p.zip does not have it");
    let tar = world.archive("p.tar.gz", "v1.0.1");
    world.show_artefacts(&[("v1.0.1", &[&tar, &zip])]);
    assert_eq!(world.answer(Fact::Found), "wrong: p.zip does not have it");
    world.archive("p.zip", "v1.0.1");
    assert_eq!(world.answer(Fact::Found), "seen: in all of 2");

    std::fs::write(&zip, "PK\x03\x04 and no more").unwrap();
    let cut = world.answer(Fact::Found);
    assert!(cut.starts_with("doubtful: p.zip: "), "{cut}");
    std::fs::remove_file(&zip).unwrap();
    let gone = world.answer(Fact::Found);
    assert!(gone.starts_with("doubtful: p.zip: "), "{gone}");
}

#[test]
fn a_file_that_changes_inside_a_folder_is_noticed() {
    let mut world = World::new();
    world.fix("1.0");
    world.builder.tag("v1.0.1").unwrap();
    let folder = world.folder.path().join("p-1.0.1");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("read.rs"), FIXED).unwrap();
    world.show_artefacts(&[("v1.0.1", &[&folder])]);
    assert_eq!(world.answer(Fact::Found), "seen: in all of 1");
    world.look();
    world.look();
    std::fs::write(folder.join("read.rs"), BUGGY).unwrap();
    assert_eq!(world.answer(Fact::Found), "wrong: p-1.0.1 does not have it");
}

#[test]
fn a_fix_that_is_taken_back_is_noticed_and_so_is_its_return() {
    let mut world = World::new();
    let fix = world.fix("1.0");
    assert_eq!(world.standing(), Standing::MergedUntagged);
    let back = world.builder.revert(fix.as_str()).unwrap();
    let lost = |version: Option<&str>, by: &Oid| Standing::Reverted {
        version: version.map(Into::into),
        by: vec![by.to_string()],
    };
    assert_eq!(world.standing(), lost(None, &back));
    world.builder.tag("v1.0.1").unwrap();
    assert_eq!(world.standing(), lost(Some("1.0.1"), &back));
    world.look();
    let quiet = world.events();
    world.look();
    assert_eq!(world.events(), quiet, "nothing new, nothing said");

    world.builder.revert(back.as_str()).unwrap();
    world.builder.tag("v1.0.2").unwrap();
    assert_eq!(world.standing(), Standing::FixedIn("1.0.2".into()));
    // Lines that went for another reason were not taken back.
    world.builder.commit_file("read.rs", "fn read(input) {\n}\n", "Rewrite").unwrap();
    assert_eq!(world.standing(), Standing::FixedIn("1.0.2".into()));
}

#[test]
fn a_release_that_loses_the_fix_opens_its_step_again() {
    let mut world = World::new();
    let fix = world.fix("1.0");
    world.builder.tag("v1.0.1").unwrap();
    world.fix("main");
    assert_eq!(world.releases_lack(), [""; 0]);
    assert!(world.shut().is_empty(), "{:?}", world.shut());

    // The branch alone is no release.
    world.builder.checkout("1.0").unwrap();
    world.builder.revert(fix.as_str()).unwrap();
    assert_eq!(world.releases_lack(), [""; 0]);
    world.builder.tag("v1.0.2").unwrap();
    let lost = "a release of example#1.0 that has the fix again: 1.0.2 lost it";
    assert_eq!(world.releases_lack(), [lost]);
    assert_eq!(world.shut(), [lost]);
    assert!(matches!(world.standing(), Standing::Reverted { version: Some(_), .. }));

    world.builder.revert("HEAD").unwrap();
    world.builder.tag("v1.0.3").unwrap();
    assert_eq!(world.releases_lack(), [""; 0]);
    // Lost without a word of a revert.
    world.builder.commit_file("read.rs", BUGGY, "Rewrite").unwrap();
    world.builder.tag("v1.0.4").unwrap();
    assert_eq!(world.releases_lack(), [lost.replace("1.0.2", "1.0.4")]);
    assert!(!matches!(world.standing(), Standing::FixedIn(_)));
    world.builder.git(&["tag", "-d", "v1.0.4"]).unwrap();
    assert_eq!(world.releases_lack(), [""; 0], "it was withdrawn");

    // On the default branch, which has no releases, the branch is what counts.
    world.builder.checkout("main").unwrap();
    world.builder.revert("HEAD").unwrap();
    assert_eq!(world.releases_lack(), ["a release of example#main that contains the fix"]);
}

#[test]
fn a_release_whose_tag_is_withdrawn_counts_no_more() {
    let mut world = World::new();
    world.fix("1.0");
    world.fix("main");
    world.builder.checkout("1.0").unwrap();
    let missing = "a release of example#1.0 that contains the fix";
    assert_eq!(world.releases_lack(), [missing]);
    world.builder.tag("v1.0.1").unwrap();
    assert_eq!(world.releases_lack(), [""; 0]);
    world.builder.git(&["tag", "-d", "v1.0.1"]).unwrap();
    assert_eq!(world.releases_lack(), [missing]);
    assert_eq!(world.standing(), Standing::Untold { version: "1.0.1".into() });
    let quiet = world.events();
    world.look();
    assert_eq!(world.events(), quiet, "nothing new, nothing said");
    world.builder.tag("v1.0.1").unwrap();
    assert_eq!(world.releases_lack(), [""; 0]);
    assert_eq!(world.standing(), Standing::FixedIn("1.0.1".into()));
}

#[test]
fn a_revert_that_was_made_elsewhere_and_picked_is_one_too() {
    let mut world = World::new();
    let original = world.fix("main");
    world.builder.checkout("1.0").unwrap();
    world.builder.commit_file("other.rs", "x\n", "Begin another").unwrap();
    let pick = world.builder.cherry_pick(original.as_str(), true).unwrap();
    world.declare("1.0", &pick);
    assert_eq!(world.standing(), Standing::MergedUntagged);
    world.builder.checkout("main").unwrap();
    let back = world.builder.revert(original.as_str()).unwrap();
    world.builder.checkout("1.0").unwrap();
    assert_eq!(world.standing(), Standing::MergedUntagged, "it is on main only");
    let picked = world.builder.cherry_pick(back.as_str(), true).unwrap();
    let by = vec![picked.to_string()];
    assert_eq!(world.standing(), Standing::Reverted { version: None, by });
}

#[test]
fn a_backport_is_held_against_the_fix_on_the_default_branch() {
    let mut world = World::new();
    let fix = world.fix("1.0");
    assert!(world.answer(Fact::Same).contains("no fix is declared on the default branch"));
    let original = world.fix("main");
    let short = original.to_string().chars().take(10).collect::<String>();
    assert_eq!(world.answer(Fact::Same), format!("seen: every line of {short}"));
    world.builder.checkout("1.0").unwrap();
    world.builder.revert(fix.as_str()).unwrap();
    let by_hand = FIXED.replace("limit", "old_limit");
    let adapted = world.builder.commit_file("read.rs", &by_hand, "Tidy up").unwrap();
    world.declare("1.0", &adapted);
    let expected =
        format!("doubtful: adapted: 0 of 1 lines of {short} and 1 of its own; to be reviewed");
    assert_eq!(world.answer(Fact::Same), expected);
}

#[test]
fn what_is_kept_of_histories_changes_nothing_that_is_seen() {
    let mut worlds = [World::new(), World::keeping()];
    let see = |worlds: &mut [World; 2], act: &dyn Fn(&mut World)| {
        let [without, with] = worlds.each_mut().map(|world| {
            act(world);
            let standing = world.standing();
            (standing, now(&world.house, world.case).lines)
        });
        assert_eq!(with, without);
        with.0
    };
    see(&mut worlds, &|world| drop(world.fix("1.0")));
    assert!(worlds[0].kept().is_empty() && !worlds[1].kept().is_empty());
    let lost = see(&mut worlds, &|world| drop(world.builder.revert("HEAD").unwrap()));
    assert!(matches!(lost, Standing::Reverted { .. }));
    // Damaged, cut short, or not there at all.
    for spoil in [
        (|file| {
            let mut bytes = std::fs::read(file).unwrap();
            *bytes.last_mut().unwrap() ^= 1;
            std::fs::write(file, bytes).unwrap();
        }) as fn(&PathBuf),
        |file| std::fs::write(file, "").unwrap(),
        |file| std::fs::remove_file(file).unwrap(),
    ] {
        worlds[1].kept().iter().for_each(spoil);
        let again = see(&mut worlds, &|world| {
            world.builder.revert("HEAD").unwrap();
            world.builder.commit_file("other.rs", "x\n", "Go on").unwrap();
            // A damaged block is found when it is asked for, and the next look reads all anew.
            world.look();
        });
        assert_eq!(again, Standing::MergedUntagged);
        let lost = see(&mut worlds, &|world| {
            world.builder.revert("HEAD^").unwrap();
        });
        assert!(matches!(lost, Standing::Reverted { .. }));
    }
}

#[test]
fn of_a_private_fork_nothing_is_kept() {
    let mut world = World::keeping();
    let private = world.folder.path().join("private");
    let to = private.display().to_string();
    world.builder.git(&["clone", "--quiet", "--mirror", ".", &to]).unwrap();
    world.house.script.lock().unwrap().repository.as_mut().unwrap().private = Some(private);
    let fork = Observation::Fork { url: "https://forge.example/private".into() };
    let (id, fork) = (CommandId(world.house.engine.draw()), Command::Observe(Box::new(fork)));
    world.house.engine.execute(world.case, Actor::House, id, &fork, "test").unwrap();
    let fix = world.fix("1.0");
    world.builder.git(&["push", "--quiet", &to, "HEAD:refs/heads/1.0"]).unwrap();
    world.builder.git(&["reset", "--quiet", "--hard", "HEAD^"]).unwrap();
    assert_eq!(world.standing(), Standing::PreparedPrivately);
    let mut kept = world.kept();
    assert_eq!(kept.len(), 1, "of the public repository: {kept:?}");
    let history = std::fs::read(kept.remove(0)).unwrap();
    let name = data_encoding::HEXLOWER.decode(fix.as_str().as_bytes()).unwrap();
    assert!(!history.windows(name.len()).any(|bytes| bytes == name));
}

#[test]
fn an_export_has_the_readiness_matrix() {
    let mut world = World::new();
    let fix = world.fix("1.0");
    let back = world.builder.revert(fix.as_str()).unwrap();
    world.look();
    let ada = Actor::Person(world.house.ada);
    let export = world.house.engine.export(world.case, ada).unwrap();
    let all: Value = serde_json::from_slice(&export.files["readiness.json"]).unwrap();
    let [line, main] = all["lines"].as_array().unwrap().as_slice() else { panic!("{all}") };
    assert_eq!((&all["v"], &line["line"]), (&1.into(), &"example#1.0".into()));
    assert_eq!(line["verdict"], json!({"patch": {"version": "1.0.1"}}));
    let by = json!([back.to_string()]);
    assert_eq!(line["standing"], json!({"reverted": {"version": null, "by": by}}));
    let short: String = back.to_string().chars().take(10).collect();
    assert_eq!(line["facts"]["public"], json!({"wrong": format!("taken back by {short}")}));
    assert_eq!(line["facts"]["tagged"], "not-yet");
    assert_eq!(line["facts"]["noted"], json!({"untold": "nobody has told"}));
    assert_eq!(line["facts"].as_object().unwrap().len(), Fact::ALL.len());
    assert_eq!((&main["default_branch"], &main["standing"]), (&true.into(), &"vulnerable".into()));
}

/// A public commit that names Rita, who reported it, and what it was about.
#[test]
fn chosen_terms_are_looked_for_and_everyday_ones_block_nothing() {
    let mut world = World::new();
    world.builder.author("Rita", "r@elsewhere.example");
    world.builder.checkout("1.0").unwrap();
    let fix = world.builder.commit_file("read.rs", FIXED, "Limit the frobnicator").unwrap();
    world.declare("1.0", &fix);
    let words = |world: &World| {
        // One look sees the fix, the next one what is said of it.
        world.look();
        world.look();
        let words = now(&world.house, world.case).lines[&key("1.0")].words.clone().unwrap();
        (words.blocks.len(), words.warnings.len())
    };
    let choose = |world: &World, text: &str| {
        decide(&world.house, world.case, Decision::Terms { terms: Terms::of(text) });
    };
    assert_eq!(words(&world), (1, 0), "its author");
    choose(&world, "frobnicator");
    assert_eq!(words(&world), (2, 0));
    choose(&world, "frobnicator\neveryday: rita");
    assert_eq!(words(&world), (1, 1));
    choose(&world, "everyday: rita\neveryday: frobnicator");
    assert_eq!(words(&world), (0, 2));
}
