//! The whole life of a case in a live house: nobody is connected, a mirror of the repository lies on
//! the machine, and people carry acts out and tell what they saw.

use axum::http::StatusCode;
use case::{Actor, Case, CaseId, Gate, act::ActState, state::Phase};
use git::fixture::RepoBuilder;
use jiff::SignedDuration;
use playbook::{Checklist, Status};
use tempfile::TempDir;

use crate::{
    browse::{Browser, Page},
    house::House,
};

const BUGGY: &str = "fn read(input) {\n    take(input.length)\n}\n";
const FIXED: &str =
    "fn read(input) {\n    refuse_if(input.length > limit)\n    take(input.length)\n}\n";
const VECTOR: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N";
const GHSA: &str = "GHSA-2345-6789-cfgh";
const AT_FORGE: &str = "https://forge.example/contour/advisories/GHSA-2345-6789-cfgh";

/// The public repository, and the mirror of it that the house may read.
struct Repository {
    folder: TempDir,
    origin: RepoBuilder,
}

impl Repository {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut origin = RepoBuilder::create(folder.path().join("origin")).unwrap();
        let versions = "versions:\n  - version: v1.16.0\n    supported: \"true\"\n";
        origin.write("versions.yaml", versions).unwrap();
        origin.commit_file("read.rs", BUGGY, "begin").unwrap();
        origin.tag("v1.16.0").unwrap();
        origin.branch("release-1.16", "main").unwrap();
        origin.checkout("main").unwrap();
        let (from, to) = (origin.folder().display().to_string(), folder.path().join("clones"));
        let to = to.join("contour.git").display().to_string();
        origin.git(&["clone", "--quiet", "--mirror", &from, &to]).unwrap();
        Self { folder, origin }
    }

    fn fetch(&self) {
        let mirror = self.folder.path().join("clones/contour.git").display().to_string();
        self.origin.git(&["-C", &mirror, "fetch", "--quiet", "--prune"]).unwrap();
    }

    /// A release of the line that was made before the fix.
    fn release_without_fix_before(&mut self, fix: &str) {
        self.origin.git(&["tag", "--no-sign", "v1.16.1", &format!("{fix}^")]).unwrap();
        self.fetch();
    }

    /// The fix on both lines.
    fn fix(&mut self) -> [String; 2] {
        let fixes = ["main", "release-1.16"].map(|branch| {
            self.origin.checkout(branch).unwrap();
            self.origin.commit_file("read.rs", FIXED, "tidy up").unwrap().to_string()
        });
        self.fetch();
        fixes
    }

    fn release_with_fix(&mut self) {
        self.origin.checkout("release-1.16").unwrap();
        self.origin.tag("v1.16.2").unwrap();
        self.fetch();
    }
}

struct Live {
    house: House,
    ada: Browser,
    ben: Browser,
    case: CaseId,
}

impl Live {
    fn at(&self, page: &str) -> String {
        format!("/case/{}/{page}", self.case)
    }

    fn case(&self) -> Case {
        self.house.engine.view(self.case, Actor::House).unwrap().loaded.case
    }

    fn checklist(&self) -> Checklist {
        self.house.engine.view(self.case, Actor::House).unwrap().checklist
    }

    fn missing(&self, gate: Gate) -> String {
        let verdict = self.checklist().verdict();
        let missing: Vec<_> = verdict.missing(gate).iter().map(|m| m.what.clone()).collect();
        missing.join("\n")
    }

    fn evidence(&self, step: &str) -> String {
        match &self.checklist().item(step).unwrap().status {
            Status::Done { evidence } => evidence.join("\n"),
            other => panic!("{step}: {other:?}"),
        }
    }

    fn wait(&self, time: SignedDuration) {
        self.house.hands.pass(time);
        self.house.settle();
    }

    /// Days later, when every session is over.
    async fn days_later(&mut self, time: SignedDuration) {
        self.wait(time);
        let Self { house, ada, ben, .. } = self;
        ada.enter(house, house.ada).await;
        ben.enter(house, house.ben).await;
    }

