//! Running the three programs as their users do.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// A folder with a passphrase file, and homes for the programs.
pub(crate) struct Place {
    pub(crate) folder: tempfile::TempDir,
}

/// Returns a program's path beside this test, or `None` after saying that it was not built.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    let path = path.join(name);
    if path.exists() {
        return Some(path);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "{} is missing: run cargo build --workspace first",
        path.display()
    );
    eprintln!("SKIPPED: {} was not built", path.display());
    None
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
