//! What a list sends to its subscribers, of whom the house is one: which notice it is a copy of, and
//! what strangers cannot make of that.

use std::collections::BTreeMap;

use case::{
    ActId, Actor, Case, CaseId, Command, CommandId, ProjectId,
    act::{ActKind, ActState, Payload, Plan, Proof},
    event::{Decision, Triage},
    notice::{Audience, Difference, ListProfile, Posting},
    sealing::Correspondent,
};
use engine::{Submission, message_id};
use jiff::SignedDuration;

use crate::house::{House, START};

pub(crate) const NOTE: &str = "This stays among the members of this list.";
const LIST: &str = "distributors@lists.example.org";

pub(crate) struct Listed {
    pub(crate) house: House,
    project: ProjectId,
    pub(crate) case: CaseId,
    pub(crate) act: ActId,
}

fn profile(audience: Audience, address: &str, posting: Posting) -> ListProfile {
    ListProfile {
        audience,
        address: address.parse().unwrap(),
        posting,
        web: None,
        tag: Some("#security".into()),
        prefix: None,
        cve_id_allowed: false,
        closing_note: (audience == Audience::Distributors).then(|| NOTE.into()),
        longest_embargo_days: None,
    }
}

/// A house whose notice to the distributors is approved, and sent unless people post it.
pub(crate) fn sent(posting: Posting) -> Listed {
    sent_to(posting, None)
}

/// The same, where mail to the list is encrypted to a key.
pub(crate) fn sent_to(posting: Posting, key: Option<&Correspondent>) -> Listed {
    let house = House::new();
    house.script.lock().unwrap().by_hand = posting == Posting::Web;
    let mut policy = house.engine.project(house.project).unwrap().policy;
    policy.lists = BTreeMap::from([
        ("distributors".into(), profile(Audience::Distributors, LIST, posting)),
        ("users".into(), profile(Audience::Users, "users@lists.example.org", posting)),
    ]);
    let (pin, id) = (house.playbook.pin(), CommandId([9; 16]));
    let project = house.engine.create_project(house.ada, &policy, &pin, id).unwrap();
    let address = "security@example.org".parse().unwrap();
    house.engine.open_letterbox(project, house.ada, &address, CommandId([8; 16])).unwrap();
    if let Some(key) = key {
        let (list, id) = (LIST.parse().unwrap(), CommandId([6; 16]));
        house.engine.protect_list(project, house.ada, &list, key, None, id).unwrap();
    }
    let submission = Submission {
        command: CommandId([7; 16]),
        channel: "form".into(),
        raw: b"raw".to_vec(),
        name: "Rita".into(),
        mailbox: None,
        automatic: false,
        title: "It crashes".into(),
        text: "Send it a comma.".into(),
        deadline: None,
        encrypted: false,
    };
    let case = house.engine.receive(project, &submission).unwrap().case;
    let act = ActId([5; 16]);
    let listed = Listed { house, project, case, act };
    let reason = || "it is one".to_owned();
    let verdict = Decision::Triage { verdict: Triage::Accepted, reason: reason() };
    listed.ada(&Command::Decide(Box::new(verdict)));
    listed.ada(&Command::ProposeEmbargo {
        instant: START + SignedDuration::from_hours(240),
        zone: "UTC".into(),
        tzdata: "2026a".into(),
        answer_by: None,
    });
    let advisory = advisory::Advisory {
        title: Some("Slashes".into()),
        details: Some("Paths with two slashes are not checked before they are matched.".into()),
        ..advisory::Advisory::default()
    };
    listed.ada(&Command::Decide(Box::new(Decision::Advisory(Box::new(advisory)))));
    let plan = listed.compose(&ActKind::NotifyDistributors);
    let digest = plan.digest().unwrap();
    listed.ada(&Command::Plan { act, plan: Box::new(plan) });
    listed.ada(&Command::Approve { act, digest });
    listed.house.settle();
    listed
}

impl Listed {
    fn ada(&self, command: &Command) {
        self.house.act(self.case, self.house.ada, command).unwrap();
    }

    pub(crate) fn case(&self) -> Case {
        self.house.engine.view(self.case, Actor::House).unwrap().loaded.case
    }

    fn compose(&self, kind: &ActKind) -> Plan {
        self.house.engine.compose(&self.case(), kind, None).unwrap()
    }

    pub(crate) fn words(&self) -> (String, String) {
        let Payload::Message { subject, body } = self.case().acts[&self.act].plan.payload.clone()
        else {
            return Default::default();
        };
        (subject, body)
    }

