//! Which changes of a fix are found, and what their absence means.

use lineage::{
    Fix,
    artefact::{Absence, Evidence, HunkState, Limits, Outcome, Part, look_into},
};

use super::{Project, core};

const WHOLE: [(&str, &str); 3] = [
    ("src/pkg/core.py", "core.py"),
    ("src/pkg/names.py", "names.py"),
    ("src/pkg/limits.py", "limits.py"),
];

#[test]
fn archives_of_every_form_are_looked_into() {
    let project = Project::new();
    for (name, prefix) in
        [("p.tar", "p-1.2.3/"), ("p.tar.gz", "package/"), ("p.zip", "example.org/p@v1.2.3/")]
    {
        let path = project.archive(&project.fix, name, prefix);
        let finding = project.look(&path).unwrap();
        assert_eq!(finding.outcome, Outcome::Fixed, "{name}: {finding:?}");
        assert_eq!((finding.form.name(), finding.known_files), (&name[2..], 5));
        assert_eq!(finding.commits, std::slice::from_ref(&project.fix));
        if name != "p.zip" {
            assert_eq!(finding.made_from.as_deref(), Some(project.fix.as_str()));
        }
        let path = project.archive(&project.before, name, prefix);
        assert_eq!(project.answer(&path), "not fixed", "{name}");
    }
}

#[test]
fn each_change_has_its_evidence() {
    let project = Project::new();
    let path = project.archive(&project.fix, "p.tar", "p-1/");
    let finding = project.look(&path).unwrap();
    let told: Vec<_> = finding
        .files
        .iter()
        .map(|file| (file.path.as_str(), file.entry.as_deref(), file.part, file.counts))
        .collect();
    assert_eq!(
        told,
        [
            ("src/pkg/core.py", Some("p-1/src/pkg/core.py"), Part::Product, true),
            ("src/pkg/legacy.py", None, Part::Product, true),
            ("src/pkg/limits.py", Some("p-1/src/pkg/limits.py"), Part::Product, true),
            ("tests/test_core.py", Some("p-1/tests/test_core.py"), Part::Beside, false),
        ]
    );
    let hunks = &finding.files.first().unwrap().hunks;
    let told: Vec<_> = hunks.iter().map(|h| (h.line, h.removed, h.added, h.evidence)).collect();
    assert_eq!(told, [(1, 0, 1, Evidence::SameBytes), (25, 1, 1, Evidence::SameBytes)]);
    let gone = finding.files.iter().find(|file| file.path.ends_with("legacy.py")).unwrap();
    assert_eq!(gone.hunks.first().unwrap().evidence, Evidence::Absence);
}

#[test]
fn a_wheel_leaves_the_tests_and_a_folder_out() {
    let project = Project::new();
    let path = project.folder(&project.fix, "wheel", &WHOLE);
    let finding = project.look(&path).unwrap();
    assert_eq!(finding.outcome, Outcome::Fixed, "{finding:?}");
    let left: Vec<_> = finding.left_out.iter().map(|l| (l.path.as_str(), l.why)).collect();
    assert_eq!(left, [("tests/test_core.py", Absence::ByRule(Part::Beside))]);
}

#[test]
fn a_release_that_was_changed_since_still_has_the_fix() {
    let project = Project::new();
    let path = project.folder(&project.fix, "later", &WHOLE);
    let text = core("    refuse(text, LIMIT)\n", "    check(text)\n");
    let told = |text: String| {
        std::fs::write(path.join("core.py"), text).unwrap();
        let finding = project.look(&path).unwrap();
        let hunks: Vec<_> =
            finding.files.first().unwrap().hunks.iter().map(|h| (h.status, h.evidence)).collect();
        (finding.outcome.to_string(), hunks)
    };
    let fixed = |evidence| (HunkState::Fixed, evidence);
    // Far away from the fix; with other line ends; within the lines around it.
    assert_eq!(
        told(text.replace("middle", "centre")),
        ("fixed".into(), vec![fixed(Evidence::Context); 2])
    );
    assert_eq!(
        told(text.replace('\n', "\r\n")),
        ("fixed".into(), vec![fixed(Evidence::Context); 2])
    );
    assert_eq!(
        told(text.replace("step(1)", "stride(1)")),
        ("fixed".into(), vec![fixed(Evidence::Lines), fixed(Evidence::Context)])
    );
}

#[test]
fn half_a_fix_is_told_in_numbers() {
    let project = Project::new();
    let path = project.folder(&project.fix, "half", &WHOLE);
    std::fs::write(path.join("core.py"), core("    refuse(text, LIMIT)\n", "    trust(text)\n"))
        .unwrap();
    // Two places in one file, one file that came and one that went.
    assert_eq!(project.answer(&path), "partly 3/4");
    std::fs::remove_file(path.join("limits.py")).unwrap();
    assert_eq!(project.answer(&path), "partly 2/4");
    std::fs::write(path.join("legacy.py"), "def old(text):\n    return eval(text)\n").unwrap();
    std::fs::write(path.join("core.py"), core("", "    trust(text)\n")).unwrap();
    assert_eq!(project.answer(&path), "not fixed");
}

