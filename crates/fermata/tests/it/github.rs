//! `fermata guard --github`: what a job's log says, read as the machine that runs the job reads it.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use git::fixture::RepoBuilder;

use crate::program::{Ended, Place, finish};

/// A command to the machine.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    command: String,
    properties: BTreeMap<String, String>,
    message: String,
}

/// All commands in a log, as the machine takes them: on a line of their own, or behind `##[`.
fn told(log: &str) -> Vec<Told> {
    let unescaped = |text: &str| {
        let text = text.replace("%0D", "\r").replace("%0A", "\n");
        text.replace("%3A", ":").replace("%2C", ",").replace("%25", "%")
    };
    let read = |line: &str| {
        let Some(rest) = line.trim_start().strip_prefix("::") else {
            assert!(!line.contains("##["), "{line}");
            return None;
        };
        let (head, message) = rest.split_once("::")?;
        let (command, properties) = head.split_once(' ').unwrap_or((head, ""));
        let pairs = properties.split(',').filter_map(|pair| pair.split_once('='));
        Some(Told {
            command: command.to_owned(),
            properties: pairs.map(|(key, value)| (key.to_owned(), unescaped(value))).collect(),
            message: unescaped(message),
        })
    };
    log.split(['\n', '\r']).filter_map(read).collect()
}

fn file(told: &Told) -> Option<(&str, &str)> {
    Some((told.properties.get("file")?, told.properties.get("line")?))
}

/// Commits on `fix`, with what each adds.
struct Job {
    place: Place,
    repo: RepoBuilder,
}

impl Job {
    fn new() -> Self {
        let place = Place::new();
        place.file("terms.txt", "codename: amber heron\n");
        let mut repo = RepoBuilder::create(place.path().join("repo")).unwrap();
        repo.commit_file("a.txt", "one\ntwo\nthree\nfour\n", "Begin").unwrap();
        repo.branch("fix", "main").unwrap();
        Self { place, repo }
    }

    fn ran(&self, arguments: &[&str]) -> Ended {
        let mut command = self.place.program();
        command.env("GITHUB_STEP_SUMMARY", self.place.path().join("summary.md"));
        command.args(["guard", "commits", "main..fix", "--repo", "repo", "--terms", "terms.txt"]);
        finish(command.args(arguments), b"")
    }

    fn summary(&self) -> String {
        fs::read_to_string(self.place.path().join("summary.md")).unwrap_or_default()
    }
}

#[test]
fn a_line_of_a_file_is_marked_and_the_words_are_nowhere() {
    let mut job = Job::new();
    let text = "one\ntwo\nnew\nthree\n// for the AmberHeron\nfour\n";
    let oid = job.repo.commit_file("a.txt", text, "Say CVE-2024-12345").unwrap().to_string();
    let ended = job.ran(&["--github"]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(1), ""));
    let told = told(&ended.out);
    assert_eq!(told.len(), ended.out.lines().count());
    let [message, line] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((message.command.as_str(), file(message)), ("warning", None));
    assert_eq!(message.properties["title"], "fermata: cve-id");
    assert!(message.message.starts_with(&format!("{oid}:message: ")), "{}", message.message);
    assert_eq!((line.command.as_str(), file(line)), ("error", Some(("a.txt", "5"))));
    assert!(line.message.starts_with(&format!("{oid}:added: the codename")), "{}", line.message);
    for log in [ended.out, job.summary()] {
        let log = log.to_lowercase();
        assert!(!log.contains("heron") && !log.contains("12345"), "{log}");
    }
    assert_eq!(job.summary().lines().filter(|line| line.starts_with("| ")).count(), 3);
    assert!(job.summary().contains("a&#46;txt&#44; line 5</code>"), "{}", job.summary());
}

#[test]
fn codes_and_what_counts_are_those_of_any_other_form() {
    let mut job = Job::new();
    assert_eq!((job.ran(&["--github"]).code, job.summary().as_str()), (Some(0), ""));
    job.repo.commit_file("a.txt", "see CVE-2024-12345\n", "More").unwrap();
    assert_eq!(told(&job.ran(&["--github"]).out).len(), 1);
    let calm = job.ran(&["--github", "--severity", "block"]);
    assert_eq!((calm.code, calm.out.as_str()), (Some(0), ""));
    assert_eq!(job.ran(&["--github", "--json"]).code, Some(2));
    fs::remove_file(job.place.path().join("summary.md")).unwrap();
    fs::create_dir(job.place.path().join("summary.md")).unwrap();
    let ended = job.ran(&["--github"]);
    assert_eq!((ended.code, told(&ended.out).len()), (Some(1), 1));
    assert!(ended.err.starts_with("no summary: "), "{}", ended.err);
}