    /// A form of a page, sent by Ada as it stands but for these fields.
    async fn form(&self, page: &str, form: &str, fields: &[(&str, &str)]) {
        let sent = self.ada.leave(&self.at(page), form, fields).await;
        went(&sent, &format!("{page} {form} {fields:?}"));
        self.wait(SignedDuration::from_mins(2));
    }

    /// Plans an act with the words that the house proposes, has it approved, and carries it out by
    /// hand; what the house itself can do needs no hand. Its page.
    async fn by_hand(&self, slug: &str) -> String {
        let planned = self.ada.leave(&self.at(&format!("prepare/{slug}")), "prepare", &[]).await;
        went(&planned, slug);
        let page = planned.header("location").to_owned();
        let act = page.rsplit('/').next().unwrap().parse().unwrap();
        let needs = self.case().acts[&act].needs;
        for person in [&self.ada, &self.ben].into_iter().take(usize::from(needs)) {
            went(&person.leave(&page, "approve", &[]).await, slug);
        }
        self.resolve().await;
        assert!(self.case().acts[&act].done_at().is_some(), "{slug}");
        format!("act/{act}")
    }

    /// Writes the proof down of everything that waits for a person.
    async fn resolve(&self) {
        let proof = [("by", "our mailbox"), ("reference", "https://mail.example/1")];
        loop {
            self.house.settle();
            let case = self.case();
            let uncertain =
                |id: &&case::ActId| matches!(case.acts[*id].state, ActState::Uncertain { .. });
            let Some(act) = case.act_order.iter().find(uncertain) else { return };
            self.form(&format!("act/{act}"), "resolve", &proof).await;
        }
    }

    async fn tell_draft(&self, fields: &[(&str, &str)]) {
        let told = [("ghsa", GHSA), ("vector", VECTOR), ("cwes", "CWE-770"), ("place", AT_FORGE)];
        let note = [("note", "I opened it")];
        self.form("fixes", "tell-draft", &[&told[..], &note, fields].concat()).await;
    }

    async fn tell_post(&self, act: &str, thread: &str) {
        let url = format!("https://lists.example/{}", act.replace('/', "-"));
        let fields = [
            ("words", "same"),
            ("thread", thread),
            ("place", url.as_str()),
            ("note", "I compared every word"),
        ];
        self.form(act, "tell-post", &fields).await;
    }
}

/// The auditor finds nothing in the house's journal.
fn audited(live: &Live) {
    let books = rehearsal::audit::Books::read(live.house.engine.store()).unwrap();
    let report = rehearsal::audit::audit(&books);
    assert!(report.violations.is_empty(), "{:#?}", report.violations);
}

fn went(page: &Page, what: &str) {
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{what}: {}", page.words());
}

/// A project that is set up on the pages, with its playbook, its lists and its team.
async fn begin(repository: &Repository, playbook: &str) -> Live {
    let mut house = House::live(repository.folder.path().join("clones"));
    let ada = Browser::signed_in(&house, house.ada).await;
    let set_up = [
        ("project", "Contour"),
        ("repositories", "contour"),
        ("playbook", playbook),
        ("distributors address", "distributors@lists.example"),
        ("distributors note", "Keep this to yourself."),
        ("users address", "users@lists.example"),
    ];
    went(&ada.leave("/setup", "setup", &set_up).await, "set up");
    let project = house.engine.projects().unwrap()[0].id;
    house.project = Some(project);
    let page = format!("/project/{project}");
    let join = [("name", "Ben"), ("mailbox", "ben@project.example")];
    assert_eq!(ada.fill(&page, "join", &join).await.status, StatusCode::OK);
    let ben = Browser::signed_in(&house, house.ben).await;
    let case = house.report(1, "It reads too far", Some("rita@reports.example")).case;
    Live { house, ada, ben, case }
}

