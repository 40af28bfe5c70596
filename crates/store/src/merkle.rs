//! The Merkle tree head over the heads of all streams (RFC 9162 §2.1.1).

use sha2::{Digest, Sha256};

use crate::{Hash, Head};

/// The root over one leaf per head, in the order given.
pub(crate) fn root(heads: &[Head]) -> Hash {
    let leaves: Vec<[u8; 32]> = heads.iter().map(leaf).collect();
    Hash(tree(&leaves))
}

fn leaf(head: &Head) -> [u8; 32] {
    let text = format!("{} {} {}\n", head.stream, head.seq, head.hash);
    Sha256::new().chain_update([0]).chain_update(text).finalize().into()
}

fn tree(leaves: &[[u8; 32]]) -> [u8; 32] {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => *leaf,
        _ => {
            // The left side holds the largest power of two that is smaller than the whole.
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            let node = Sha256::new().chain_update([1]).chain_update(tree(left));
            node.chain_update(tree(right)).finalize().into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Seq, StreamId};

    fn head(n: u64) -> Head {
        Head {
            stream: StreamId::new(format!("case/{n}")).unwrap(),
            seq: Seq(n),
            hash: Hash([7; 32]),
        }
    }

    #[test]
    fn the_shape_is_that_of_rfc_9162() {
        let leaves: Vec<_> = (0..3).map(|n| leaf(&head(n))).collect();
        let node = |a: [u8; 32], b: [u8; 32]| -> [u8; 32] {
            Sha256::new().chain_update([1]).chain_update(a).chain_update(b).finalize().into()
        };
        let three: Vec<_> = (0..3).map(head).collect();
        assert_eq!(root(&three).0, node(node(leaves[0], leaves[1]), leaves[2]));
        assert_eq!(
            root(&[]).to_string(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }

    #[test]
    fn every_head_counts() {
        let heads: Vec<_> = (0..5).map(head).collect();
        for lost in 0..heads.len() {
            let mut fewer = heads.clone();
            fewer.remove(lost);
            assert_ne!(root(&fewer), root(&heads));
        }
    }
}
