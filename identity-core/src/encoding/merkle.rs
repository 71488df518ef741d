//! Merkle trees over SHA-256 (RFC 9162 section 2.1): one digest for many entries, and short proofs that
//! one entry is among them.

use sha2::{Digest as _, Sha256};

/// A node of a tree, or its root.
pub type Hash = [u8; 32];

/// Most entries of a tree whose proofs are read: a proof then has at most 48 nodes.
pub const MOST: u64 = 1 << 48;

/// Returns the hash of an entry: of a zero byte and its bytes.
pub fn leaf(entry: &[u8]) -> Hash {
    let mut hash = Sha256::new();
    hash.update([0]);
    hash.update(entry);
    hash.finalize().into()
}

/// Returns the root of a tree with these leaves; that of no leaves is the hash of nothing.
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [one] => *one,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node(&root(left), &root(right))
        }
    }
}

/// Returns the proof that the leaf at `index` is in the tree, from the leaf's side up (section 2.1.3.1);
/// `None` when there is no such leaf.
pub fn inclusion(leaves: &[Hash], index: usize) -> Option<Vec<Hash>> {
    match leaves {
        [] => None,
        [_] => (index == 0).then(Vec::new),
        _ => {
            let at = split(leaves.len());
            let (left, right) = leaves.split_at(at);
            let (inside, index, beside) = if index < at {
                (left, index, right)
            } else {
                (right, index - at, left)
            };
            let mut proof = inclusion(inside, index)?;
            proof.push(root(beside));
            Some(proof)
        }
    }
}

/// Returns the root that a proof leads to for a leaf at `index` of a tree of `size` leaves (section
/// 2.1.3.2); `None` when the proof has not the length that such a tree has.
pub fn root_of_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash]) -> Option<Hash> {
    if index >= size || size > MOST {
        return None;
    }
    let (mut node_at, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for beside in proof {
        if last == 0 {
            return None;
        }
        if node_at % 2 == 1 || node_at == last {
            hash = node(beside, &hash);
            while node_at % 2 == 0 && node_at != 0 {
                node_at /= 2;
                last /= 2;
            }
        } else {
            hash = node(&hash, beside);
        }
        node_at /= 2;
        last /= 2;
    }
    (last == 0).then_some(hash)
}

fn node(left: &Hash, right: &Hash) -> Hash {
    let mut hash = Sha256::new();
    hash.update([1]);
    hash.update(left);
    hash.update(right);
    hash.finalize().into()
}

/// Returns the largest power of two below `n`, which is at least 2.
const fn split(n: usize) -> usize {
    1 << (usize::BITS - 1 - (n - 1).leading_zeros())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_are_those_of_the_published_vectors() {
        let Some(folder) = testkit::vectors("merkle/inclusion") else {
            return;
        };
        let mut seen = 0;
        let mut folders = vec![folder];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                let case: serde_json::Value = serde_json::from_str(&text).unwrap();
                let hash = |text: &serde_json::Value| -> Option<Hash> {
                    use base64::Engine as _;
                    let text = text.as_str()?;
                    let bytes = base64::engine::general_purpose::STANDARD
                        .decode(text)
                        .ok()?;
                    bytes.try_into().ok()
                };
                let proof = case["proof"].as_array().map_or(&[][..], Vec::as_slice);
                let proof: Option<Vec<Hash>> = proof.iter().map(hash).collect();
                let number = |name: &str| case[name].as_u64();
                let found = (|| {
                    let (index, size) = (number("leafIdx")?, number("treeSize")?);
                    let root = root_of_inclusion(&hash(&case["leafHash"])?, index, size, &proof?)?;
                    Some(Some(root) == hash(&case["root"]))
                })();
                let good = found == Some(true);
                assert_eq!(
                    good,
                    case["wantErr"] == false,
                    "{}: {}",
                    path.display(),
                    case["desc"]
                );
                seen += 1;
            }
        }
        assert!(seen > 4, "{seen} cases");
    }

    #[test]
    fn every_leaf_of_every_small_tree_has_a_proof() {
        for size in 1..40_usize {
            let leaves: Vec<Hash> = (0..size)
                .map(|n| leaf(&[u8::try_from(n).unwrap()]))
                .collect();
            let root = root(&leaves);
            for index in 0..size {
                let proof = inclusion(&leaves, index).unwrap();
                let lead = |at: usize, leaf: &Hash, proof: &[Hash]| {
                    let (at, size) = (u64::try_from(at).unwrap(), u64::try_from(size).unwrap());
                    root_of_inclusion(leaf, at, size, proof)
                };
                assert_eq!(lead(index, &leaves[index], &proof), Some(root));
                assert_ne!(lead(index, &leaf(b"other"), &proof), Some(root));
                assert_eq!(lead(size, &leaves[index], &proof), None);
                let long = [proof.as_slice(), &[[0; 32]]].concat();
                assert_eq!(lead(index, &leaves[index], &long), None);
            }
            assert_eq!(inclusion(&leaves, size), None);
        }
    }
}
