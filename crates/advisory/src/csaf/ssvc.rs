//! SSVC selections of a 2.1 document.

use std::collections::BTreeSet;

use super::ssvc_points::{REGISTERED, versions};
use super::{shape, sharing, texts};
use crate::check::Report;
use crate::check::json::Json;
use crate::check::shape::{Extra, look_within};

/// What the rules need to know of the document around.
struct Around<'j> {
    clear: bool,
    tracking: &'j str,
    alone: bool,
}

pub(super) fn look(document: &Json<'_>, head: &Json<'_>, report: &mut Report) {
    let tracking = head.get("tracking").and_then(|tracking| tracking.text_of("id"));
    let vulnerabilities = document.get("vulnerabilities").map(Json::items).unwrap_or_default();
    let around = Around {
        clear: sharing::is_clear(head),
        tracking: tracking.unwrap_or_default(),
        alone: vulnerabilities.len() == 1,
    };
    for (number, vulnerability) in vulnerabilities.iter().enumerate() {
        let mut ids = None;
        for (place, metric) in vulnerability.list("metrics") {
            let list = metric.get("content").and_then(|content| content.get("ssvc_v2"));
            let Some(list) = list else { continue };
            let path = format!("/vulnerabilities/{number}/metrics/{place}/content/ssvc_v2");
            look_within(
                list,
                &shape::ssvc::SELECTIONS,
                "csaf 6.1.46",
                Extra::Refused,
                &path,
                report,
            );
            let ids = ids.get_or_insert_with(|| {
                let others = vulnerability.list("ids").filter_map(|(_, id)| id.text_of("text"));
                others.chain(vulnerability.text_of("cve")).collect::<BTreeSet<_>>()
            });
            around.targets(list, &path, ids, report);
            around.selections(list, &path, report);
        }
    }
}

impl Around<'_> {
    fn targets(&self, list: &Json<'_>, path: &str, ids: &BTreeSet<&str>, report: &mut Report) {
        for (place, id) in texts(list, "target_ids") {
            if !ids.contains(id) || id == self.tracking && !self.alone {
                report.error(
                    "csaf 6.1.47",
                    format!("{path}/target_ids/{place}"),
                    format!("`{id}` is no id of this vulnerability alone"),
                    "Name it by its CVE id or another of its ids, or leave target_ids out.",
                );
            }
        }
    }

    fn selections(&self, list: &Json<'_>, path: &str, report: &mut Report) {
        let mentioned = mentioned(list);
        let since = list.text_of("timestamp").and_then(|at| at.get(..10)).unwrap_or_default();
        for (place, selection) in list.list("selections") {
            let path = format!("{path}/selections/{place}");
            let Some(namespace) = selection.text_of("namespace") else { continue };
            let base = namespace.split('/').next().unwrap_or_default();
            let name = base.split('#').next().unwrap_or_default();
            if matches!(name, "example" | "test") {
                continue;
            }
            self.namespace(namespace, name, &path, report);
            let known = namespace == base && REGISTERED.contains(&name);
            if !known && !mentioned.contains(namespace) {
                report.warning(
                    "csaf 6.2.37",
                    path.as_str(),
                    format!("nothing says what the namespace {namespace} holds"),
                    "Name it in the summary of a resource in decision_point_resources.",
                );
            }
            point(selection, base, name, &path, report);
            latest(selection, base, since, &path, report);
        }
    }

    fn namespace(&self, namespace: &str, name: &str, path: &str, report: &mut Report) {
        let path = format!("{path}/namespace");
        if !REGISTERED.contains(&name) {
            let message = format!("{name} is no registered namespace of SSVC");
            let hint = "Readers may not know what its decision points mean.";
            report.warning("csaf 6.2.34", path.as_str(), message.as_str(), hint);
            if self.clear {
                report.warning("csaf 6.2.35", path.as_str(), message, hint);
            } else {
                report.push_info("csaf 6.3.14", &path, message);
            }
        }
        if namespace.contains('/') {
            let message = "the namespace is extended".to_owned();
            if self.clear {
                let hint = "Readers may not know the extension: use the namespace itself.";
                report.warning("csaf 6.2.36", path, message, hint);
            } else {
                report.push_info("csaf 6.3.15", &path, message);
            }
        }
    }
}

/// Every namespace that the summary of a resource may speak of.
fn mentioned<'j>(list: &'j Json<'_>) -> BTreeSet<&'j str> {
    let apart = |c: char| !c.is_ascii_alphanumeric() && !"_.#/$-".contains(c);
    let resources = list.list("decision_point_resources");
    let summaries = resources.filter_map(|(_, resource)| resource.text_of("summary"));
    summaries.flat_map(|text| text.split(apart)).map(|word| word.trim_end_matches('.')).collect()
}

/// Whether a registered decision point exists, with these values in this order.
fn point(selection: &Json<'_>, base: &str, name: &str, path: &str, report: &mut Report) {
    let hint = "Look it up among CERT/CC's decision points.";
    if matches!(name, "invalid" | "x_invalid") {
        report.error("csaf 6.1.48", path, "this namespace is for what is wrong on purpose", hint);
    }
    let (Some(key), Some(version)) = (selection.text_of("key"), selection.text_of("version"))
    else {
        return;
    };
    let Ok(number) = version.parse() else { return };
    if !REGISTERED.contains(&name) {
        return;
    }
    let Some(point) = versions(base, key).find(|point| point.is(&number)) else {
        let message = format!("{base} has no decision point {key} in version {version}");
        report.error("csaf 6.1.48", path, message, hint);
        return;
    };
    let mut before = None;
    for (place, value) in selection.list("values") {
        let Some(value) = value.text_of("key") else { continue };
        let at = point.place(value);
        if at.is_none() || at <= before {
            let why = if at.is_none() { "there is no such value" } else { "it is out of order" };
            report.error(
                "csaf 6.1.48",
                format!("{path}/values/{place}"),
                format!("{base} {key} {version}, {value}: {why}"),
                hint,
            );
        }
        before = at;
    }
}

fn latest(selection: &Json<'_>, base: &str, day: &str, path: &str, report: &mut Report) {
    let (Some(key), Some(version)) = (selection.text_of("key"), selection.text_of("version"))
    else {
        return;
    };
    let Ok(version) = version.parse::<semver::Version>() else { return };
    let then = versions(base, key).filter(|point| point.since <= day);
    let Some(newest) = then.map(|point| point.version).max() else { return };
    if newest.cmp_precedence(&version) != std::cmp::Ordering::Equal {
        let message = format!("at that time, {base} {key} was in version {newest}");
        report.push_info("csaf 6.3.13", &format!("{path}/version"), message);
    }
}