async fn name_the_clone(live: &Live) {
    let page = format!("/project/{}", live.house.project.unwrap());
    let clone = [("folder", "contour.git"), ("told", "file"), ("file", "versions.yaml")];
    went(&live.ada.leave(&page, "clone", &clone).await, "clone");
    let words = live.ada.get(&page).await.words();
    assert!(words.contains("read from contour.git"), "{words}");
    assert!(words.contains("Supported: main, 1.16."), "{words}");
    live.wait(SignedDuration::from_mins(2));
}

/// Triage, severity, lines and the text.
async fn assess(live: &Live, reporter: &str) {
    live.resolve().await;
    let verdict = [("verdict", "accepted"), ("reason", "We can reproduce it.")];
    live.form("assessment", "triage", &verdict).await;
    live.by_hand(&format!("tell/verdict/{reporter}")).await;
    live.form("assessment", "vulnerability", &[("title", "length check")]).await;
    live.form("assessment", "assess", &[("vector", VECTOR), ("cwes", "CWE-770")]).await;
}

async fn judge_the_lines(live: &Live) {
    let lines = [
        ("verdict contour#1.16", "patch"),
        ("version contour#1.16", "1.16.1"),
        ("verdict contour#main", "patch"),
    ];
    live.form("assessment", "lines", &lines).await;
    let text = [
        ("title", "Inputs are read too far"),
        ("details", "A long input is read past its end."),
        ("attack_vectors", "Send a long input."),
        ("workarounds", "Limit the size of requests."),
    ];
    live.form("assessment", "advisory", &text).await;
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one life from top to bottom")]
async fn a_case_goes_from_report_to_its_end_by_hand() {
    let mut repository = Repository::new();
    let mut live = begin(&repository, "contour").await;
    let reporter = live.case().reports.values().next().unwrap().reporter.to_string();
    assess(&live, &reporter).await;

    // Without the clone no line is known, and the page says why.
    let lines = live.checklist().item("lines").unwrap().clone();
    assert!(lines.status.open() && !lines.overridable);
    for page in ["overview", "fixes", "assessment"] {
        let words = live.ada.get(&live.at(page)).await.words();
        assert!(words.contains("no clone of contour is named on the project's page"), "{words}");
    }
    let early = live.ada.leave(&live.at("retrospective"), "close", &[("reason", "over")]).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    let words = early.words();
    assert!(words.contains("The gate before closing the case is shut"), "{words}");
    assert!(
        words.contains("<li>Publish the advisory: the advisory, published"),
        "steps have their titles: {words}"
    );
    name_the_clone(&live).await;
    judge_the_lines(&live).await;
    live.evidence("lines");

    let invite = async |name: &str, role: &str, more: &[(&str, &str)]| {
        live.form("people", "invite", &[&[("name", name), ("role", role)], more].concat()).await;
    };
    invite("Frida", "fix-developer", &[("login", "frida")]).await;
    let kim = [("organisation", "Downstream Linux"), ("mailbox", "kim@linux.example")];
    invite("Kim", "distributor", &kim).await;
    let distributor = live.case().holding(case::Role::Distributor).next().unwrap().0.to_string();
    let why = format!("why {distributor}");
    let concerned =
        [("concerned", distributor.as_str()), (why.as_str(), "ships it"), ("reason", "one")];
    live.form("assessment", "distributors", &concerned).await;

    // At the forge: an act with its receipt, and then what somebody sees there.
    let draft = [("ghsa", GHSA), ("place", AT_FORGE), ("note", "I opened it")];
    let early = live.ada.leave(&live.at("fixes"), "tell-draft", &draft).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY, "nothing was made yet");
    live.by_hand("create-draft").await;
    live.tell_draft(&[("patched contour#1.16", "1.16.1")]).await;
    assert!(live.evidence("draft").contains("told by Ada on 2021-"), "{}", live.evidence("draft"));
    let id = live.case().vulnerabilities.keys().next().unwrap().to_string();
    live.by_hand(&format!("request-cve/{id}")).await;
    live.form("assessment", "cna", &[("word", "assigned"), ("id", "CVE-2021-32783")]).await;
    live.by_hand("create-fork").await;
    let fork = [("place", "https://forge.example/contour-ghsa"), ("note", "it is there")];
    live.form("fixes", "tell-fork", &fork).await;
    live.by_hand("set-access").await;
    let access = [("members", "frida"), ("place", "its settings"), ("note", "only Frida")];
    live.form("fixes", "tell-access", &access).await;
    assert!(live.evidence("access").contains("seen at its settings (only Frida)"));

    // The reporter, credit, the date.
    live.by_hand(&format!("tell/draft/{reporter}")).await;
    live.form("conversation", "offer-credit", &[]).await;
    live.by_hand(&format!("tell/credit/{reporter}")).await;
    let credit = [("how", "without-company"), ("name", "Rita")];
    live.form("conversation", "answer-credit", &credit).await;
    live.by_hand("update-draft").await;
    live.tell_draft(&[("credits", "Rita")]).await;
    live.evidence("credit");
    live.form("embargo", "propose", &[("at", "2021-06-15T16:00"), ("zone", "UTC")]).await;
    live.form("embargo", "agree", &[]).await;
    live.by_hand(&format!("tell/date-1/{reporter}")).await;
    let notice = live.by_hand("notify-distributors").await;
    let thread = "An embargoed notice";
    live.tell_post(&notice, thread).await;
    let delivered = [
        ("outcome", "delivered"),
        ("place", "the list's log"),
        ("note", "250 OK"),
        ("person", distributor.as_str()),
    ];
    live.form(&notice, "tell-delivery", &delivered).await;
    let words = live.ada.get(&live.at(&notice)).await.words();
    assert!(words.contains("Kim</span>\n arrived <span"), "{words}");
    assert!(!live.checklist().item("buy-in").unwrap().status.missing().is_empty());
    live.days_later(SignedDuration::from_hours(24 * 5)).await;
    assert!(live.evidence("buy-in").contains("seen at the list's log (250 OK)"));

    // A release without the fix keeps the gate shut; nobody's word opens it.
    let [on_main, on_line] = repository.fix();
    repository.release_without_fix_before(&on_line);
    let fixes =
        [("commits contour#main", on_main.as_str()), ("commits contour#1.16", on_line.as_str())];
    live.form("fixes", "fixes", &fixes).await;
    live.wait(SignedDuration::from_mins(2));
    let shut = live.missing(Gate::Publish);
    assert!(shut.contains("a release of contour#1.16 that contains the fix"), "{shut}");
    let words = live.ada.get(&live.at("fixes")).await.words();
    assert!(words.contains("1.16.1 does not contain the fix"), "{words}");
    repository.release_with_fix();
    live.wait(SignedDuration::from_mins(2));
    assert!(live.evidence("releases").contains("1.16.2 contains the fix"));
    assert!(!live.evidence("releases").contains("told by"));
    live.by_hand("update-draft").await;
    live.tell_draft(&[("patched contour#1.16", "1.16.2"), ("credits", "Rita")]).await;

    // The disclosure waits for a person's word that its instant has come.
    live.form("disclosure", "plan", &[]).await;
    for person in [&live.ada, &live.ben] {
        went(&person.leave(&live.at("disclosure"), "approve", &[]).await, "approve");
    }
    live.form("disclosure", "arm", &[]).await;
    assert!(!live.ada.get(&live.at("disclosure")).await.text.contains("value=\"tell-time\""));
    let instant = live.case().disclosure.unwrap().instant;
    let left = instant.duration_since(live.house.hands.now());
    live.days_later(left + SignedDuration::from_mins(1)).await;
    live.wait(SignedDuration::from_mins(5));
    assert!(!live.case().facts.is_public(), "nobody has said that it is time");
    live.form("disclosure", "tell-time", &[("clock", "the telephone's")]).await;
    live.resolve().await;
    assert!(live.case().facts.is_public());
    live.tell_draft(&[
        ("state", "published"),
        ("patched contour#1.16", "1.16.2"),
        ("credits", "Rita"),
    ])
    .await;
    assert!(live.evidence("public").contains("told by Ada on 2021-06-15"));
    let sent: Vec<_> = live.case().act_order;
    for act in sent {
        let kind = live.case().acts[&act].plan.kind.clone();
        if matches!(kind, case::act::ActKind::NotifyUsers | case::act::ActKind::FollowUp) {
            live.tell_post(&format!("act/{act}"), thread).await;
        }
    }
    let lessons = [("text", "Fetch more often."), ("actions", "a timer for the mirror")];
    live.form("retrospective", "retrospective", &lessons).await;
    let looked = [("reason", "We held both against what we approved, by hand.")];
    live.form("overview", "skip-copies", &looked).await;
    assert_eq!(live.missing(Gate::Close), "");
    live.form("retrospective", "close", &[("reason", "It is fixed and public.")]).await;
    assert_eq!(live.case().phase, Phase::Closed);

    // Who told what stands in the timeline too, and nothing of it claims to have been read.
    let told = live.ada.get(&live.at("timeline")).await.words();
    assert!(told.contains("told, not read back: the forge's advisory"), "{told}");
    assert!(told.contains("told that the instant has come, by the telephone's"));
    let overview = live.ada.get(&live.at("overview")).await.words();
    assert!(!overview.contains("read back at"), "{overview}");
    assert!(live.house.done().is_empty(), "the house itself sent nothing");
    audited(&live);
}

