//! From the fix commits that an advisory names to the versions that it says are fixed.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use git::{Cache, Oid};
use lineage::{Answer, Grade, Request, Status, affected_by_grade};
use semver::Version;
use serde_json::Value;

use crate::{GRADES, Outcome, git, opened, share, verdicts};

/// A project that advisories speak of.
#[derive(Clone, Copy)]
pub(crate) struct Project {
    pub(crate) name: &'static str,
    /// Where it lives, which is also its Go module's name without the major version.
    home: &'static str,
}

pub(crate) const PROJECTS: [Project; 2] = [
    Project { name: "containerd", home: "github.com/containerd/containerd" },
    Project { name: "argo-cd", home: "github.com/argoproj/argo-cd" },
];

/// What an advisory says of one project.
struct Advisory {
    id: String,
    fixes: Vec<String>,
    published: BTreeSet<Version>,
}

/// How one grade fares over all advisories.
#[derive(Default)]
struct Score {
    found: usize,
    whole: usize,
    /// Fixed versions claimed inside a line: published ones, all.
    agreed: usize,
    claimed: usize,
    right: usize,
}

/// A fixed version that is only claimed here.
struct Extra {
    project: &'static str,
    advisory: String,
    version: Version,
    published: Vec<String>,
    evidence: String,
}

/// Prints how many published versions are found, what is found beside them, and what is missed.
pub(crate) fn study(
    vulndb: &Path,
    projects: &[(Project, Option<PathBuf>)],
    cache: Option<&Cache>,
) -> Outcome<()> {
    let mut scores: BTreeMap<Grade, Score> = BTreeMap::new();
    let (mut advisories, mut versions) = (0, 0);
    let mut extras = Vec::new();
    let mut missed = Vec::new();
    for (project, folder) in projects {
        let Some(folder) = folder else {
            println!("absent: {}, so nothing is said of its advisories\n", project.name);
            continue;
        };
        let repo = opened(folder, cache)?;
        let mut left_out = Vec::new();
        for advisory in read(vulndb, *project)? {
            let fixes: Vec<Oid> =
                advisory.fixes.iter().filter_map(|rev| repo.resolve(rev).ok()).collect();
            if fixes.is_empty() || advisory.published.is_empty() {
                left_out.push(advisory.id);
                continue;
            }
            eprintln!("{}: {}", project.name, advisory.id);
            let request = Request::new(Vec::new(), fixes);
            let answers = match affected_by_grade(&repo, &request, &GRADES) {
                Ok(answers) => answers,
                Err(error) => {
                    println!("{} left out: {error}\n", advisory.id);
                    continue;
                }
            };
            advisories += 1;
            versions += advisory.published.len();
            for (grade, answer) in GRADES.into_iter().zip(answers) {
                let lines = Lines::of(&answer);
                let found = advisory.published.iter().filter(|version| lines.is_first(version));
                let found = found.count();
                let score = scores.entry(grade).or_default();
                score.found += found;
                score.whole += usize::from(found == advisory.published.len());
                for version in lines.turning() {
                    score.claimed += 1;
                    if advisory.published.contains(version) {
                        score.agreed += 1;
                        score.right += 1;
                        continue;
                    }
                    let judged = verdicts::of(&advisory.id, &version.to_string());
                    score.right += usize::from(judged.is_some_and(|(right, _)| right));
                    if grade == Grade::Strong {
                        extras.push(Extra {
                            project: project.name,
                            advisory: advisory.id.clone(),
                            version: version.clone(),
                            published: advisory.published.iter().map(Version::to_string).collect(),
                            evidence: evidence(&answer, version),
                        });
                    }
                }
                if grade == Grade::Strong {
                    let unfound = advisory.published.iter().filter(|v| !lines.is_first(v));
                    missed.extend(unfound.map(|v| (advisory.id.clone(), v.clone())));
                }
            }
        }
        println!(
            "{}: {} advisories name no fix commit of this repository, or no fixed version: {}\n",
            project.name,
            left_out.len(),
            left_out.join(", ")
        );
    }
    println!(
        "| accepted | published versions found | advisories fully right | claimed inside a line and published | after looking |"
    );
    println!("|---|---:|---:|---:|---:|");
    for (grade, score) in &scores {
        println!(
            "| {grade} | {} | {} | {} | {} |",
            share(score.found, versions),
            share(score.whole, advisories),
            share(score.agreed, score.claimed),
            share(score.right, score.claimed)
        );
    }
    print_disagreements(&extras, &missed);
    Ok(())
}

fn print_disagreements(extras: &[Extra], missed: &[(String, Version)]) {
    println!("\nclaimed at strong, and not published:\n");
    println!("| advisory | version | | why |\n|---|---|---|---|");
    for extra in extras {
        let Extra { project, advisory, version, published, evidence } = extra;
        let judged = verdicts::of(advisory, &version.to_string());
        let (right, why) =
            judged.map_or(("?", ""), |(right, why)| (if right { "right" } else { "wrong" }, why));
        println!("| {advisory} | {version} | {right} | {why} |");
        if judged.is_none() {
            println!("<!-- {project}, published {}: {evidence} -->", published.join(" "));
        }
    }
    println!(
        "\npublished, and not found at strong:\n\n| advisory | version | why |\n|---|---|---|"
    );
    for (advisory, version) in missed {
        let why = verdicts::of_missed(advisory, &version.to_string()).unwrap_or_default();
        println!("| {advisory} | {version} | {why} |");
    }
    println!();
}