    /// Hands a mail over, and says in which case it is.
    pub(crate) fn deliver(&self, mail: &str) -> CaseId {
        let to = "security@example.org".parse().unwrap();
        self.house.engine.deliver_mail(self.project, &to, mail.as_bytes()).unwrap()
    }

    /// The notice as its list sends it.
    fn copy(&self, id: &str) -> String {
        let (subject, body) = self.words();
        format!(
            "List-Id: The distributors <distributors.lists.example.org>\r\n\
             List-Post: <mailto:distributors@lists.example.org>\r\n\
             Archived-At: <https://lists.example.org/m/1>\r\n\
             From: security@example.org\r\nTo: distributors@lists.example.org\r\n\
             Message-ID: <{id}>\r\nSubject: [distributors] {subject}\r\n\r\n\
             {}\r\n_____\r\nTo leave this list, write to leave@lists.example.org.\r\n",
            body.replace('\n', "\r\n")
        )
    }

    fn own_copy(&self) -> String {
        self.copy(&message_id(self.act))
    }
}

#[test]
fn the_lists_copy_of_what_was_mailed_shows_that_the_list_has_it() {
    let listed = sent(Posting::Mail);
    assert!(matches!(listed.case().acts[&listed.act].state, ActState::Done { .. }));
    assert_eq!(listed.case().posts.len(), 0, "held by a moderator, nothing is seen");
    let mail = listed.own_copy();
    assert_eq!(listed.deliver(&mail), listed.case);
    assert_eq!(listed.deliver(&mail), listed.case, "the same bytes again");
    let case = listed.case();
    let post = &case.posts[&listed.act];
    assert_eq!((post.url.as_str(), post.words_match), ("https://lists.example.org/m/1", true));
    let copies = &case.list_copies[&listed.act];
    assert_eq!((copies.len(), case.messages.len()), (1, 1));
    assert_eq!(copies[0].copy.by, ["List-Id", "List-Post"]);
    let below = "To leave this list, write to leave@lists.example.org.";
    assert_eq!(copies[0].copy.compared.below, below);
}

#[test]
fn a_copy_says_the_same_in_any_encoding() {
    use data_encoding::BASE64;
    let written = |kind: &str, body: &str| {
        let listed = sent(Posting::Mail);
        let (head, _) =
            listed.own_copy().split_once("\r\n\r\n").map(|(h, b)| (h.to_owned(), b.len())).unwrap();
        listed.deliver(&format!("{head}\r\nMIME-Version: 1.0\r\n{kind}\r\n\r\n{body}"));
        listed.case().list_copies[&listed.act][0].copy.compared.clone()
    };
    let (_, body) = sent(Posting::Mail).words();
    let base64 = written(
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64",
        &BASE64.encode(body.as_bytes()),
    );
    assert_eq!(base64.differences, []);
    let html = body.replace("\n\n", "</p><p>").replace('\n', "<br>\n");
    let page = format!("<html><body><p>{html}</p><hr><p>Leave</p></body></html>");
    assert_eq!(written("Content-Type: text/html; charset=utf-8", &page).differences, []);
    let parts = format!(
        "--b\r\nContent-Type: text/plain\r\n\r\n{}\r\n--b\r\nContent-Type: text/plain\r\n\r\nLeave\r\n--b--\r\n",
        body.replace('\n', "\r\n")
    );
    let with_footer = written("Content-Type: multipart/mixed; boundary=b", &parts);
    assert_eq!(with_footer.differences, []);
}

#[test]
fn a_copy_of_other_words_calls_somebody_and_closes_nothing() {
    let listed = sent(Posting::Mail);
    listed.deliver(&listed.own_copy().replace(NOTE, "Share it with everybody."));
    let case = listed.case();
    assert_eq!(case.posts.len(), 0);
    assert_eq!(case.list_copies[&listed.act][0].copy.compared.differences, [Difference::NoNote]);
    assert_eq!(case.strange_copies().count(), 1);
    let [row] =
        listed.house.engine.cases(listed.house.ada, None, 9).unwrap().cases.try_into().unwrap();
    assert!(row.trouble.is_some(), "the first page says so");
    let settle =
        Decision::SettleListCopies { act: listed.act, seen: 1, reason: "asked the owners".into() };
    listed.ada(&Command::Decide(Box::new(settle)));
    let [row] =
        listed.house.engine.cases(listed.house.ada, None, 9).unwrap().cases.try_into().unwrap();
    assert!(row.trouble.is_none());
}

