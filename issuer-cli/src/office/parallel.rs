//! Work that is the same for every item and touches nothing shared, on all cores.

use std::{panic::resume_unwind, thread};

/// Below this many items threads cost more than they bring.
const WORTHWHILE: usize = 32;

/// Does the same to each item, and returns what came of them in their order.
pub(super) fn in_parallel<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    if items.len() < WORTHWHILE || cores == 1 {
        return items.into_iter().map(work).collect();
    }
    let share = items.len().div_ceil(cores);
    let mut shares: Vec<Vec<T>> = Vec::with_capacity(cores);
    let mut rest = items;
    while !rest.is_empty() {
        let later = rest.split_off(share.min(rest.len()));
        shares.push(rest);
        rest = later;
    }
    thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = shares
            .into_iter()
            .map(|share| scope.spawn(move || share.into_iter().map(work).collect::<Vec<R>>()))
            .collect();
        let done = threads.into_iter().map(thread::ScopedJoinHandle::join);
        done.flat_map(|done| done.unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_comes_back_in_its_order() {
        for count in [0, 1, 31, 32, 33, 1000, 1001] {
            let expected: Vec<usize> = (0..count).map(|n| n * 2).collect();
            assert_eq!(in_parallel((0..count).collect(), |n| n * 2), expected);
        }
    }
}
