//! What the advisory says of each vulnerability beside the words and what the case knows: the
//! packages, and when it was discovered, disclosed and first exploited.

use advisory::{Advisory, Affected, Ecosystem, FirstExploitation, Vulnerability};
use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use crate::{
    desk::Desk,
    fields::{Fields, Read, bad},
};

/// Free rows below those that are filled in already: for packages, and for first exploitations.
const FREE: [usize; 2] = [2, 1];
/// More rows than a page of ours ever shows.
const MOST_ROWS: usize = 64;

/// One vulnerability's part of the form.
#[derive(Serialize)]
pub(super) struct Particulars {
    number: usize,
    title: String,
    packages: Vec<Row>,
    discovered: String,
    disclosed: String,
    exploitations: Vec<[String; 2]>,
}

#[derive(Serialize, Clone, Default)]
struct Row {
    ecosystem: &'static str,
    name: String,
}

/// The words for the places where packages are published.
pub(super) fn ecosystems() -> [&'static str; 13] {
    Ecosystem::ALL.map(Ecosystem::as_str)
}

/// What is known so far, for every vulnerability of the case.
pub(super) fn view(desk: &Desk<'_>) -> Vec<Particulars> {
    let written = desk.case.advisory.as_ref().map(|text| text.advisory.vulnerabilities.as_slice());
    let written = written.unwrap_or_default();
    let order = desk.case.in_advisory();
    let known = order.iter().filter_map(|id| desk.case.vulnerabilities.get(id));
    let titles: Vec<_> = known.map(|known| known.title.as_str()).collect();
    let one = |number: usize| {
        let title = titles.get(number).map_or("the vulnerability", |title| title);
        let nothing = Vulnerability::default();
        particulars(number, title, written.get(number).unwrap_or(&nothing))
    };
    (0..titles.len().max(written.len()).max(1)).map(one).collect()
}

fn particulars(number: usize, title: &str, known: &Vulnerability) -> Particulars {
    let row = |package: &Affected| Row {
        ecosystem: package.ecosystem.as_str(),
        name: package.name.clone(),
    };
    let exploited = |one: &FirstExploitation| [one.at, one.learnt].map(local);
    let [packages, exploitations] = FREE;
    let free = std::iter::repeat_n(Row { ecosystem: "go", name: String::new() }, packages);
    let none = std::iter::repeat_n(Default::default(), exploitations);
    Particulars {
        number,
        title: title.to_owned(),
        packages: known.affected.iter().map(row).chain(free).collect(),
        discovered: known.discovery_date.map(local).unwrap_or_default(),
        disclosed: known.disclosure_date.map(local).unwrap_or_default(),
        exploitations: known.first_exploitations.iter().map(exploited).chain(none).collect(),
    }
}

/// As a field for a date and time holds it: in UTC, and to the second where that matters.
fn local(at: Timestamp) -> String {
    let at = at.to_zoned(TimeZone::UTC);
    let seconds = if at.second() == 0 { "" } else { ":%S" };
    at.strftime(&format!("%Y-%m-%dT%H:%M{seconds}")).to_string()
}

/// Puts what the form says into the advisory; what it does not ask for stays.
pub(super) fn read(desk: &Desk<'_>, fields: &Fields, advisory: &mut Advisory) -> Read<()> {
    let asked = (0..MOST_ROWS).take_while(|number| fields.has(&format!("discovered {number}")));
    for number in asked {
        let known = advisory.vulnerabilities.get(number).cloned().unwrap_or_default();
        let form = Form { fields, number, now: desk.view.now };
        let said = form.said(known.clone())?;
        if said != known {
            let count = advisory.vulnerabilities.len().max(number.saturating_add(1));
            advisory.vulnerabilities.resize_with(count, Vulnerability::default);
            if let Some(place) = advisory.vulnerabilities.get_mut(number) {
                *place = said;
            }
        }
    }
    Ok(())
}

