//! What a result may not be written over: the program's own home, and the files the command reads.
//!
//! Results replace what stands at their path. A slip in `--out` would otherwise take a key, a vault or
//! an enrolment away and end with exit code 0.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{Code, ExitCode, Failure};

/// What this process keeps and reads. One list for all, so that no command can forget it.
static KNOWN: Mutex<Known> = Mutex::new(Known {
    home: None,
    inputs: BTreeSet::new(),
});

#[derive(Debug)]
struct Known {
    home: Option<PathBuf>,
    inputs: BTreeSet<PathBuf>,
}

fn known() -> MutexGuard<'static, Known> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From here on nothing is written to this folder with `--out`.
pub(crate) fn protect_home(home: &Path) {
    known().home = Some(home.to_owned());
}

/// From here on nothing is written over this file with `--out`. Pipes and devices are not replaced, and
/// a terminal is input and output at once.
pub(crate) fn protect_input(path: &Path) {
    if !path.is_file() {
        return;
    }
    if let Ok(path) = path.canonicalize() {
        known().inputs.insert(path);
    }
}

/// Tells whether a result may go to a path that a person named with this flag: `-` always may.
///
/// Commands ask before they change anything; [`write_output`](crate::files::write_output) and
/// [`Staged`](crate::Staged) ask again.
///
/// # Errors
/// `output.own_home` for the program's home and what lies in it, `output.is_input` for a file that the
/// command reads (both exit 2).
pub fn allow(path: &Path, flag: &str) -> Result<(), Failure> {
    if path == Path::new("-") {
        return Ok(());
    }
    known().allow(path, flag)
}

impl Known {
    fn allow(&self, path: &Path, flag: &str) -> Result<(), Failure> {
        let refused = |code: Code, message: String| {
            let failure = Failure::new(ExitCode::Usage, code.as_str(), message);
            Err(failure.hint(format!("name another with {flag}")))
        };
        // The name itself, which is replaced, and what a symbolic link of that name leads to.
        let places = [named(path), place(path)];
        if let Some(home) = &self.home {
            let inside = place(home);
            if places.iter().any(|place| place.starts_with(&inside)) {
                return refused(
                    Code::OutputOwnHome,
                    format!(
                        "{} would be in this program's own home, {}, where no result is written",
                        path.display(),
                        home.display()
                    ),
                );
            }
        }
        if places.iter().any(|place| self.inputs.contains(place)) {
            return refused(
                Code::OutputIsInput,
                format!(
                    "{} is a file that this command reads, and is not overwritten",
                    path.display()
                ),
            );
        }
        Ok(())
    }
}

/// Where a path leads, also when its end does not exist yet: the part that exists without symbolic
/// links, then the rest.
fn place(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut rest: Vec<OsString> = Vec::new();
    let mut existing = absolute.as_path();
    let mut place = loop {
        if let Ok(found) = existing.canonicalize() {
            break found;
        }
        let last = existing.components().next_back();
        let Some((parent, last)) = existing.parent().zip(last) else {
            return absolute;
        };
        rest.push(last.as_os_str().to_owned());
        existing = parent;
    };
    for part in rest.iter().rev() {
        // What does not exist is no symbolic link, so its parent is the one above it.
        if part == OsStr::new("..") {
            place.pop();
        } else {
            place.push(part);
        }
    }
    place
}

/// Where the last name of a path stands, without following it.
fn named(path: &Path) -> PathBuf {
    let Some(Component::Normal(name)) = path.components().next_back() else {
        return place(path);
    };
    place(crate::files::folder_of(path)).join(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(known: &Known, path: &Path) -> Option<&'static str> {
        let failure = known.allow(path, "--out").err()?;
        assert_eq!(failure.exit, ExitCode::Usage);
        assert_eq!(failure.hints, ["name another with --out"]);
        Some(failure.code)
    }

    #[test]
    fn nothing_is_written_into_the_home_or_over_an_input() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(at("home/secrets")).unwrap();
        std::fs::write(at("read"), b"").unwrap();
        let known = Known {
            home: Some(at("home")),
            inputs: BTreeSet::from([at("read").canonicalize().unwrap()]),
        };
        for inside in [
            "home",
            "home/",
            "home/vault",
            "home/secrets/key",
            "home/new/deeper/file",
            "other/../home/vault",
            "./home/secrets/../x",
            "home/../home/x",
        ] {
            assert_eq!(
                refused(&known, &at(inside)),
                Some("output.own_home"),
                "{inside}"
            );
        }
        for input in ["read", "./read", "home/../read"] {
            assert_eq!(
                refused(&known, &at(input)),
                Some("output.is_input"),
                "{input}"
            );
        }
        for other in ["home2", "homely/x", "out", "home/../out", "other/../out"] {
            assert_eq!(refused(&known, &at(other)), None, "{other}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn symbolic_links_lead_neither_in_nor_out() {
        use std::os::unix::fs::symlink;

        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("home")).unwrap();
        std::fs::write(at("read"), b"").unwrap();
        symlink(at("home"), at("way-in")).unwrap();
        symlink(at("read"), at("link")).unwrap();
        // The link itself would be replaced, and with it what the home has there.
        symlink(at("elsewhere"), at("home/db")).unwrap();
        let known = Known {
            home: Some(at("way-in")),
            inputs: BTreeSet::from([at("read").canonicalize().unwrap()]),
        };
        for (path, code) in [
            ("way-in/vault", "output.own_home"),
            ("home/vault", "output.own_home"),
            ("home/db", "output.own_home"),
            ("link", "output.is_input"),
        ] {
            assert_eq!(refused(&known, &at(path)), Some(code), "{path}");
        }
    }

    #[test]
    fn standard_output_and_devices_are_never_refused() {
        assert_eq!(allow(Path::new("-"), "--out"), Ok(()));
        // A terminal is read and written: it is no file that could be lost.
        protect_input(Path::new("/dev/null"));
        assert_eq!(allow(Path::new("/dev/null"), "--out"), Ok(()));
    }
}
