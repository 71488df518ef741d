//! Status indices: each used once, in an order that nobody outside can follow.
//!
//! A counter runs through the slots and a secret permutation of each list scatters it, so that an
//! index says nothing about when a credential was issued, and the next free one costs no search.

use identity_core::status::SLOTS;
use sha2::{Digest as _, Sha256};

/// Half of the 18 bits that the network shuffles; 17 would not halve.
const HALF: u32 = 9;

/// Returns list and index of the n-th credential.
pub(super) fn place(secret: &[u8; 32], n: u64) -> (u32, u64) {
    let list = n / SLOTS + 1;
    let mut index = n % SLOTS;
    loop {
        index = shuffle(secret, list, index);
        // The network's domain is twice the list: walk on until the walk is back in the list.
        if index < SLOTS {
            let list = u32::try_from(list).unwrap_or(u32::MAX);
            return (list, index);
        }
    }
}

/// A Feistel network of four rounds (Luby and Rackoff, 1988): a permutation whatever the rounds do.
fn shuffle(secret: &[u8; 32], list: u64, value: u64) -> u64 {
    let mask = (1_u64 << HALF) - 1;
    let (mut left, mut right) = (value >> HALF & mask, value & mask);
    for round in 0..4_u8 {
        let digest = Sha256::new_with_prefix(secret)
            .chain_update(list.to_be_bytes())
            .chain_update([round])
            .chain_update(right.to_be_bytes())
            .finalize();
        let word = u64::from(u16::from_be_bytes([digest[0], digest[1]])) & mask;
        (left, right) = (right, left ^ word);
    }
    left << HALF | right
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_slot_is_used_once_and_in_no_order() {
        let secret = [7; 32];
        let placed: Vec<_> = (0..SLOTS).map(|n| place(&secret, n)).collect();
        let distinct: BTreeSet<_> = placed.iter().collect();
        assert_eq!(distinct.len(), placed.len());
        assert!(
            placed
                .iter()
                .all(|(list, index)| *list == 1 && *index < SLOTS)
        );
        assert_eq!(place(&secret, SLOTS).0, 2);
        let ascending = placed
            .windows(2)
            .filter(|pair| pair[0].1 < pair[1].1)
            .count();
        assert!((60_000..71_000).contains(&ascending), "{ascending}");
        assert_ne!(place(&[8; 32], 0), place(&secret, 0));
    }
}
