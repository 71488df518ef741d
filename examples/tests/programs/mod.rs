//! Running the three programs as their users do.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
    time::SystemTime,
};

/// A folder with a passphrase file, and homes for the programs.
pub(crate) struct Place {
    pub(crate) folder: tempfile::TempDir,
}

/// Returns a program's path beside this test. One that is missing, or older than what it is made of,
/// would be tested in vain: that is a failure, unless `MANDATE_SKIP_PROGRAMS` asks for silence.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    if std::env::var_os("MANDATE_SKIP_PROGRAMS").is_some() {
        eprintln!("SKIPPED: MANDATE_SKIP_PROGRAMS is set");
        return None;
    }
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    let path = path.join(name);
    let built = std::fs::metadata(&path).and_then(|found| found.modified());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let own = match name {
        "mandate-issuer" => "issuer-cli/src",
        "mandate-verifier" => "verifier-lib/src",
        "mandate-wallet" => "wallet/src",
        _ => "examples/src",
    };
    let sources = ["identity-core/src", "wallet/cli-kit/src", own];
    let newest = sources
        .map(|part| newest(&root.join(part)))
        .into_iter()
        .max();
    let is_new = built.is_ok_and(|built| newest.is_none_or(|newest| newest <= built));
    assert!(
        is_new,
        "{} is missing or older than its sources: run cargo build --workspace --bins first",
        path.display()
    );
    Some(path)
}

/// When a source of a program below this folder last changed, tests aside.
fn newest(folder: &Path) -> SystemTime {
    let mut latest = SystemTime::UNIX_EPOCH;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["tests", "testing", "benches", "target"].contains(&name.as_str()) {
                latest = latest.max(newest(&path));
            }
        } else if path.extension().is_some_and(|end| end == "rs") && name != "tests.rs" {
            latest = latest.max(std::fs::metadata(&path).unwrap().modified().unwrap());
        }
    }
    latest
}

#[track_caller]
fn fits(value: &serde_json::Value) {
    let name = value["schema"]
        .as_str()
        .expect("every output names its schema");
    let name = name
        .strip_prefix("mandate.")
        .and_then(|name| name.strip_suffix("/1"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../spec/schemas/cli")
        .join(format!("{}.schema.json", name.unwrap()));
    let schema = std::fs::read(&path).unwrap_or_else(|_| panic!("{} is missing", path.display()));
    let schema = jsonschema::validator_for(&serde_json::from_slice(&schema).unwrap()).unwrap();
    let wrong: Vec<String> = schema
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}\n{value:#}");
}

/// What a program printed, and how it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) exit: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            exit: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    #[track_caller]
    pub(crate) fn ends(self, exit: i32) -> Self {
        assert_eq!(self.exit, exit, "{}\n{}", self.out, self.err);
        if let Ok(value) = serde_json::from_str::<serde_json::Value>(&self.out)
            && value.get("schema").is_some()
        {
            fits(&value);
        }
        self
    }

    /// What was printed, which must be as its schema under `spec/schemas/cli` says.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        let value: serde_json::Value =
            serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("not JSON: {}", self.out));
        fits(&value);
        value
    }

    /// The code of the error object on standard error.
    pub(crate) fn code(&self) -> String {
        let error: serde_json::Value = serde_json::from_str(self.err.trim()).unwrap();
        fits(&error);
        assert_eq!(error["schema"], "mandate.error/1");
        assert!(!error["error"]["hints"].as_array().unwrap().is_empty());
        error["error"]["code"].as_str().unwrap().to_owned()
    }
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pass = folder.path().join("pass");
        std::fs::write(&pass, "correct horse\n").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&pass, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        Self { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A command of a program, with a home of that name in this place.
    pub(crate) fn command(&self, program: &Path, home: &str, words: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.folder.path())
            .args(["--home", home, "--passphrase-file", "pass", "--no-input"])
            .args(words);
        command
    }

    pub(crate) fn run(&self, program: &Path, home: &str, words: &[&str]) -> Ran {
        self.command(program, home, words).output().unwrap().into()
    }
}
