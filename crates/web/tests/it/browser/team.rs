//! A security team that does everything by clicking.

use rehearsal::world::wire::Word;

use super::{chromium::Chromium, practice::OneDrill};

/// Steps that a page offers to prepare again while their evidence is on its way are prepared once.
pub(crate) struct Team<'a> {
    browser: Chromium,
    drills: &'a OneDrill,
    at: String,
    case: String,
    prepared: Vec<String>,
}

const HATS: [usize; 2] = [0, 1];

impl<'a> Team<'a> {
    pub(crate) fn new(browser: Chromium, drills: &'a OneDrill, at: String) -> Self {
        Self { browser, drills, at, case: String::new(), prepared: Vec::new() }
    }

    /// From the link to the closed case.
    pub(crate) fn respond(mut self, link: &str) {
        self.browser.open(link);
        self.press("Sign in");
        self.browser.click("//input[@name='scenario'][@value='contour']");
        self.press("Run a drill");
        assert!(self.browser.text().contains("nothing leaves this house"));
        self.until("a report came in", |b| b.has("//table//th/a"));
        self.browser.follow("//table//th/a");
        let here = self.browser.attribute("//nav[@class='tabs']/a[1]", "href").unwrap();
        here.strip_suffix("/overview").unwrap().clone_into(&mut self.case);
        self.triage();
        self.assess();
        self.invite();
        self.judge_lines();
        self.write_the_advisory();
        self.agree_on_a_date();
        self.prepare_what_is_offered();
        self.settle_access_and_credit();
        self.disclose();
        self.look_back();
    }

    fn go(&mut self, page: &str) {
        let url = format!("{}{}/{page}", self.at, self.case);
        self.browser.open(&url);
    }

    /// Presses a button, which sends a form.
    fn press(&mut self, button: &str) {
        self.browser.follow(&format!("//button[normalize-space()='{button}']"));
        let page = self.browser.text();
        assert!(!page.contains("class=\"refusal\""), "“{button}” was refused:\n{page}");
    }

    /// Opens a folded form and presses its button after `fill`.
    fn fold(&mut self, form: &str, button: &str, fill: impl FnOnce(&mut Chromium)) {
        let folded = format!("//details[not(@open)][form[@id='{form}']]/summary");
        if self.browser.has(&folded) {
            self.browser.click(&folded);
        }
        fill(&mut self.browser);
        let button = format!("//form[@id='{form}']//button[normalize-space()='{button}']");
        self.browser.follow(&button);
        let page = self.browser.text();
        assert!(!page.contains("class=\"refusal\""), "{form} was refused:\n{page}");
    }

    fn field(form: &str, name: &str) -> String {
        format!("//form[@id='{form}']//*[@name='{name}']")
    }

    fn option(form: &str, name: &str, value: &str) -> String {
        format!("//form[@id='{form}']//input[@name='{name}'][@value='{value}']")
    }

    /// Lets time pass until something shows.
    fn until(&mut self, what: &str, shows: impl Fn(&mut Chromium) -> bool) {
        for _ in 0..12 {
            if shows(&mut self.browser) {
                return;
            }
            self.press("Let time pass");
        }
        panic!("{what}: it never came\n{}", self.browser.text());
    }

    fn wear(&mut self, hat: usize) {
        self.browser.choose("//select[@id='hat-person']", hat);
        self.press("Change hats");
    }

    fn triage(&mut self) {
        self.go("assessment");
        self.fold("triage", "Record the verdict", |b| {
            b.click(&Self::option("triage", "verdict", "accepted"));
            b.write(&Self::field("triage", "reason"), "We can reproduce it.");
        });
    }

    fn assess(&mut self) {
        self.fold("vulnerability", "Name it", |b| {
            b.write(&Self::field("vulnerability", "title"), "path matching");
        });
        self.fold("assess", "Record the assessment", |b| {
            let vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N";
            b.write(&Self::field("assess", "vector"), vector);
            b.write(&Self::field("assess", "cwes"), "CWE-863");
        });
    }

    /// The people whom the drill's page names.
    fn invite(&mut self) {
        self.go("people");
        let cast = self.drills.cast();
        for line in cast {
            let (who, does) = line.split_once(": ").unwrap();
            let mut parts = who.split(", ");
            let (name, mailbox) = (parts.next().unwrap(), parts.next().unwrap());
            let login = parts.next().and_then(|p| p.strip_suffix(" at the forge"));
            let role = match does {
                "writes the fix" => "fix-developer",
                "makes the releases" => "release-manager",
                _ => "distributor",
            };
            let b = &mut self.browser;
            b.click(&Self::option("invite", "role", role));
            b.write(&Self::field("invite", "name"), name);
            b.write(&Self::field("invite", "mailbox"), mailbox);
            b.write(&Self::field("invite", "login"), login.unwrap_or_default());
            if role == "distributor" {
                b.write(&Self::field("invite", "organisation"), name);
            }
            self.press("Invite");
        }
    }

    fn judge_lines(&mut self) {
        self.go("assessment");
        self.until("the supported lines", |b| b.has("//form[@id='lines']//select"));
        let versions = [("1.17", "1.17.1"), ("1.16", "1.16.2"), ("1.15", "1.15.2")];
        for (line, version) in versions {
            let of = |part: &str| Self::field("lines", &format!("{part} signpost#{line}"));
            self.browser.choose(&of("verdict"), 1);
            self.browser.write(&of("version"), version);
        }
        self.browser.choose(&Self::field("lines", "verdict signpost#main"), 1);
        self.press("Record the verdicts");
        self.fold("distributors", "Record the decision", |b| {
            for number in 1..=3 {
                let row = format!("//form[@id='distributors']//tbody/tr[{number}]");
                b.click(&format!("{row}//input[@name='concerned']"));
                b.write(&format!("{row}//input[starts-with(@name, 'why')]"), "ships it");
                b.write(&format!("{row}//input[starts-with(@name, 'lines')]"), "signpost#1.16");
            }
            b.write(&Self::field("distributors", "reason"), "All three ship affected lines.");
        });
    }