/// The cell of a row of the readiness matrix, for line 1.16.
fn on_the_line<'a>(page: &'a Page, fact: &str) -> &'a str {
    let (_, row) = page.text.split_once(&format!("<th scope=\"row\">{fact}</th>")).unwrap();
    let (row, _) = row.split_once("</tr>").unwrap();
    let (_, cell) = row.split_once("data-label=\"1.16\"").unwrap();
    cell.split_once("</td>").unwrap().0
}

#[tokio::test]
async fn people_tell_what_no_repository_shows() {
    let mut repository = Repository::new();
    let live = begin(&repository, "contour").await;
    let reporter = live.case().reports.values().next().unwrap().reporter.to_string();
    assess(&live, &reporter).await;
    name_the_clone(&live).await;
    judge_the_lines(&live).await;
    let fixes = live.at("fixes");
    let page = live.ada.get(&fixes).await;
    assert!(!page.text.contains("tell-milestone"), "nobody has said which commits the fix is");
    let [on_main, on_line] = repository.fix();
    let declared = [("commits contour#1.16", on_line.as_str())];
    live.form("fixes", "fixes", &declared).await;
    let page = live.ada.get(&fixes).await;
    assert!(on_the_line(&page, "Reviewed").contains("cannot be told: nobody has told"));

    let reviewed = [
        ("line", "contour#1.16"),
        ("milestone", "reviewed"),
        ("place", "the review page"),
        ("note", "Ben read every line"),
    ];
    for left_out in ["milestone", "place", "note"] {
        let rest: Vec<_> = reviewed.into_iter().filter(|(name, _)| *name != left_out).collect();
        let refused = live.ada.leave(&fixes, "tell-milestone", &rest).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{left_out}");
    }
    let undeclared = [&[("line", "contour#main")], &reviewed[1..]].concat();
    let refused = live.ada.leave(&fixes, "tell-milestone", &undeclared).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "its fix is not declared");
    let page = live.ada.get(&fixes).await;
    assert!(on_the_line(&page, "Reviewed").contains("cannot be told"), "nothing was kept");

    live.form("fixes", "tell-milestone", &reviewed).await;
    let page = live.ada.get(&fixes).await;
    let cell = on_the_line(&page, "Reviewed");
    for words in ["told by Ada", "Ben read every line", "the review page"] {
        assert!(cell.contains(words), "{cell}");
    }
    assert!(
        on_the_line(&page, "Release notes").contains("cannot be told"),
        "no other fact is told"
    );

    // Other commits are another fix, which nobody has read.
    live.form("fixes", "fixes", &[("commits contour#1.16", on_main.as_str())]).await;
    let page = live.ada.get(&fixes).await;
    assert!(on_the_line(&page, "Reviewed").contains("cannot be told"));
    audited(&live);
}

