//! The page that stands before a push, held against `fermata guard push` on the developer's machine: both
//! must say the same.

use std::{collections::BTreeSet, fs};

use case::{Actor, CommandId};
use engine::{OwnTerm, TermOrigin, Unpushed, View, own_terms};
use git::{Oid, fixture::RepoBuilder};

use crate::{
    fetches::upstream,
    forks::{accepted, hiding, named},
    program::{Ended, Place, finish},
    sends::house_with_a_report,
};

/// What is said of a place: whether it is grave, where it is, and why it is told.
type Told = BTreeSet<(bool, String, String)>;

/// The team's repository, beside what is public of it.
fn team(place: &Place) -> RepoBuilder {
    let team = RepoBuilder::create(place.path().join("team")).unwrap();
    team.git(&["pull", "--quiet", "../upstream", "main"]).unwrap();
    team.point("refs/remotes/origin/main", "main").unwrap();
    team
}

/// A branch with the case's words wherever a repository has some; and in which part of what each stands.
fn leaks(team: &mut RepoBuilder, word: &str) -> Vec<(Oid, &'static str)> {
    let quiet = team.commit_file("quiet.txt", "1\n", "Tidy up").unwrap();
    let message = team.commit_file("a.txt", "1\n", &format!("Fix {word}")).unwrap();
    let trailer = format!("Tidy up\n\nReviewed-by: Ben <ben@example.org>\nRefs: {word}");
    let trailer = team.commit_file("a.txt", "2\n", &trailer).unwrap();
    let people = ("Ada Example", "ada@example.org");
    team.author("Rita", "rita@example.com");
    let author = team.commit_file("a.txt", "3\n", "Tidy up").unwrap();
    team.author(people.0, people.1);
    let file = team.commit_file(&format!("{word}.txt"), "1\n", "Tidy up").unwrap();
    let added = team.commit_file("a.txt", &format!("3\n# {word}\n"), "Tidy up").unwrap();
    let looks = team.commit_file("a.txt", "4\n", "Stop the exploit of CVE-2020-11111").unwrap();
    team.branch("side", quiet.as_str()).unwrap();
    team.commit_file(&format!("side-{word}.txt"), "1\n", "Tidy up").unwrap();
    team.checkout("work").unwrap();
    let merge = team.merge("side", None, &format!("Bring in {word}")).unwrap();
    let tip = team.commit_file("b.txt", "1\n", "Tidy up").unwrap();
    team.git(&["tag", &format!("light-{word}"), quiet.as_str()]).unwrap();
    team.annotated_tag(&format!("heavy-{word}"), "work", "The next one\n").unwrap();
    team.annotated_tag("v1.0.1", "work^", &format!("Version 1.0.1\n\nfor {word}\n")).unwrap();
    team.annotated_tag("v1.0.1-again", "v1.0.1", &format!("{word}, again\n")).unwrap();
    team.annotated_tag("of-file", "work:a.txt", &format!("A key of {word}\n")).unwrap();
    team.annotated_tag("of-tree", "work^{tree}", "All files\n").unwrap();
    let object = |name: &str| team.git(&["rev-parse", name]).unwrap().parse().unwrap();
    let tags = ["v1.0.1", "v1.0.1-again"].map(|name| (object(name), "tag"));
    let commits = [
        (message, "message"),
        (trailer, "message"),
        (author, "author"),
        (file, "file"),
        (added, "added"),
        (looks, "message"),
        (merge.clone(), "message"),
        (merge, "file"),
        (tip, "branch"),
        (quiet, "tag"),
        (object(&format!("heavy-{word}")), "tag"),
    ];
    commits.into_iter().chain(tags).collect()
}

/// As the developer writes it into a file.
fn as_a_line(term: &OwnTerm) -> String {
    let kind = match term.origin {
        TermOrigin::Codename => "codename: ",
        TermOrigin::Reporter => "name: ",
        TermOrigin::Id | TermOrigin::Link | TermOrigin::Chosen => "",
    };
    format!("{kind}{}\n", term.words)
}

/// Asks the guard as git would that pushes these refs.
fn push(team: &RepoBuilder, place: &Place, refs: &[String]) -> Ended {
    let zero = "0".repeat(40);
    let told = refs.iter().map(|name| {
        let ours = team.git(&["rev-parse", name]).unwrap();
        format!("{name} {ours} {name} {zero}\n")
    });
    let mut guard = place.program();
    guard.args(["guard", "push", "--json", "--terms", "../terms.txt"]);
    guard.args(["origin", "https://example.org/repo.git"]).current_dir(team.folder());
    finish(&mut guard, told.collect::<String>().as_bytes())
}

fn told_by_guard(ended: &Ended) -> Told {
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let documents = ended.documents().into_iter();
    let told = documents.map(|found| {
        let text = |key: &str| found[key].as_str().unwrap().to_owned();
        let (place, why) = (text("where"), text("why"));
        // Where paths are no secret, the guard names them.
        let place = place.split(" to ").next().unwrap().to_owned();
        (text("severity") == "block", place, why)
    });
    told.collect()
}

fn told_by_page(unpushed: Unpushed) -> Told {
    let (_, sights) = unpushed.read.unwrap();
    sights.into_iter().map(|sight| (sight.grave, sight.place, sight.why)).collect()
}

#[test]
fn the_page_and_the_guard_say_the_same_before_a_push() {
    let place = Place::new();
    let project = house_with_a_report(&place);
    upstream(&place);
    let (case, ada) = accepted(&place, project);
    fs::create_dir(place.path().join("private")).unwrap();
    let house = hiding(&place);
    let look = || -> View { house.view(case, Actor::Person(ada)).unwrap() };
    let own = own_terms(&look().loaded.case, &house.project(project).unwrap());
    place.file("terms.txt", own.iter().map(as_a_line).collect::<String>());
    let word = look().loaded.case.codename.to_string();

    let mut team = team(&place);
    team.branch("work", "main").unwrap();
    let leaks = leaks(&mut team, &word);
    let branch = format!("{word}-1.0");
    team.git(&["branch", &branch, "work"]).unwrap();
    let to = place.path().join(format!("private/{project}/team.git")).display().to_string();
    team.git(&["clone", "--quiet", "--mirror", ".", &to]).unwrap();
    let (by, name) = (Actor::Person(ada), named("team.git", &branch));
    house.execute(case, by, CommandId(house.draw()), &name, "test").unwrap();

    let [unpushed] = house.unpushed(&look()).unwrap().try_into().unwrap();
    let names = ["v1.0.1", "v1.0.1-again", &format!("light-{word}"), &format!("heavy-{word}")];
    let tags = names.iter().map(|name| format!("refs/tags/{name}"));
    let refs: Vec<_> = [format!("refs/heads/{branch}")].into_iter().chain(tags).collect();
    let (page, guard) = (told_by_page(unpushed), told_by_guard(&push(&team, &place, &refs)));
    assert_eq!(page, guard);
    let places: BTreeSet<&str> = page.iter().map(|(_, place, _)| place.as_str()).collect();
    for (oid, part) in leaks {
        let place = format!("{oid}:{part}");
        assert!(places.contains(place.as_str()), "{place} in {places:?}");
    }
    assert!(page.iter().any(|(grave, ..)| !grave), "one only makes people look: {page:?}");

    // What would be no commit can be on no branch; the guard lets nothing of it through.
    for tag in ["refs/tags/of-file", "refs/tags/of-tree"] {
        let ended = push(&team, &place, &[tag.to_owned()]);
        assert!(ended.code == Some(2) && ended.err.contains("would be no commit"), "{ended:?}");
    }
}
