//! Who may read a 2.1 document: its sharing group beside its TLP label.

use crate::check::Report;
use crate::check::json::Json;

const GROUP: &str = "/document/distribution/sharing_group";
const MAX: &str = "ffffffff-ffff-ffff-ffff-ffffffffffff";
const NIL: &str = "00000000-0000-0000-0000-000000000000";
const PUBLIC: &str = "Public";
const NOBODY: &str = "No sharing allowed";

/// Whether the document is for everybody.
pub(super) fn is_clear(head: &Json<'_>) -> bool {
    let tlp = head.get("distribution").and_then(|distribution| distribution.get("tlp"));
    tlp.and_then(|tlp| tlp.text_of("label")) == Some("CLEAR")
}

pub(super) fn look(head: &Json<'_>, report: &mut Report) {
    let group = head.get("distribution").and_then(|distribution| distribution.get("sharing_group"));
    let Some(group) = group else { return };
    let (id, name) = (group.text_of("id").unwrap_or_default(), group.text_of("name"));
    let clear = is_clear(head);
    let status = head.get("tracking").and_then(|tracking| tracking.text_of("status"));
    if id == MAX && !clear {
        report.error(
            "csaf 6.1.38",
            "/document/distribution/tlp/label",
            "the group of everybody reads a document that is not for everybody",
            "Take the sharing group out, or give the id of a closed one.",
        );
    }
    if clear && id != MAX && !(id == NIL && status == Some("draft")) {
        report.error(
            "csaf 6.1.39",
            format!("{GROUP}/id"),
            "the document is for everybody, and its sharing group is closed",
            "Take the sharing group out.",
        );
    }
    named(id, name, report);
    for (rule, reserved) in [("csaf 6.2.28", MAX), ("csaf 6.2.29", NIL)] {
        if id == reserved {
            report.warning(
                rule,
                format!("{GROUP}/id"),
                "this id is reserved and names no group",
                "Take the sharing group out.",
            );
        }
    }
    if clear {
        report.warning(
            "csaf 6.2.30",
            GROUP,
            "a document for everybody has a sharing group",
            "Take it out: TLP:CLEAR says enough.",
        );
    }
}

fn named(id: &str, name: Option<&str>, report: &mut Report) {
    for (reserved, reserved_name) in [(MAX, PUBLIC), (NIL, NOBODY)] {
        if name == Some(reserved_name) && id != reserved {
            report.error(
                "csaf 6.1.40",
                format!("{GROUP}/name"),
                format!("`{reserved_name}` is the name of another group"),
                "Give the group a name of its own.",
            );
        }
        if id == reserved && name != Some(reserved_name) {
            report.error(
                "csaf 6.1.41",
                if name.is_some() { format!("{GROUP}/name") } else { GROUP.to_owned() },
                format!("the group with this id is called `{reserved_name}`"),
                "Give it this name, or take it out.",
            );
        }
    }
}
