//! What happens when a person interrupts a program: what was being written is taken away, the terminal
//! is left as it was found, and the exit code is 130.
//!
//! Files are replaced in one step and the store's writes are whole or not there, so a program can be
//! ended wherever it is. The process is ended without its destructors: a database at work in another
//! thread would not survive them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Paths of temporary files.
type Paths = Mutex<BTreeSet<PathBuf>>;

/// The process's temporary files that have no final name yet.
static UNFINISHED: Paths = Mutex::new(BTreeSet::new());

/// A temporary file that an interruption takes away, until this is dropped.
#[derive(Debug)]
pub(crate) struct Unfinished {
    path: PathBuf,
    among: &'static Paths,
}

impl Unfinished {
    pub(crate) fn begin(path: &Path) -> Self {
        Self::among(&UNFINISHED, path)
    }

    fn among(among: &'static Paths, path: &Path) -> Self {
        held(among).insert(path.to_owned());
        let path = path.to_owned();
        Self { path, among }
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        held(self.among).remove(&self.path);
    }
}

/// Set where the program itself answers an interruption.
static HANDED_OVER: AtomicBool = AtomicBool::new(false);

/// From here on an interruption does not end the process: the program has seen to it that it ends, in
/// order, by its own way. For services, which answer what is at hand first.
pub fn hand_over() {
    HANDED_OVER.store(true, Ordering::SeqCst);
}

fn held<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

fn remove(unfinished: &Paths) {
    for path in &*held(unfinished) {
        // What cannot be removed is a file with an odd name, and harms nobody.
        let _ = fs_err::remove_file(path);
    }
}

#[cfg(unix)]
pub(crate) use unix::{Hidden, has_happened, install};

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, Mutex, OnceLock};

    use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
    use signal_hook::consts::SIGINT;
    use signal_hook::iterator::Signals;
    use signal_hook::{flag, low_level};

    use super::{HANDED_OVER, UNFINISHED, held, remove};
    use crate::ExitCode;

    /// Set by the signal itself, before anything else can go on.
    static HAPPENED: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    /// The terminal as it was before typing was hidden.
    static TERMINAL: Mutex<Option<(File, Termios)>> = Mutex::new(None);

    /// From here on an interruption ends the process with exit code 130.
    pub(crate) fn install() {
        let happened = Arc::new(AtomicBool::new(false));
        let Ok(mut signals) = Signals::new([SIGINT]) else {
            // Then the system's own way of ending a process stays.
            return;
        };
        let flagged = flag::register(SIGINT, Arc::clone(&happened));
        if flagged.is_ok() {
            HAPPENED.get_or_init(|| happened);
        }
        let wait = move || {
            for _ in signals.forever() {
                if HANDED_OVER.load(Ordering::SeqCst) {
                    continue;
                }
                remove(&UNFINISHED);
                restore_terminal();
                low_level::exit(i32::from(ExitCode::Interrupted.number()));
            }
        };
        let named = std::thread::Builder::new().name("interrupt".to_owned());
        // Without that thread the flag still decides the exit code, a little later.
        let _ = named.spawn(wait);
    }

    /// Returns whether the process was interrupted: what fails from then on fails because of that.
    pub(crate) fn has_happened() -> bool {
        let happened = HAPPENED.get();
        happened.is_some_and(|happened| happened.load(Ordering::SeqCst))
    }

    /// Remembers the terminal while typing is hidden, so that an interruption can show it again.
    #[derive(Debug)]
    pub(crate) struct Hidden(());

    impl Hidden {
        pub(crate) fn begin() -> Self {
            let terminal = File::open("/dev/tty").ok();
            let state = terminal.and_then(|terminal| {
                let state = tcgetattr(&terminal).ok()?;
                Some((terminal, state))
            });
            *held(&TERMINAL) = state;
            Self(())
        }
    }

    impl Drop for Hidden {
        fn drop(&mut self) {
            *held(&TERMINAL) = None;
        }
    }

    fn restore_terminal() {
        if let Some((terminal, state)) = &*held(&TERMINAL) {
            // Nobody is left to whom a failure could be told.
            let _ = tcsetattr(terminal, OptionalActions::Now, state);
        }
    }
}

#[cfg(not(unix))]
pub(crate) use elsewhere::{Hidden, has_happened, install};

/// Elsewhere the system ends an interrupted process in its own way.
#[cfg(not(unix))]
mod elsewhere {
    #[derive(Debug)]
    pub(crate) struct Hidden(());

    impl Hidden {
        pub(crate) fn begin() -> Self {
            Self(())
        }
    }

    pub(crate) fn install() {}

    pub(crate) fn has_happened() -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_final_name_yet_is_removed() {
        // A list of its own: the process's list holds what the tests beside this one are writing.
        static PATHS: Paths = Mutex::new(BTreeSet::new());
        let folder = tempfile::tempdir().unwrap();
        let (kept, gone) = (folder.path().join("kept"), folder.path().join("gone"));
        for path in [&kept, &gone] {
            std::fs::write(path, b"half").unwrap();
        }
        drop(Unfinished::among(&PATHS, &kept));
        let _unfinished = Unfinished::among(&PATHS, &gone);
        remove(&PATHS);
        assert!(kept.exists() && !gone.exists());
    }
}