#[test]
fn a_path_that_tells_something_is_not_shown() {
    let mut job = Job::new();
    job.repo.write("plain.txt", "see CVE-2024-12345\n").unwrap();
    job.repo.commit_file("amber-heron.txt", "see CVE-2024-12345\n", "More").unwrap();
    let ended = job.ran(&["--github"]);
    let told = told(&ended.out);
    assert_eq!((told.len(), told.iter().filter_map(file).count()), (3, 0), "{told:?}");
    assert!(!ended.out.contains("heron") && !job.summary().contains("heron"));
    // Even where the path itself is not what counts.
    job.place.file("terms.txt", "everyday: amber heron\nCVE-2024-12345\n");
    let ended = job.ran(&["--github", "--severity", "block"]);
    assert!(ended.code == Some(1) && !ended.out.contains("heron"), "{ended:?}");
}

/// Names of files that would like to be commands.
const HOSTILE: [&str; 6] = [
    "a\n::stop-commands::x",
    "b,line=7::c%0A::add-mask::d",
    "c\r::set-env name=PATH::e",
    "##[add-mask]f",
    "%0A::error file=g,line=1::h",
    "`|<img src=i>|`\n# [j](k)",
];

#[test]
fn names_of_files_cannot_become_commands() {
    let mut job = Job::new();
    for path in HOSTILE {
        // The fixture writes no such names.
        let full = job.repo.folder().join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(full, "::set-output name=x::y\nsee CVE-2024-12345\n").unwrap();
    }
    job.repo.commit("::add-mask::z\n\n##[stop-commands]z CVE-2024-12345\n").unwrap();
    let ended = job.ran(&["--github"]);
    let all = told(&ended.out);
    assert_eq!(all.len(), ended.out.lines().count(), "{}", ended.out);
    assert!(all.iter().all(|told| told.command == "warning"), "{all:?}");
    let mut files: Vec<_> = all.iter().filter_map(file).collect();
    files.sort_unstable();
    let mut expected = HOSTILE.map(|path| (path, "2"));
    expected.sort_unstable();
    assert_eq!(files, expected);
    let summary = job.summary();
    let odd = |line: &&str| !line.starts_with("| ") && !line.is_empty();
    assert_eq!(summary.lines().filter(odd).count(), 2, "{summary}");
    assert!(!summary.contains("<img") && !summary.contains('`'), "{summary}");
    // Nor in the form for people, where words stand too.
    for line in job.ran(&[]).out.lines() {
        assert!(!line.trim_start().starts_with("::"), "{line}");
    }
}

#[test]
fn a_text_and_a_history_have_the_same_form() {
    let mut job = Job::new();
    job.place.file("text.txt", "Plain.\n\nFor the amber heron.\n");
    let text = job.place.run(&["guard", "text", "--github", "--terms", "terms.txt", "text.txt"]);
    assert_eq!(file(&told(&text.out)[0]), Some(("text.txt", "3")));
    job.repo.commit_file("a.txt", "amber heron\n", "More").unwrap();
    let history = ["guard", "history", "--github", "--repo", "repo", "--terms", "terms.txt"];
    let history = job.place.run(&history);
    assert_eq!((told(&history.out).len(), file(&told(&history.out)[0])), (1, None));
    assert!(!(text.out + &history.out).contains("heron"));
}

/// The steps' `env` and `run` of the workflows in the documentation.
fn documented() -> Vec<(BTreeMap<String, String>, String)> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/discretion.md");
    let page = fs::read_to_string(page).unwrap();
    let blocks = page.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let step = |block: &str| {
        let (_, step) = block.split_once("        env:\n").expect("an env");
        let (env, run) = step.split_once("        run: |\n").expect("a script");
        let pairs = env.lines().map(|line| line.trim().split_once(": ").expect(line));
        let env = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let lines = run.lines().map(|line| line.strip_prefix("          ").expect(line));
        (env, lines.collect::<Vec<_>>().join("\n"))
    };
    blocks.map(step).collect()
}

/// An event at GitHub, as far as the workflow asks for it.
struct Event<'a> {
    branch: &'a str,
    old: &'a str,
    new: &'a str,
    secret: &'a str,
}

