//! Recorded picks, found again without their records.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use git::{Oid, Repo};
use lineage::{Claims, Equivalent, Grade, equivalents};

use crate::{GRADES, Outcome, git, share};

/// Originals that are asked about: the first ones by name, which is as good as by chance.
const SAMPLE: usize = 300;
/// Extra links that are shown, for a person to look at.
const SHOWN: usize = 12;

/// Prints recall and precision of each grade over recorded picks.
pub(crate) fn study(name: &str, repo: &Repo, folder: &Path) -> Outcome<()> {
    let families = families(folder)?;
    let recorded: usize = families.values().map(BTreeSet::len).sum();
    let sample: Vec<(&Oid, &BTreeSet<Oid>)> = families.iter().take(SAMPLE).collect();
    let originals: Vec<Oid> = sample.iter().map(|(original, _)| (*original).clone()).collect();
    let found = ask(repo, &originals);
    let picks = sample.iter().zip(&found).filter(|(_, found)| found.is_some());
    let picks: usize = picks.map(|((_, picks), _)| picks.len()).sum();
    let unread = found.iter().filter(|found| found.is_none()).count();
    println!(
        "{name}: {recorded} recorded picks of {} commits; {} of these and their {picks} picks asked for\n",
        families.len(),
        originals.len() - unread
    );
    if unread > 0 {
        println!("{unread} more could not be read: this clone lacks an object\n");
    }
    println!("| accepted | picks found again | of all found, recorded |\n|---|---:|---:|");
    let mut extras = Vec::new();
    for grade in GRADES.into_iter().skip(2) {
        let (mut again, mut all) = (0, 0);
        for ((original, picks), found) in sample.iter().zip(&found) {
            for link in found.iter().flatten().filter(|link| link.grade <= grade) {
                all += 1;
                if picks.contains(&link.commit) {
                    again += 1;
                } else if link.grade == grade {
                    extras.push((grade, *original, link));
                }
            }
        }
        println!("| {grade} | {} | {} |", share(again, picks), share(again, all));
    }
    println!();
    for grade in GRADES {
        let some = extras.iter().filter(|(of, ..)| *of == grade).take(SHOWN);
        for (_, original, link) in some {
            let evidence = link.evidence.join(" ");
            println!("<!-- {grade} {} {}: {evidence} -->", original.short(), link.commit.short());
        }
    }
    Ok(())
}

/// The equivalents of each commit; `None` where a clone that is not whole cannot tell.
fn ask(repo: &Repo, commits: &[Oid]) -> Vec<Option<Vec<Equivalent>>> {
    match equivalents(repo, commits, Grade::Declared, Claims::Ignored) {
        Ok(found) => found.into_iter().map(Some).collect(),
        Err(_) if commits.len() > 1 => {
            let (left, right) = commits.split_at(commits.len() / 2);
            [ask(repo, left), ask(repo, right)].concat()
        }
        Err(error) => {
            eprintln!("{}: {error}", commits.first().map_or("", Oid::short));
            vec![None; commits.len()]
        }
    }
}

/// Recorded picks by their original. A pick of a pick belongs to the first original.
fn families(folder: &Path) -> Outcome<BTreeMap<Oid, BTreeSet<Oid>>> {
    let reached = git(folder, &["rev-list", "--branches", "--tags"])?;
    let reached: BTreeSet<&str> = reached.lines().collect();
    let record = "(cherry picked from commit ";
    let log = git(
        folder,
        &[
            "log",
            "--branches",
            "--tags",
            "--no-merges",
            "-F",
            "--grep",
            record,
            "--format=%x01%H%n%B",
        ],
    )?;
    let mut origins: BTreeMap<Oid, Oid> = BTreeMap::new();
    for entry in log.split('\u{1}').filter(|entry| !entry.is_empty()) {
        let mut lines = entry.lines();
        let pick = lines.next().unwrap_or_default();
        let hex = |line: &str| line.strip_prefix(record)?.strip_suffix(')').map(str::to_owned);
        let named: BTreeSet<String> = lines.filter_map(hex).collect();
        let mut named = named.into_iter().filter(|hex| reached.contains(hex.as_str()));
        // A squash of several picks is none of them, and what is picked twice names both.
        if let (Some(origin), None) = (named.next(), named.next()) {
            origins.insert(pick.parse()?, origin.parse()?);
        }
    }
    let mut families: BTreeMap<Oid, BTreeSet<Oid>> = BTreeMap::new();
    for pick in origins.keys() {
        let mut first = pick;
        for _ in 0..8 {
            let Some(origin) = origins.get(first) else { break };
            first = origin;
        }
        if first != pick {
            families.entry(first.clone()).or_default().insert(pick.clone());
        }
    }
    Ok(families)
}
