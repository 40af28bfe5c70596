//! Dates of a 2.1 document: how they are written, and what cannot have happened yet.

use jiff::{SignedDuration, Timestamp};

use super::sharing;
use crate::check::Report;
use crate::check::forms::date_time;
use crate::check::json::Json;

/// The moment that a text names. Parts of a second that a nanosecond cannot hold are left out.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    const DIGITS: usize = 9;
    let Some((seconds, rest)) = text.split_once('.') else { return text.parse().ok() };
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (fraction, offset) = rest.split_at_checked(end)?;
    let fraction = fraction.get(..DIGITS).unwrap_or(fraction);
    format!("{seconds}.{fraction}{offset}").parse().ok()
}

/// What a document says about its own time.
struct Course {
    /// When it was last revised, if it is released.
    released: Option<Timestamp>,
    /// When it was last revised at all.
    revised: Option<Timestamp>,
    clear: bool,
    now: Option<Timestamp>,
}

/// `now` is the moment of the check, where the caller knows it.
pub(super) fn look(
    document: &Json<'_>,
    head: &Json<'_>,
    now: Option<Timestamp>,
    report: &mut Report,
) {
    let tracking = head.get("tracking");
    let history = tracking.into_iter().flat_map(|tracking| tracking.list("revision_history"));
    let revised = history.filter_map(|(_, one)| moment(one.text_of("date")?)).max();
    let status = tracking.and_then(|tracking| tracking.text_of("status"));
    let released = revised.filter(|_| matches!(status, Some("final" | "interim")));
    let course = Course { released, revised, clear: sharing::is_clear(head), now };
    if let Some(tracking) = tracking {
        written(
            tracking,
            "/document/tracking",
            &["current_release_date", "initial_release_date"],
            report,
        );
        if let Some(generator) = tracking.get("generator") {
            written(generator, "/document/tracking/generator", &["date"], report);
        }
        each(tracking, "revision_history", "/document/tracking", |one, path| {
            written(one, path, &["date"], report);
        });
    }
    for (place, vulnerability) in document.list("vulnerabilities") {
        let path = format!("/vulnerabilities/{place}");
        written(vulnerability, &path, &["disclosure_date", "discovery_date"], report);
        for list in ["flags", "involvements", "remediations", "threats"] {
            each(vulnerability, list, &path, |one, path| written(one, path, &["date"], report));
        }
        each(vulnerability, "first_known_exploitation_dates", &path, |one, path| {
            written(one, path, &["date", "exploitation_date"], report);
            course.exploited(one, path, report);
        });
        course.disclosed(vulnerability, &path, report);
        course.measured(vulnerability, &path, report);
    }
}

fn each(holder: &Json<'_>, list: &str, path: &str, mut look: impl FnMut(&Json<'_>, &str)) {
    for (place, one) in holder.list(list) {
        look(one, &format!("{path}/{list}/{place}"));
    }
}

/// RFC 3339 with capital letters and without leap seconds.
fn written(holder: &Json<'_>, path: &str, members: &[&str], report: &mut Report) {
    for member in members {
        let Some(text) = holder.text_of(member) else { continue };
        let leap = text.get(17..19) == Some("60");
        if !date_time(text) || leap || text.contains(['t', 'z']) {
            report.error(
                "csaf 6.1.37",
                format!("{path}/{member}"),
                "this is no date and time as CSAF writes them",
                "Write 2021-07-22T15:00:00Z, or with an offset, and no leap second.",
            );
        }
    }
}

impl Course {
    fn is_later(&self, holder: &Json<'_>, member: &str) -> bool {
        let moment = holder.text_of(member).and_then(moment);
        moment.zip(self.released).is_some_and(|(moment, released)| moment > released)
    }

    fn exploited(&self, one: &Json<'_>, path: &str, report: &mut Report) {
        for member in ["date", "exploitation_date"] {
            if self.is_later(one, member) {
                later("csaf 6.1.52", format!("{path}/{member}"), report);
            }
        }
        let (known, exploited) = (one.text_of("date"), one.text_of("exploitation_date"));
        let pair = known.and_then(moment).zip(exploited.and_then(moment));
        if pair.is_some_and(|(known, exploited)| exploited > known) {
            report.error(
                "csaf 6.1.53",
                format!("{path}/exploitation_date"),
                "it was exploited after this became known",
                "`date` is when the exploitation was known of.",
            );
        }
    }

    fn disclosed(&self, vulnerability: &Json<'_>, path: &str, report: &mut Report) {
        let path = format!("{path}/disclosure_date");
        if self.clear && self.is_later(vulnerability, "disclosure_date") {
            later("csaf 6.1.45", path.clone(), report);
        }
        let disclosed = vulnerability.text_of("disclosure_date").and_then(moment);
        if let (Some(disclosed), Some(revised), Some(now)) = (disclosed, self.revised, self.now)
            && disclosed <= now
            && disclosed > revised
        {
            report.warning(
                "csaf 6.2.33",
                path,
                "the vulnerability was disclosed, and the document was not revised since",
                "Give the document a revision.",
            );
        }
    }

    /// The times of SSVC's and EPSS's measures.
    fn measured(&self, vulnerability: &Json<'_>, path: &str, report: &mut Report) {
        let mut youngest: Option<(Timestamp, String)> = None;
        each(vulnerability, "metrics", path, |metric, path| {
            let Some(content) = metric.get("content") else { return };
            for (rule, name) in [("csaf 6.1.49", "ssvc_v2"), ("csaf 6.1.51", "epss")] {
                let Some(measure) = content.get(name) else { continue };
                let path = format!("{path}/content/{name}");
                written(measure, &path, &["timestamp"], report);
                let path = format!("{path}/timestamp");
                if self.is_later(measure, "timestamp") {
                    later(rule, path.clone(), report);
                }
                let at = measure.text_of("timestamp").filter(|_| name == "epss").and_then(moment);
                if let Some(at) = at
                    && youngest.as_ref().is_none_or(|(youngest, _)| at > *youngest)
                {
                    youngest = Some((at, path));
                }
            }
        });
        if let (Some((at, path)), Some(released)) = (youngest, self.released)
            && released.duration_since(at) > SignedDuration::from_hours(15 * 24)
        {
            report.warning(
                "csaf 6.2.41",
                path,
                "EPSS was asked more than 15 days before the latest revision",
                "Ask it anew with each revision.",
            );
        }
    }
}

fn later(rule: &'static str, path: String, report: &mut Report) {
    report.error(
        rule,
        path,
        "this is after the latest revision of a released document",
        "Correct the date, or give the document a revision.",
    );
}