/// Runs a documented script as the runner does. An expression is a value and nothing else.
fn job(job: &Job, event: &Event<'_>, with_terms: bool) -> Ended {
    let documented = documented();
    let [(env, run), (more, with)] = documented.as_slice() else { panic!("{documented:?}") };
    let pull = "github.event.pull_request";
    let values = [
        ("https://github.com/OWNER/PROJECT".to_owned(), "../public.git"),
        ("${{ github.head_ref || github.ref_name }}".to_owned(), event.branch),
        (format!("${{{{ {pull}.base.sha || github.event.before }}}}"), event.old),
        (format!("${{{{ {pull}.head.sha || github.sha }}}}"), event.new),
        ("${{ secrets.FERMATA_TERMS }}".to_owned(), event.secret),
    ];
    let program = Path::new(env!("CARGO_BIN_EXE_fermata")).parent().unwrap();
    let path = std::env::var("PATH").unwrap();
    let mut shell = Command::new("bash");
    shell.env_clear().env("PATH", format!("{}:{path}", program.display()));
    shell.env("HOME", job.place.path()).current_dir(job.repo.folder());
    shell.env("GITHUB_STEP_SUMMARY", job.place.path().join("summary.md"));
    for (name, value) in env.iter().chain(more.iter().filter(|_| with_terms)) {
        let known = values.iter().find(|(expression, _)| expression == value);
        shell.env(name, known.unwrap_or_else(|| panic!("{value} is not known")).1);
    }
    let script = if with_terms { with } else { run };
    assert!(!script.contains("${{"), "an event could write the script: {script}");
    shell.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]);
    finish(&mut shell, b"")
}

#[test]
fn the_documented_workflow_reads_what_a_branch_would_make_public() {
    let mut it = Job::new();
    let zero = "0".repeat(40);
    let public = it.repo.commit_file("a.txt", "1\n", "Mention CVE-2020-11111").unwrap();
    it.repo.git(&["init", "--quiet", "--bare", "../public.git"]).unwrap();
    it.repo.git(&["push", "--quiet", "../public.git", "fix:refs/heads/main"]).unwrap();
    let first = it.repo.commit_file("a.txt", "2\n", "Fix it for CVE-2024-12345").unwrap();
    let calm = it.repo.commit_file("a.txt", "3\n", "Handle empty headers").unwrap();
    let heron = it.repo.commit_file("a.txt", "4\n", "For the amber heron").unwrap();
    let (public, first, calm, heron) =
        (public.as_str(), first.as_str(), calm.as_str(), heron.as_str());
    let gone = "1".repeat(40);
    let secret = "codename: amber heron\nname: Jo Finder\n";
    for (branch, old, new, secret, found) in [
        ("fix", zero.as_str(), calm, "", &[first][..]),
        ("fix", first, calm, "", &[]),
        ("fix", public, heron, "", &[first]),
        ("fix", gone.as_str(), calm, "", &[first]),
        ("main", zero.as_str(), public, "", &[]),
        ("cve-2024-12345", zero.as_str(), public, "", &[public]),
        ("fix", zero.as_str(), heron, secret, &[heron, first]),
        ("fix", first, heron, secret, &[heron]),
        ("fix", first, calm, secret, &[]),
        ("amber-heron", calm, heron, secret, &[heron]),
        ("$(touch${IFS}owned);`touch${IFS}owned`", first, calm, "", &[]),
    ] {
        let event = Event { branch, old, new, secret };
        let ended = job(&it, &event, !secret.is_empty());
        let told = told(&ended.out);
        let mut oids: Vec<_> =
            told.iter().filter_map(|told| told.message.split(':').next()).collect();
        oids.dedup();
        assert_eq!(oids, found, "{branch} {old}: {ended:?}");
        assert_eq!(ended.code, Some(i32::from(!found.is_empty())), "{ended:?}");
        assert!(!ended.out.contains("heron") && !ended.err.contains("heron"), "{ended:?}");
    }
    assert!(!it.repo.folder().join("owned").exists());
    let event = Event { branch: "fix", old: first, new: calm, secret: "" };
    assert_eq!(job(&it, &event, true).code, Some(1), "without the secret it must not be green");
    let lost = Event { new: &gone, ..event };
    assert_eq!(job(&it, &lost, false).code, Some(2));
    it.repo.git(&["init", "--quiet", "../nothing"]).unwrap();
    fs::remove_dir_all(it.place.path().join("public.git")).unwrap();
    let event = Event { branch: "fix", old: first, new: calm, secret: "" };
    assert!(job(&it, &event, false).code.is_some_and(|code| code > 0));
}
