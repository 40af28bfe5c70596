//! What git's own commit-graph says, in one file or a chain of them.
//!
//! It is believed when its checksum holds and its generations are in order. Whoever can forge that
//! can move the tags as well.

use std::{fs, path::Path, thread};

use gix_commitgraph::{File, Graph};

use super::{Ancestry, History, draft::Draft};

/// The history in the commit-graph of a folder of objects; `None` where there is none, or one that
/// cannot be believed.
pub(super) fn read(objects: &Path) -> Option<History> {
    let info = objects.join("info");
    let files = match File::at(info.join("commit-graph")) {
        Ok(file) => vec![file],
        Err(_) => chain(&info.join("commit-graphs"))?,
    };
    let paths: Vec<_> = files.iter().map(|file| file.path().to_owned()).collect();
    let graph = Graph::new(files).ok()?;
    // To check a large one takes a third as long as to read it: both are done at once.
    thread::scope(|scope| {
        let sound = scope.spawn(|| paths.iter().all(|path| is_sound(path)));
        let history = draft(&graph).and_then(Draft::arrange);
        sound.join().unwrap_or(false).then_some(history).flatten()
    })
}

fn is_sound(path: &Path) -> bool {
    File::at(path).is_ok_and(|file| file.verify_checksum().is_ok())
}

/// The files that a chain names, the oldest first.
fn chain(folder: &Path) -> Option<Vec<File>> {
    let names = fs::read_to_string(folder.join("commit-graph-chain")).ok()?;
    let hashes = names.lines().filter(|name| name.bytes().all(|byte| byte.is_ascii_hexdigit()));
    hashes.map(|hash| File::at(folder.join(format!("graph-{hash}.graph"))).ok()).collect()
}

fn draft(graph: &Graph) -> Option<Draft> {
    let count = graph.num_commits() as usize;
    let width = graph.object_hash().len_in_bytes();
    let mut draft = Draft {
        width,
        names: Vec::with_capacity(count * width),
        ancestry: Ancestry::default(),
        levels: Vec::with_capacity(count),
    };
    draft.ancestry.parents.reserve_exact(count);
    let mut parents = Vec::new();
    for commit in graph.iter_commits() {
        draft.names.extend_from_slice(commit.id().as_bytes());
        draft.levels.push(commit.generation());
        parents.clear();
        for parent in commit.iter_parents() {
            parents.push(parent.ok()?.0);
        }
        draft.ancestry.push(&parents);
    }
    Some(draft)
}
