//! A sidecar in a process of its own, with a home, an anchor and its bundle.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant as Clock},
};

use identity_core::{
    presentation::{Shown, answer, request::Request},
    status::{Instant, Term},
    trust::Content,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::world::{World, key};

use crate::http::{self, Answer};

const PROGRAM: &str = env!("CARGO_BIN_EXE_mandate-verifier");

pub(crate) struct Sidecar {
    pub(crate) address: SocketAddr,
    pub(crate) folder: TempDir,
    child: Child,
    log: Arc<Mutex<String>>,
}

pub(crate) fn now() -> Timestamp {
    cli_kit::run::now()
}

fn days(days: i64) -> Timestamp {
    now() + SignedDuration::from_hours(24 * days)
}

/// A bundle of today with this number.
pub(crate) fn bundle(seq: u64, change: impl FnOnce(&mut Content)) -> String {
    World::new().bundle(|content| {
        content.seq = seq;
        content.issued_at = Instant::floor(now());
        content.next_update = Instant::floor(days(1));
        content.expires = Instant::floor(days(7));
        content.terms = vec![Term::new("10", "Tenth term", days(-400), None)];
        change(content);
    })
}

/// A mandate of today.
pub(crate) fn mandate() -> String {
    World::new().issue(|draft| {
        draft.issued_at = days(-2);
        draft.valid_from = days(-3);
        draft.valid_until = days(100);
    })
}

/// The member's answer to a request.
pub(crate) fn answered(request: &str, credential: &str, disclose: &[&str]) -> String {
    let request = Request::open(request).unwrap();
    let disclose: Vec<String> = disclose.iter().map(|&name| name.to_owned()).collect();
    let shown = Shown {
        credential,
        disclose: &disclose,
        signer: &key(3),
        in_office: None,
    };
    answer(&request, &[shown], now()).unwrap()
}

/// Makes a folder with a verifier's home in it.
pub(crate) fn home() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new(PROGRAM)
        .args(["init", "--name", "Gate", "--home"])
        .arg(folder.path().join("home"))
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    fs::create_dir(folder.path().join("trust")).unwrap();
    folder
}

/// Runs the program to its end.
pub(crate) fn run(folder: &TempDir, words: &[&str]) -> (i32, Value) {
    let ran = Command::new(PROGRAM)
        .args(words)
        .args(["--format", "json", "--home"])
        .arg(folder.path().join("home"))
        .current_dir(folder.path())
        .output()
        .unwrap();
    let text = if ran.stdout.is_empty() {
        &ran.stderr
    } else {
        &ran.stdout
    };
    let value = serde_json::from_slice(text).unwrap_or(Value::Null);
    (ran.status.code().unwrap(), value)
}

impl Sidecar {
    /// Starts one that knows the world's issuer, with bundle number 5.
    pub(crate) fn start(flags: &[&str]) -> Self {
        let folder = home();
        fs::write(folder.path().join("trust/bundle.json"), bundle(5, |_| ())).unwrap();
        let anchor = format!("{}=House", World::new().issuer);
        let trust = folder.path().join("trust");
        let flags = [
            &["--anchor", &anchor, "--trust", trust.to_str().unwrap()],
            flags,
        ]
        .concat();
        Self::start_in(folder, &flags)
    }

    pub(crate) fn start_in(folder: TempDir, flags: &[&str]) -> Self {
        let mut child = Command::new(PROGRAM)
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--format",
                "json",
                "--home",
            ])
            .arg(folder.path().join("home"))
            .args(flags)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&log);
        let errors = child.stderr.take().unwrap();
        std::thread::spawn(move || {
            for line in BufReader::new(errors).lines().map_while(Result::ok) {
                kept.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        let mut said = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        while !said.contains('}') && out.read_line(&mut said).unwrap() > 0 {}
        let said: Value = serde_json::from_str(&said)
            .unwrap_or_else(|_| panic!("not started: {:?}", log.lock().unwrap()));
        let (_, address) = said["url"].as_str().unwrap().split_once("://").unwrap();
        Self {
            address: address.parse().unwrap(),
            folder,
            child,
            log,
        }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        http::get(self.address, path)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        http::post(self.address, path, body)
    }

    /// Asks for the mandate and the name.
    pub(crate) fn request(&self) -> String {
        let body = json!({"claims": ["MemberMandate:name"], "purpose": "a vote"});
        let made = self.post("/requests", &body);
        assert_eq!(made.status, 201, "{made:?}");
        made.json()["request"].as_str().unwrap().to_owned()
    }

    /// Returns what the sidecar wrote to standard error so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Returns the memory it holds, in KiB; 0 where the system does not say.
    pub(crate) fn memory(&self) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let text = fs::read_to_string(path).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        number.unwrap_or_default()
    }

    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([name, &id]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for the end, and returns the exit code.
    pub(crate) fn end(&mut self, patience: Duration) -> Option<i32> {
        let began = Clock::now();
        while began.elapsed() < patience {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        None
    }

    /// Waits until something is so.
    pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
        let began = Clock::now();
        while !is_so() {
            assert!(began.elapsed() < Duration::from_secs(20), "never: {what}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Sidecar {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