#[test]
fn what_cannot_be_told_is_not_guessed() {
    let project = Project::new();
    let path = project.folder(&project.fix, "foreign", &[]);
    std::fs::create_dir_all(&path).unwrap();
    std::fs::write(path.join("index.js"), "let a=1\n").unwrap();
    assert_eq!(project.answer(&path), "cannot be told: it holds no file of this repository");
    let path = project.folder(&project.fix, "partial", &[("setup.py", "p-1/setup.py")]);
    let finding = project.look(&path).unwrap();
    assert_eq!(finding.outcome.to_string(), "cannot be told: no file of the fix is in it");
    assert!(finding.left_out.iter().any(|left| left.why == Absence::Untold));
    // Another implementation under the same name, and no word of the fix.
    let path = project.folder(&project.fix, "other", &WHOLE[..2]);
    std::fs::write(path.join("core.py"), "from fast import parse\n").unwrap();
    std::fs::write(path.join("legacy.py"), "old = None\n").unwrap();
    std::fs::write(path.join("limits.py"), "limits = None\n").unwrap();
    assert_eq!(
        project.answer(&path),
        "cannot be told: its code is neither what the fix made nor what it replaced"
    );
}

#[test]
fn only_the_folder_that_was_packed_is_judged() {
    let project = Project::new();
    let path = project.folder(
        &project.before,
        "elsewhere",
        &[("src/pkg/names.py", "names.py"), ("src/pkg/core.py", "core.py")],
    );
    let mut builder = project.builder.clone();
    let fix = builder.commit_file("tools/build.py", "compile(safely=True)\n", "Compile safely");
    let fix = fix.unwrap();
    let repo = builder.open().unwrap();
    let finding = look_into(&repo, &[Fix::one(fix)], &path, &Limits::default()).unwrap();
    let why: Vec<_> = finding.left_out.iter().map(|left| left.why).collect();
    assert_eq!((finding.outcome.is_fixed(), why), (false, vec![Absence::Elsewhere]));
}

#[test]
fn of_equivalents_the_best_counts_and_all_parts_are_needed() {
    let project = Project::new();
    let mut builder = project.builder.clone();
    builder.branch("release-1", project.before.as_str()).unwrap();
    let adapted = core("    refuse_long(text)\n", "    check(text)\n");
    let backport = builder.commit_file("src/pkg/core.py", &adapted, "Backport").unwrap();
    let second = builder.commit_file("src/pkg/names.py", "NAMES = ()\n", "Second part").unwrap();
    let path = project.archive(&backport, "backport.tar", "p-0.9/");
    let repo = builder.open().unwrap();
    let look = |fixes: &[Fix]| {
        let finding = look_into(&repo, fixes, &path, &Limits::default()).unwrap();
        (finding.outcome.to_string(), finding.commits)
    };
    assert_eq!(project.answer(&path), "partly 1/4");
    let either = Fix { parts: vec![vec![project.fix.clone(), backport.clone()]] };
    assert_eq!(look(&[either]), ("fixed".into(), vec![backport.clone()]));
    let alone = [Fix::one(project.fix.clone()), Fix::one(backport.clone())];
    assert_eq!(look(&alone), ("fixed".into(), vec![backport.clone()]));
    let both = Fix { parts: vec![vec![backport.clone()], vec![second.clone()]] };
    assert_eq!(look(&[both]), ("partly 2/3".into(), vec![backport, second]));
    let none = look_into(&repo, &[Fix { parts: Vec::new() }], &path, &Limits::default());
    assert!(matches!(none, Err(lineage::Error::EmptyFix)));
}

#[test]
fn a_fix_of_tests_alone_is_judged_by_them() {
    let project = Project::new();
    let mut builder = project.builder.clone();
    let fix =
        builder.commit_file("tests/test_core.py", "def test_more():\n    parse('')\n", "Test");
    let fix = fix.unwrap();
    let path = project.archive(&fix, "t.tar", "p-1/");
    let repo = builder.open().unwrap();
    let finding = look_into(&repo, &[Fix::one(fix)], &path, &Limits::default()).unwrap();
    assert_eq!(finding.outcome, Outcome::Fixed);
}

#[test]
fn links_are_not_followed() {
    let project = Project::new();
    let path = project.folder(&project.fix, "links", &WHOLE);
    let secret = project.path("secret.py");
    std::fs::rename(path.join("core.py"), &secret).unwrap();
    std::os::unix::fs::symlink(&secret, path.join("core.py")).unwrap();
    std::os::unix::fs::symlink("/", path.join("root")).unwrap();
    let finding = project.look(&path).unwrap();
    assert!(finding.files.first().unwrap().hunks.iter().all(|h| h.evidence == Evidence::Unread));
    assert_eq!(finding.outcome, Outcome::Partly { found: 2, expected: 4 });
}