    fn write_the_advisory(&mut self) {
        self.fold("advisory", "Keep this text", |b| {
            for (name, words) in [
                ("title", "Requests can bypass authorization"),
                ("summary", "A crafted path matches the wrong route."),
                ("details", "The end of a path element is not looked at."),
                ("impact", "Whoever sends the request reaches the route behind."),
                ("attack_vectors", "A request with a crafted path."),
                ("workarounds", "Give every route a policy of its own."),
            ] {
                b.write(&Self::field("advisory", name), words);
            }
        });
    }

    /// Two weeks from now, in the afternoon of a day on which the project publishes.
    fn agree_on_a_date(&mut self) {
        self.go("embargo");
        self.fold("propose", "Propose", |b| {
            b.type_keys(&Self::field("propose", "at"), "03182026\t0400PM");
            b.write(&Self::field("propose", "zone"), "UTC");
        });
        self.press("Agree for the project: date 1");
    }

    /// Plans and approves every act that the overview offers, until nothing new is offered.
    fn prepare_what_is_offered(&mut self) {
        for _ in 0..40 {
            self.go("overview");
            let Some(offer) = self.next_offer() else { return };
            self.browser.follow(&format!("//a[@class='button'][@href='{offer}']"));
            self.prepared.push(offer);
            if self.browser.has("//form[@id='prepare']//button") {
                self.press("Plan exactly this");
                self.approve();
            }
            self.press("Let time pass");
        }
        panic!("there is no end to what is offered");
    }

    fn next_offer(&mut self) -> Option<String> {
        let page = self.browser.text();
        let offers = page.split("<a class=\"button\" href=\"").skip(1);
        let links = offers.filter_map(|rest| rest.split('"').next()).map(ToOwned::to_owned);
        let mut offered = links.filter(|link| link.contains("/prepare/"));
        offered.find(|link| !self.prepared.contains(link))
    }

    /// As many people as it takes stand behind the act that is open, and remember what they saw.
    fn approve(&mut self) {
        let act =
            self.browser.attribute("//form[button[@id='advance']]/input[@name='here']", "value");
        let act = act.unwrap();
        for hat in HATS {
            self.wear(hat);
            assert_eq!(
                self.browser
                    .attribute("//form[button[@id='advance']]/input[@name='here']", "value"),
                Some(act.clone()),
                "changing hats leads back to the same page"
            );
            if !self.browser.has("//form[@id='approve']//button") {
                break;
            }
            self.stand_behind(hat);
        }
        self.wear(0);
    }

    fn stand_behind(&mut self, hat: usize) {
        let digest = self.browser.attribute(&Self::field("approve", "digest"), "value").unwrap();
        let going = self.drills.going.lock().unwrap();
        let practice = going.as_ref().unwrap();
        let person = practice.team()[hat];
        practice.word(Word::StoodBehind { person, digest: digest.parse().unwrap() }).unwrap();
        drop(going);
        self.press("Approve exactly this");
    }

    fn settle_access_and_credit(&mut self) {
        self.go("fixes");
        self.until("the owner's access", |b| b.has("//form[@id='inherited']//button"));
        self.press("This inherited access is known and accepted");
        self.go("conversation");
        if self.browser.has("//form[@id='offer-credit']//button") {
            self.press("Open the question of credit");
        }
        self.prepare_what_is_offered();
        self.go("overview");
    }

    /// What the page says may still change the bytes is done before they are fixed.
    fn settle_what_goes_out(&mut self) {
        for _ in 0..12 {
            self.go("assessment");
            let named = self.browser.text().contains(", assigned");
            self.go("disclosure");
            if named && !self.browser.has("//main//ul[@class='missing']/li") {
                return;
            }
            self.again("update-draft");
            self.prepare_what_is_offered();
            self.press("Let time pass");
        }
        panic!("something is always open\n{}", self.browser.text());
    }

    /// An act that was done before is wanted once more.
    fn again(&mut self, act: &str) {
        self.prepared.retain(|link| !link.contains(act));
    }

    fn disclose(&mut self) {
        self.settle_what_goes_out();
        self.go("disclosure");
        self.press("Plan exactly this");
        for hat in HATS {
            self.wear(hat);
            self.stand_behind(hat);
        }
        self.press("Arm: let it go out by itself");
        self.go("overview");
        // Once the releases are out, the draft is brought up to date with them.
        let update = "//a[@class='button'][contains(@href, '/prepare/update-draft')]";
        self.until("the releases", |b| b.has(update));
        self.again("update-draft");
        self.prepare_what_is_offered();
        self.go("disclosure");
        self.until("the publication", |b| b.text().contains("</span> out</span>"));
    }

    fn look_back(&mut self) {
        self.go("retrospective");
        self.fold("retrospective", "Keep it", |b| {
            b.write(&Self::field("retrospective", "text"), "The checklist carried us.");
            b.write(&Self::field("retrospective", "actions"), "Test path matching with fuzzing.");
        });
        self.go("overview");
        let gate = "//ul[@class='gates']/li[contains(., 'close the case')]";
        let open = format!("{gate}/span[contains(@class, 'done')]");
        self.until("the last proofs", |b| b.has(&open));
        self.go("retrospective");
        self.browser.write(&Self::field("close", "reason"), "Everything is done.");
        self.press("Close the case");
        assert!(self.browser.text().contains("closed"));
    }
}