#[tokio::test]
async fn a_fix_that_was_adapted_or_taken_back_says_so() {
    let mut repository = Repository::new();
    let live = begin(&repository, "contour").await;
    let reporter = live.case().reports.values().next().unwrap().reporter.to_string();
    assess(&live, &reporter).await;
    name_the_clone(&live).await;
    judge_the_lines(&live).await;
    let [on_main, _] = repository.fix();
    repository.origin.checkout("release-1.16").unwrap();
    repository.origin.git(&["reset", "--quiet", "--hard", "HEAD^"]).unwrap();
    let by_hand = FIXED.replace("limit", "old_limit");
    let on_line = repository.origin.commit_file("read.rs", &by_hand, "tidy up").unwrap();
    repository.fetch();
    let declared =
        [("commits contour#main", on_main.as_str()), ("commits contour#1.16", on_line.as_str())];
    live.form("fixes", "fixes", &declared).await;
    let page = live.ada.get(&live.at("fixes")).await;
    let standing = on_the_line(&page, "Where it stands");
    assert!(standing.contains("merged, untagged, adapted"), "{standing}");
    let same = on_the_line(&page, "Same as on the default branch");
    assert!(same.contains("adapted: 0 of 1 lines of"), "{same}");
    let reviewed = [("line", "contour#1.16"), ("milestone", "reviewed")];
    let word = [("place", "the review page"), ("note", "right for this line")];
    live.form("fixes", "tell-milestone", &[reviewed, word].concat()).await;
    let page = live.ada.get(&live.at("fixes")).await;
    assert!(!on_the_line(&page, "Where it stands").contains("adapted"));

    let back = repository.origin.revert(on_line.as_str()).unwrap();
    repository.fetch();
    live.wait(SignedDuration::from_mins(2));
    let page = live.ada.get(&live.at("fixes")).await;
    let lost = format!("reverted: the branch lost the fix to {}", &back.to_string()[..10]);
    assert!(on_the_line(&page, "Where it stands").contains(&lost), "{}", page.words());
    assert!(on_the_line(&page, "On the public branch").contains("taken back by"));
    let told = live.ada.get(&live.at("timeline")).await.words();
    assert!(told.contains("the fix was taken back on contour#1.16 by"), "{told}");
    audited(&live);
}

