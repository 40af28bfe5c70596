//! What git's own commit-graph says, in one file or a chain of them.
//!
//! It is believed when its checksum holds and its generations are in order. Whoever can forge that
//! can move the tags as well.

use std::{
    fs,
    io::{self, Read},
    path::Path,
};

use gix_commitgraph::{File, Graph};
use sha1::{Digest, Sha1};

use super::{Ancestry, History, draft::Draft};

/// The history in the commit-graph of a folder of objects; `None` where there is none, or one that
/// cannot be believed.
pub(super) fn read(objects: &Path) -> Option<History> {
    let info = objects.join("info");
    let files = match File::at(info.join("commit-graph")) {
        Ok(file) => vec![file],
        Err(_) => chain(&info.join("commit-graphs"))?,
    };
    let sound = files.iter().all(|file| is_sound(file).unwrap_or(false));
    sound.then(|| Graph::new(files).ok()).flatten().and_then(|graph| draft(&graph)?.arrange())
}

/// Whether a file ends with the checksum of everything before it.
///
/// The library's own look seeks collisions, too, which takes five times as long and finds nothing that
/// matters here: nobody else's file is compared with this one.
fn is_sound(file: &File) -> io::Result<bool> {
    let sum = file.checksum().as_bytes();
    let mut opened = fs::File::open(file.path())?;
    let content = opened.metadata()?.len().saturating_sub(sum.len() as u64);
    let mut hash = Sha1::new();
    io::copy(&mut (&mut opened).take(content), &mut hash)?;
    Ok(hash.finalize().as_slice() == sum)
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