/// The fields of one vulnerability.
struct Form<'f> {
    fields: &'f Fields,
    number: usize,
    now: Timestamp,
}

impl Form<'_> {
    fn said(&self, known: Vulnerability) -> Read<Vulnerability> {
        let discovery_date = self.past("discovered", "Discovered", known.discovery_date)?;
        let disclosure_date = self.date("disclosed", "Disclosed", known.disclosure_date)?;
        if discovery_date.zip(disclosure_date).is_some_and(|(found, told)| told < found) {
            let why = "it was disclosed before it was discovered";
            return Err(bad(why, "correct one of the two dates"));
        }
        Ok(Vulnerability {
            affected: self.packages(&known.affected)?,
            discovery_date,
            disclosure_date,
            first_exploitations: self.exploitations(&known.first_exploitations)?,
            ..known
        })
    }

    /// The packages with a name. One that was there keeps what is known of its lines, also under
    /// another name.
    fn packages(&self, known: &[Affected]) -> Read<Vec<Affected>> {
        let mut packages: Vec<Affected> = Vec::new();
        for row in 0..MOST_ROWS {
            let field = |what: &str| format!("{what} {} {row}", self.number);
            if !self.fields.has(&field("package")) {
                break;
            }
            let name = self.fields.text(&field("package"));
            if name.is_empty() {
                continue;
            }
            let ecosystem = Ecosystem::read(self.fields.text(&field("ecosystem")))
                .ok_or_else(|| bad(format!("nobody says where “{name}” is published"), "choose"))?;
            let is = |one: &&Affected| one.ecosystem == ecosystem && one.name == name;
            if packages.iter().any(|one| is(&one)) {
                return Err(bad(format!("“{name}” is named twice"), "empty one of the two"));
            }
            if name.contains(char::is_whitespace) {
                let why = format!("“{name}” is no name of a package");
                return Err(bad(why, "write one name, without blanks; there is a row for each"));
            }
            let before = known.iter().find(is).or_else(|| known.get(row));
            let lines = before.map(|before| before.lines.clone()).unwrap_or_default();
            packages.push(Affected { ecosystem, name: name.to_owned(), lines });
        }
        Ok(packages)
    }

    fn exploitations(&self, known: &[FirstExploitation]) -> Read<Vec<FirstExploitation>> {
        let mut all = Vec::new();
        for row in 0..MOST_ROWS {
            let known = known.get(row);
            let at =
                self.past(&format!("exploited-{row}"), "First exploited", known.map(|k| k.at))?;
            let learnt = self.past(&format!("learnt-{row}"), "Learnt", known.map(|k| k.learnt))?;
            match at.zip(learnt) {
                Some((at, learnt)) if learnt < at => {
                    let why = "a first exploitation was learnt of before it happened";
                    return Err(bad(why, "correct one of the two dates"));
                }
                Some((at, learnt)) => all.push(FirstExploitation { at, learnt }),
                None if at.is_none() && learnt.is_none() => {}
                None => {
                    let why = "a first exploitation needs both dates: when, and when it was learnt";
                    return Err(bad(why, "fill in the other, or empty both"));
                }
            }
        }
        Ok(all)
    }

    /// A date that cannot be to come.
    fn past(&self, what: &str, label: &str, known: Option<Timestamp>) -> Read<Option<Timestamp>> {
        let date = self.date(what, label, known)?;
        if date.is_some_and(|at| at > self.now) {
            return Err(bad(format!("“{label}” has not come yet"), "correct the date, in UTC"));
        }
        Ok(date)
    }

    /// A date, if one was given; what was not touched stays to the fraction of a second.
    fn date(&self, what: &str, label: &str, known: Option<Timestamp>) -> Read<Option<Timestamp>> {
        let field = format!("{what} {}", self.number);
        if known.is_some_and(|at| local(at) == self.fields.text(&field)) {
            return Ok(known);
        }
        self.fields.instant_if_any(&field, "UTC", label)
    }
}