#[tokio::test]
async fn where_everything_comes_out_together_the_release_is_waited_for() {
    let mut repository = Repository::new();
    let mut live = begin(&repository, "minimal").await;
    let reporter = live.case().reports.values().next().unwrap().reporter.to_string();
    assess(&live, &reporter).await;
    name_the_clone(&live).await;
    judge_the_lines(&live).await;
    live.by_hand("create-draft").await;
    live.tell_draft(&[("patched contour#1.16", "1.16.2")]).await;
    let credit = [("how", "anonymous")];
    live.form("conversation", "answer-credit", &credit).await;
    let id = live.case().vulnerabilities.keys().next().unwrap().to_string();
    live.by_hand(&format!("request-cve/{id}")).await;
    live.form("assessment", "cna", &[("word", "assigned"), ("id", "CVE-2021-32783")]).await;
    live.form("embargo", "propose", &[("at", "2021-06-15T16:00"), ("zone", "UTC")]).await;
    live.form("embargo", "agree", &[]).await;
    live.by_hand(&format!("tell/date-1/{reporter}")).await;
    // What was released is what the advisory names, and so the version is planned before.
    let version = [("verdict contour#1.16", "patch"), ("version contour#1.16", "1.16.2")];
    live.form("assessment", "lines", &version).await;
    live.form("disclosure", "plan", &[]).await;
    live.form("disclosure", "approve", &[]).await;
    live.form("disclosure", "arm", &[]).await;
    let left = live.case().disclosure.unwrap().instant.duration_since(live.house.hands.now());
    live.days_later(left + SignedDuration::from_mins(1)).await;
    live.form("disclosure", "tell-time", &[("clock", "the telephone's")]).await;
    live.resolve().await;
    assert!(!live.case().facts.is_public(), "the release is not there");
    let words = live.ada.get(&live.at("disclosure")).await.words();
    assert!(words.contains("a release of contour#1.16 that contains the fix"), "{words}");

    let [on_main, on_line] = repository.fix();
    repository.release_with_fix();
    let fixes =
        [("commits contour#main", on_main.as_str()), ("commits contour#1.16", on_line.as_str())];
    live.form("fixes", "fixes", &fixes).await;
    live.wait(SignedDuration::from_mins(2));
    live.resolve().await;
    assert!(live.case().facts.is_public());
    live.form("retrospective", "retrospective", &[("text", "It went well.")]).await;
    let looked = [("reason", "We held both against what we approved, by hand.")];
    live.form("overview", "skip-copies", &looked).await;
    live.form("retrospective", "close", &[("reason", "It is fixed and public.")]).await;
    assert_eq!(live.case().phase, Phase::Closed);
    audited(&live);
}