#[test]
fn what_somebody_posted_by_hand_is_known_by_its_words_and_waits_for_a_person() {
    let listed = sent(Posting::Web);
    assert!(matches!(listed.case().acts[&listed.act].state, ActState::Uncertain { .. }));
    let mail = listed.copy("web-post-1@lists.example.org");
    assert_eq!(listed.deliver(&mail), listed.case);
    let case = listed.case();
    assert_eq!(case.posts.len(), 0, "whoever read it could have written this");
    let copy = &case.list_copies[&listed.act][0].copy;
    assert_eq!((copy.own, copy.compared.same()), (false, true));
    assert_eq!(case.strange_copies().count(), 0);
    let proof = Proof { by: "the list's page".into(), reference: "https://l.example/1".into() };
    listed.ada(&Command::Resolve { act: listed.act, proof });
    assert_eq!(listed.case().posts.len(), 0);
}

#[test]
fn words_that_came_by_another_list_are_found_there() {
    let listed = sent(Posting::Web);
    let mail = listed.copy("1@lists.example.org").replace("distributors.lists", "users.lists");
    let mail = mail.replace("mailto:distributors@", "mailto:users@");
    assert_eq!(listed.deliver(&mail), listed.case);
    let address = "users@lists.example.org".parse().unwrap();
    let found = listed.case().list_copies[&listed.act][0].copy.clone();
    assert_eq!(found.compared.differences, [Difference::OtherList { address }]);
    assert_eq!(listed.case().strange_copies().count(), 1);
}

#[test]
fn what_is_no_copy_goes_where_it_went_before() {
    let listed = sent(Posting::Web);
    let (subject, body) = listed.words();
    let quoted = format!("> {}", body.replace('\n', "\r\n> "));
    let fine = listed.copy("1@lists.example.org");
    let head = |subject: &str| {
        format!("List-Id: <distributors.lists.example.org>\r\nSubject: {subject}\r\n\r\n")
    };
    for (row, mail) in [
        (
            "an answer that quotes it",
            format!("{}We agree.\r\n\r\n{quoted}", head(&format!("Re: {subject}"))),
        ),
        ("a report under its subject", format!("{}Two dots skip it too.", head(&subject))),
        ("its words, from no list", fine.replace("List-", "X-Was-")),
        ("another notice's note", format!("{}Slashes.\r\n\r\n{NOTE}", head("Something else"))),
    ] {
        assert_ne!(listed.deliver(&mail), listed.case, "{row}");
    }
    assert_eq!(listed.case().list_copies.len(), 0);
}

#[test]
fn a_copy_of_what_nobody_approved_is_a_mail_like_any_other() {
    let listed = sent(Posting::Web);
    let mail = listed.copy("1@lists.example.org");
    listed.ada(&Command::Cancel { act: listed.act, reason: "another date".into() });
    assert_ne!(listed.deliver(&mail), listed.case);
    assert_eq!(listed.case().list_copies.len(), 0);
}

#[test]
fn a_lists_word_that_a_moderator_has_it_is_kept_with_the_notice_and_shows_nothing() {
    let listed = sent(Posting::Mail);
    let (subject, _) = listed.words();
    let word = |from: &str, subject: &str| {
        format!(
            "From: {from}\r\nList-Id: <distributors.lists.example.org>\r\nPrecedence: bulk\r\n\
             Subject: Your message to {LIST} awaits moderator approval\r\n\r\n\
             Your mail with the subject\r\n\r\n    {subject}\r\n\r\nis being held.\r\n"
        )
    };
    let bounces = "distributors-bounces@lists.example.org";
    assert_eq!(listed.deliver(&word(bounces, &subject)), listed.case);
    let case = listed.case();
    assert_eq!((case.posts.len(), case.list_copies.len(), case.messages.len()), (0, 0, 1));
    for (row, mail) in [
        ("another subject", word(bounces, "something else")),
        ("somebody else", word("eve@lists.example.org", &subject)),
    ] {
        assert_ne!(listed.deliver(&mail), listed.case, "{row}");
    }
    let calls = listed.house.calls();
    listed.house.settle();
    assert_eq!(listed.house.calls(), calls + 1, "only somebody is acknowledged, no program");
}

#[test]
fn a_follow_up_that_comes_back_is_itself_and_not_what_it_follows() {
    let (notice, follow_up) = (ActId([1; 16]), ActId([2; 16]));
    let mail = format!(
        "Message-ID: <{}>\r\nIn-Reply-To: <{}>\r\nSubject: Re: heron\r\n\r\nThey are out.\r\n",
        message_id(follow_up),
        message_id(notice)
    );
    let read = engine::read_mail(mail.as_bytes()).unwrap();
    assert_eq!((read.answers, read.listed.own), (Some(follow_up), Some(follow_up)));
}
