//! Verification on threads of its own: signatures and JSON-LD compute, and would hold up everybody else's
//! bytes on the threads that carry them.

use std::sync::Arc;

use tokio::sync::Semaphore;

/// A bounded number of threads that compute; work beyond it waits.
#[derive(Clone, Debug)]
pub(super) struct Workers(Arc<Semaphore>);

/// Reports that the work met a fault of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault;

impl Workers {
    /// Lets so many compute at once.
    pub(super) fn new(number: usize) -> Self {
        Self(Arc::new(Semaphore::new(number)))
    }

    /// Does the work on one of the threads.
    ///
    /// Whoever stops waiting leaves the line; work that has begun is finished, and keeps its place until
    /// then, so that callers who give up cannot make more of it run than the number says.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let place = Arc::clone(&self.0).acquire_owned().await;
        let place = place.map_err(|_| Fault)?;
        let done = tokio::task::spawn_blocking(move || {
            let _place = place;
            work()
        });
        done.await.map_err(|_| Fault)
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_fault_and_the_place_is_free_again() {
        let workers = Workers::new(1);
        let fault: Result<(), Fault> = workers.run(|| panic!("on purpose")).await;
        assert_eq!(fault, Err(Fault));
        assert_eq!(workers.run(|| 7).await, Ok(7));
    }

    #[tokio::test]
    async fn no_more_than_the_number_compute_also_when_callers_give_up() {
        static AT_ONCE: AtomicUsize = AtomicUsize::new(0);
        static MOST: AtomicUsize = AtomicUsize::new(0);
        let workers = Workers::new(2);
        let work = || {
            let now = AT_ONCE.fetch_add(1, Ordering::SeqCst) + 1;
            MOST.fetch_max(now, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(30));
            AT_ONCE.fetch_sub(1, Ordering::SeqCst);
        };
        for _ in 0..8 {
            let given_up = tokio::time::timeout(Duration::from_millis(5), workers.run(work)).await;
            assert!(given_up.is_err());
        }
        assert_eq!(workers.run(work).await, Ok(()));
        assert!(MOST.load(Ordering::SeqCst) <= 2);
    }
}
