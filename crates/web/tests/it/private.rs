//! Private repositories on a case's pages: who names them, who sees what of them, and that no team
//! reaches another's.

use axum::http::StatusCode;
use case::{
    Actor, CaseId, CommandId, ProjectId, Role,
    command::{Command, Invitation},
    event::{Decision, LineVerdict, Triage},
};
use engine::{
    Contact,
    ports::{LocalClone, Telling},
};
use git::fixture::RepoBuilder;
use tempfile::TempDir;

use crate::{
    browse::{Browser, Page},
    house::{House, line},
};

/// A public mirror and a private one of Ada's project, and a private one of somebody else's.
struct Desk {
    folder: TempDir,
    origin: RepoBuilder,
    house: House,
    ada: Browser,
    case: CaseId,
    other: ProjectId,
}

impl Desk {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut origin = RepoBuilder::create(folder.path().join("origin")).unwrap();
        origin.commit_file("read.rs", "fn read() {}\n", "begin").unwrap();
        origin.tag("v1.16.0").unwrap();
        origin.branch("release-1.16", "main").unwrap();
        origin.checkout("main").unwrap();
        let private = folder.path().join("private");
        std::fs::create_dir_all(&private).unwrap();
        let house = House::hiding(folder.path().join("clones"), &private).and_project();
        let project = house.project.unwrap();
        let policy = house.engine.project(project).unwrap().policy;
        let pin = house.engine.project(project).unwrap().playbook;
        let eve = Contact { name: "Eve".into(), mailbox: None, login: None };
        let eve = house.engine.add_person(&eve).unwrap();
        let other = house.engine.create_project(eve, &policy, &pin, CommandId([9; 16])).unwrap();
        let ada = Browser::signed_in(&house, house.ada).await;
        let case = house.report(3, "It reads too much", None).case;
        let desk = Self { folder, origin, house, ada, case, other };
        desk.mirror("clones/contour.git");
        desk.mirror(&format!("private/{project}/contour-private.git"));
        desk.mirror(&format!("private/{other}/contour-theirs.git"));
        for name in [format!("{project}/contour-private"), format!("{other}/contour-theirs")] {
            let mirror = private.join(format!("{name}.git")).display().to_string();
            let address = format!("https://github.com/{name}");
            desk.origin.git(&["-C", &mirror, "remote", "set-url", "origin", &address]).unwrap();
        }
        let clone = LocalClone { folder: "contour.git".into(), supported: Telling::Newest(1) };
        let command = CommandId(desk.house.engine.draw());
        let read =
            desk.house.engine.read_from(project, desk.house.ada, "contour", Some(clone), command);
        read.unwrap();
        desk.accept();
        desk
    }

    fn mirror(&self, at: &str) {
        let to = self.folder.path().join(at).display().to_string();
        let from = self.origin.folder().display().to_string();
        self.origin.git(&["clone", "--quiet", "--mirror", &from, &to]).unwrap();
    }

    fn accept(&self) {
        let reason = "it is one".to_owned();
        self.house.decided(self.case, Decision::Triage { verdict: Triage::Accepted, reason });
        self.house.settle();
        for (name, version) in [("main", None), ("1.16", Some("1.16.1".to_owned()))] {
            let (line, verdict) = (line(name), LineVerdict::Patch { version });
            self.house.decided(self.case, Decision::Line { line, verdict });
        }
    }

    fn fixes(&self) -> String {
        format!("/case/{}/fixes", self.case)
    }

    async fn name(&self, who: &Browser, mirror: &str, branch: &str) -> Page {
        let fields = [("mirror", mirror), ("branch 1.16", branch)];
        let named = who.fill(&self.fixes(), "private", &fields).await;
        self.house.hands.pass(jiff::SignedDuration::from_mins(2));
        self.house.settle();
        named
    }

    /// The fix, pushed to a private branch alone.
    fn fix_in_private(&mut self, branch: &str, message: &str) -> String {
        self.origin.checkout("release-1.16").unwrap();
        let fix = self.origin.commit_file("read.rs", "fn read() { stop() }\n", message).unwrap();
        let project = self.house.project.unwrap();
        let there = self.folder.path().join(format!("private/{project}/contour-private.git"));
        let what = format!("HEAD:refs/heads/{branch}");
        self.origin.git(&["push", "--quiet", &there.display().to_string(), &what]).unwrap();
        self.origin.git(&["reset", "--quiet", "--hard", "HEAD^"]).unwrap();
        let (line, commits) = (line("1.16"), vec![fix.to_string()]);
        self.house.decided(self.case, Decision::Fix { line, commits });
        fix.to_string()
    }

    /// Somebody who writes the fix in this case alone.
    async fn developer(&self) -> Browser {
        let name = "Dora".to_owned();
        let contact = Contact { name: name.clone(), mailbox: None, login: None };
        let person = self.house.engine.add_person(&contact).unwrap();
        let invitation = Invitation {
            person,
            name,
            organisation: None,
            mailbox: None,
            login: None,
            roles: [Role::FixDeveloper].into(),
        };
        self.house.by(self.house.ada, self.case, &Command::Invite(Box::new(invitation)));
        Browser::signed_in(&self.house, person).await
    }
}