/// The releases by line, in order.
struct Lines(BTreeMap<(u64, u64), Vec<(Version, Status)>>);

impl Lines {
    fn of(answer: &Answer) -> Self {
        let mut lines: BTreeMap<(u64, u64), Vec<(Version, Status)>> = BTreeMap::new();
        for row in answer.report.tags.iter().rev() {
            if let Ok(version) = Version::parse(&row.version) {
                let line = lines.entry((version.major, version.minor)).or_default();
                line.push((version, row.status));
            }
        }
        Self(lines)
    }

    /// Whether a version is fixed, and the one before it in its line, if any, is not. Only
    /// pre-releases count their predecessors of that kind.
    fn is_first(&self, version: &Version) -> bool {
        let counts = |other: &Version| other.pre.is_empty() || !version.pre.is_empty();
        let line = self.0.get(&(version.major, version.minor));
        let line: Vec<_> = line.into_iter().flatten().filter(|(other, _)| counts(other)).collect();
        let Some(at) = line.iter().position(|(other, _)| other == version) else {
            return false;
        };
        let before = at.checked_sub(1).and_then(|before| line.get(before));
        line.get(at).is_some_and(|(_, status)| *status == Status::Fixed)
            && before.is_none_or(|(_, status)| *status != Status::Fixed)
    }

    /// Versions that are fixed where the one before them in their line is not; no pre-releases.
    fn turning(&self) -> impl Iterator<Item = &Version> {
        self.0.values().flat_map(|line| {
            let line: Vec<_> = line.iter().filter(|(version, _)| version.pre.is_empty()).collect();
            let turns = |pair: &[&(Version, Status)]| match pair {
                [(_, before), (_, after)] => *before != Status::Fixed && *after == Status::Fixed,
                _ => false,
            };
            let at: Vec<usize> =
                line.windows(2).enumerate().filter(|(_, w)| turns(w)).map(|(at, _)| at).collect();
            at.into_iter().filter_map(move |at| line.get(at + 1).map(|(version, _)| version))
        })
    }
}

/// What made a version count as fixed.
fn evidence(answer: &Answer, version: &Version) -> String {
    let line = format!("{}.{}", version.major, version.minor);
    let state = answer.states.iter().find(|state| state.line == line);
    let commits = state.into_iter().flat_map(|state| &state.evidence);
    let said = commits.map(|oid| {
        let mut links = answer.report.backports.iter();
        let why =
            links.find(|link| link.commit == oid.as_str()).map_or("declared".to_owned(), |link| {
                format!(
                    "{} of {}: {}",
                    link.grade,
                    link.of.get(..10).unwrap_or_default(),
                    link.evidence.join(" ")
                )
            });
        format!("{} {why}", oid.short())
    });
    said.collect::<Vec<_>>().join("; ")
}

fn read(vulndb: &Path, project: Project) -> Outcome<Vec<Advisory>> {
    let pattern = format!("\"name\": \"{}", project.home);
    let list = git(vulndb, &["grep", "-l", "-F", &pattern, "HEAD", "--", "data/osv"])?;
    let mut all = Vec::new();
    for file in list.lines().filter_map(|line| line.strip_prefix("HEAD:")) {
        let text = git(vulndb, &["show", &format!("HEAD:{file}")])?;
        all.extend(Advisory::of(&serde_json::from_str(&text)?, project));
    }
    Ok(all)
}

impl Advisory {
    /// `None` when it does not speak of the project itself.
    fn of(record: &Value, project: Project) -> Option<Self> {
        let is_its_own = |affected: &&Value| {
            let name = affected.pointer("/package/name").and_then(Value::as_str);
            let rest = name.and_then(|name| name.strip_prefix(project.home));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("/v"))
        };
        let affected: Vec<&Value> = each(record, "affected").filter(is_its_own).collect();
        if affected.is_empty() {
            return None;
        }
        let events = affected.iter().flat_map(|one| each(one, "ranges"));
        let events = events.flat_map(|range| each(range, "events"));
        let fixed = events.filter_map(|event| Version::parse(event.get("fixed")?.as_str()?).ok());
        let published = fixed.collect();
        let start = format!("https://{}/commit/", project.home);
        let commits = each(record, "references").filter_map(|reference| {
            let url = reference.get("url")?.as_str()?;
            let commit = url.strip_prefix(&start)?.split(['#', '?', '/']).next()?;
            (reference.get("type")?.as_str()? == "FIX").then(|| commit.to_owned())
        });
        let id = record.get("id")?.as_str()?.to_owned();
        Some(Self { id, fixes: commits.collect(), published })
    }
}

fn each<'a>(record: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    record.get(key).and_then(Value::as_array).into_iter().flatten()
}
