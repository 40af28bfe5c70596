//! A folder of OSV records, with the two lists by which they are fetched: `all.json`, which
//! osv.dev asks of a source behind plain addresses, and `modified_id.csv`, as its own exports have
//! it, the latest change first.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Files, Issue, LeftOut, ProviderError, STAGE};
use crate::osv::{self, Publication};

/// Writes the folder, and says under which path each advisory stands.
pub(super) fn write(
    issues: &[Issue<'_>],
    files: &mut Files,
    left_out: &mut Vec<LeftOut>,
) -> Result<BTreeMap<String, String>, ProviderError> {
    let mut paths = BTreeMap::new();
    let mut changes: Vec<(Timestamp, &str)> = Vec::new();
    for issue in issues {
        let publication = Publication {
            id: issue.id.clone(),
            published: Some(issue.first),
            modified: issue.changed(),
            withdrawn: issue.withdrawn,
            stage: STAGE,
        };
        match osv::write(&issue.shown, &publication) {
            Ok(record) => {
                // Who fetches a record asks for its id as it is.
                let path = format!("osv/{}.json", issue.id);
                files.insert(path.clone(), record);
                paths.insert(issue.id.clone(), path);
                changes.push((issue.changed(), &issue.id));
            }
            Err(error) => left_out.push(LeftOut {
                advisory: issue.id.clone(),
                record: "OSV",
                why: error.to_string(),
            }),
        }
    }
    changes.sort_by(|(at, id), (other_at, other)| other_at.cmp(at).then_with(|| id.cmp(other)));
    let lines = changes.iter().map(|(at, id)| format!("{at},{id}\n"));
    files.insert("osv/modified_id.csv".to_owned(), lines.collect::<String>().into_bytes());
    let all = changes.iter().map(|(at, id)| json!({ "id": id, "modified": at.to_string() }));
    files.insert("osv/all.json".to_owned(), super::json(Value::Array(all.collect()))?);
    Ok(paths)
}