#[tokio::test]
async fn a_private_branch_fills_the_column_and_says_what_a_push_would_tell() {
    let mut desk = Desk::new().await;
    let before = desk.ada.get(&desk.fixes()).await.words();
    assert!(before.contains("contour: no private repository is named for this case"), "{before}");
    assert!(before.contains(&desk.house.project.unwrap().to_string()), "where it is to lie");
    let named = desk.name(&desk.ada, "contour-private.git", "amber-1.16").await;
    assert_eq!(named.status, StatusCode::SEE_OTHER, "{}", named.words());
    let words = desk.ada.get(&desk.fixes()).await.words();
    assert!(words.contains("there is no such branch yet"), "{words}");
    assert!(words.contains("not prepared yet: contour#1.16, contour#main"), "{words}");

    let view = desk.house.engine.view(desk.case, Actor::House).unwrap();
    let codename = view.loaded.case.codename.to_string();
    let fix = desk.fix_in_private("amber-1.16", &format!("Fix {codename}"));
    desk.fix_in_private("of-another-case", "Fix what nobody may know");
    desk.house.decided(desk.case, Decision::Fix { line: line("1.16"), commits: vec![fix.clone()] });
    desk.house.hands.pass(jiff::SignedDuration::from_mins(2));
    desk.house.settle();
    let words = desk.ada.get(&desk.fixes()).await.words();
    assert!(words.contains("prepared privately"), "{words}");
    assert!(words.contains(&format!("has {}", &fix[..10])), "{words}");
    assert!(words.contains("not prepared yet: contour#main"), "{words}");
    assert!(!words.contains("of-another-case") && !words.contains("merged, untagged"), "{words}");

    let page = desk.ada.get(&format!("/case/{}/public", desk.case)).await.words();
    let (_, push) = page.split_once("Before you push").unwrap();
    assert!(push.contains("In 1 commit that nobody can see yet") && push.contains(&fix), "{push}");
    assert!(push.contains("gives it away") && !push.contains(&codename), "{push}");
    assert!(!push.contains("of-another-case") && !page.contains("nobody may know"), "{page}");
}

#[tokio::test]
async fn a_private_repository_among_the_public_ones_is_shown_as_none() {
    let desk = Desk::new().await;
    let project = desk.house.project.unwrap();
    let (own, public) = (format!("/project/{project}"), format!("/case/{}/public", desk.case));
    let why = "he clone contour.git comes from where a private mirror of this house comes from";
    for page in [&own, &public] {
        let words = desk.ada.get(page).await.words();
        assert!(!words.contains(why), "{page}: {words}");
    }
    let mirror = desk.folder.path().join("clones/contour.git").display().to_string();
    let address = format!("git@github.com:{project}/contour-private");
    desk.origin.git(&["-C", &mirror, "remote", "set-url", "origin", &address]).unwrap();
    for page in [&own, &public] {
        let words = desk.ada.get(page).await.words();
        assert!(words.contains(why), "{page}: {words}");
        assert!(!words.contains("commits were read"), "{page}: {words}");
    }
}

#[tokio::test]
async fn no_page_names_what_belongs_to_another_project() {
    let desk = Desk::new().await;
    let (project, other) = (desk.house.project.unwrap(), desk.other);
    let theirs = desk.folder.path().join(format!("private/{other}/contour-theirs.git"));
    assert!(theirs.is_dir());
    for mirror in [
        "contour-theirs.git",
        &format!("../{other}/contour-theirs.git"),
        &theirs.display().to_string(),
        "..",
        "CONTOUR-PRIVATE.git",
    ] {
        let refused = desk.name(&desk.ada, mirror, "main").await;
        assert!(refused.words().contains("private repository"), "{mirror}: {}", refused.words());
        assert_ne!(refused.status, StatusCode::SEE_OTHER, "{mirror}");
    }
    let view = desk.house.engine.view(desk.case, Actor::House).unwrap();
    assert!(view.loaded.case.private.is_empty());
    // Nor as a public one, from the project's page.
    let page = format!("/project/{project}");
    for folder in [
        &format!("../private/{other}/contour-theirs.git"),
        &format!("../private/{project}/contour-private.git"),
    ] {
        let clone = [("folder", folder.as_str()), ("told", "newest"), ("newest", "1")];
        let refused = desk.ada.leave(&page, "clone", &clone).await;
        assert_ne!(refused.status, StatusCode::SEE_OTHER, "{folder}");
    }
}

#[tokio::test]
async fn whoever_only_writes_the_fix_sees_its_branch_and_names_none() {
    let desk = Desk::new().await;
    desk.name(&desk.ada, "contour-private.git", "amber-1.16").await;
    let dora = desk.developer().await;
    let page = dora.get(&desk.fixes()).await;
    assert!(page.words().contains("amber-1.16"), "{}", page.words());
    assert!(!page.words().contains("name=\"mirror\""), "{}", page.words());
    let public = dora.get(&format!("/case/{}/public", desk.case)).await.words();
    assert!(!public.contains("Before you push"), "{public}");
    let fields =
        [("form", "private"), ("repository", "contour"), ("mirror", "contour-private.git")];
    let mut forged = page.hidden("fixes");
    forged.retain(|(name, _)| name != "form");
    let forged: Vec<(&str, &str)> =
        forged.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(fields).collect();
    let refused = dora.post(&desk.fixes(), &forged).await;
    assert_ne!(refused.status, StatusCode::SEE_OTHER);
    let view = desk.house.engine.view(desk.case, Actor::House).unwrap();
    assert_eq!(view.loaded.case.private["contour"].branches.len(), 1, "nothing has changed");
    // Whoever has no part in the case learns nothing, and neither does the project's page.
    let eve = desk.house.engine.project(desk.other).unwrap().team.into_iter().next().unwrap();
    let eve = Browser::signed_in(&desk.house, eve).await;
    assert_eq!(eve.get(&desk.fixes()).await.status, StatusCode::NOT_FOUND);
    let page = format!("/project/{}", desk.house.project.unwrap());
    for shown in [desk.ada.get(&page).await.words(), desk.ada.get("/").await.words()] {
        assert!(!shown.contains("contour-private") && !shown.contains("amber-1.16"), "{shown}");
    }
}