#[tokio::test]
async fn a_mirror_that_is_gone_is_said_and_nothing_is_lost() {
    let repository = Repository::new();
    let live = begin(&repository, "contour").await;
    let reporter = live.case().reports.values().next().unwrap().reporter.to_string();
    assess(&live, &reporter).await;
    let page = format!("/project/{}", live.house.project.unwrap());
    let clone = [("folder", "another.git"), ("told", "newest"), ("newest", "3")];
    let refused = live.ada.leave(&page, "clone", &clone).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.words().contains("there is no repository of that name"), "{}", refused.words());
    name_the_clone(&live).await;
    let lines = live.case().lines;
    assert_eq!(lines.len(), 2);
    let mirror = repository.folder.path().join("clones/contour.git");
    std::fs::rename(&mirror, mirror.with_extension("moved")).unwrap();
    live.wait(SignedDuration::from_mins(2));
    let words = live.ada.get(&live.at("overview")).await.words();
    assert!(words.contains("contour cannot be read, so nothing can be told"), "{words}");
    assert!(words.contains("there is no repository of that name"), "{words}");
    assert_eq!(live.case().lines, lines);
    std::fs::rename(mirror.with_extension("moved"), &mirror).unwrap();
    let words = live.ada.get(&live.at("overview")).await.words();
    assert!(!words.contains("cannot be read"), "{words}");
}

#[tokio::test]
async fn the_team_may_have_a_report_to_the_byte() {
    let repository = Repository::new();
    let live = begin(&repository, "contour").await;
    let report = live.case().reports.keys().next().unwrap().to_string();
    let page = live.ada.get(&live.at("conversation")).await;
    let address = live.at(&format!("report/{report}"));
    assert!(page.words().contains(&format!("href=\"{address}\"")), "{}", page.words());
    let file = live.ada.get(&address).await;
    assert_eq!((file.status, file.text.as_str()), (StatusCode::OK, "report 1"));
    assert_eq!(file.header("content-type"), "application/octet-stream");
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    let name = format!("attachment; filename=\"report-{report}.txt\"");
    assert_eq!(file.header("content-disposition"), name);
    // Who works on the fix reads the case, and not who reported it.
    let frida = [("name", "Frida"), ("role", "fix-developer")];
    live.form("people", "invite", &frida).await;
    let frida = live.case().holding(case::Role::FixDeveloper).next().unwrap().0;
    let frida = Browser::signed_in(&live.house, frida).await;
    assert_eq!(frida.get(&live.at("overview")).await.status, StatusCode::OK);
    assert_eq!(frida.get(&address).await.status, StatusCode::NOT_FOUND);
    let talk = frida.get(&live.at("conversation")).await;
    assert!(!talk.words().contains(&address));
    assert_eq!(live.ada.other().get(&address).await.status, StatusCode::NOT_FOUND);
    let other = live.at(&format!("report/{}", "0".repeat(32)));
    assert_eq!(live.ada.get(&other).await.status, StatusCode::NOT_FOUND);
}
