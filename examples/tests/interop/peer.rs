//! A process that speaks for another implementation.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::Value;

/// Another implementation: `examples/interop` says which, and at which version.
pub(crate) struct Peer {
    process: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    /// The libraries from npm; `None` after saying that they are not installed.
    pub(crate) fn node() -> Option<Self> {
        let folder = folder();
        installed(&folder.join("node_modules/jose"))?;
        let mut command = Command::new("node");
        command.arg(folder.join("js/peer.mjs"));
        Some(Self::start(command))
    }

    /// The library from the Python package index; `None` after saying that it is not installed.
    pub(crate) fn python() -> Option<Self> {
        let python = std::env::var_os("MANDATE_INTEROP_PYTHON").map_or_else(
            || folder().join("../../target/interop/bin/python"),
            PathBuf::from,
        );
        installed(&python)?;
        let mut command = Command::new(python);
        command.arg(folder().join("python/peer.py"));
        Some(Self::start(command))
    }

    fn start(mut command: Command) -> Self {
        let process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut process = process.unwrap_or_else(|error| panic!("{command:?}: {error}"));
        Self {
            requests: process.stdin.take().unwrap(),
            answers: BufReader::new(process.stdout.take().unwrap()),
            process,
        }
    }

    /// Asks for an operation; `Err` is the other implementation's own words.
    pub(crate) fn ask(&mut self, op: &str, mut arguments: Value) -> Result<Value, String> {
        arguments["op"] = op.into();
        writeln!(self.requests, "{arguments}").unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        assert!(!line.is_empty(), "{op}: the peer has stopped");
        let mut answer: Value = serde_json::from_str(&line).unwrap();
        if answer["ok"] == true {
            return Ok(answer["value"].take());
        }
        Err(answer["error"].as_str().unwrap_or_default().to_owned())
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _waited = self.process.wait();
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("interop")
}

#[expect(
    clippy::print_stderr,
    reason = "a skipped test must say so, and tests have no other voice"
)]
fn installed(path: &Path) -> Option<()> {
    if path.exists() {
        return Some(());
    }
    assert!(
        std::env::var_os("MANDATE_REQUIRE_PEERS").is_none(),
        "{} is missing: make interop-setup",
        path.display()
    );
    eprintln!(
        "SKIPPED: {} is not here: make interop-setup",
        path.display()
    );
    None
}
