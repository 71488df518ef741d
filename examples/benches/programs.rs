//! The programs as whole processes, on release builds: (c) batch issue, (d) a large roster, (e) one
//! check against `/bin/true`, (f) the peak memory of each.
//!
//! `MANDATE_BENCH_STORED` says how many credentials are stored before the second batch (100,000).

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use identity_core::{
    card::IssuerCard,
    enrolment,
    key::{Algorithm, SecretKey},
};

const BATCH: usize = 5_000;
const ROSTER: usize = 50_000;
const RUNS: usize = 25;

/// What a process took: wall time, and the most memory it held at once in KiB.
struct Cost {
    time: Duration,
    peak: u64,
}

struct Bench {
    programs: PathBuf,
    place: PathBuf,
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    // target/release/deps/programs-… stands one folder below the programs.
    let mut programs = std::env::current_exe().unwrap();
    programs.pop();
    programs.pop();
    let bench = Bench {
        programs,
        place: folder.path().to_owned(),
    };
    assert!(
        bench.programs.join("mandate-issuer").exists(),
        "build the programs first: make bench"
    );
    bench.write("pass", "correct horse\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(bench.path("pass"), fs::Permissions::from_mode(0o600)).unwrap();
    }
    bench.check();
    bench.import();
    bench.batch();
}

impl Bench {
    fn path(&self, name: &str) -> PathBuf {
        self.place.join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn command(&self, program: &str, home: &str, words: &[&str]) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command
            .current_dir(&self.place)
            .args([
                "--home",
                home,
                "--passphrase-file",
                "pass",
                "--no-input",
                "-q",
            ])
            .args(words);
        command
    }

    fn run(&self, program: &str, home: &str, words: &[&str]) -> Cost {
        cost(self.command(program, home, words), words)
    }

    fn issuer(&self, home: &str, words: &[&str]) -> Cost {
        self.run("mandate-issuer", home, words)
    }

    fn init(&self, home: &str) {
        let words = [
            "init",
            "--name",
            "House",
            "--chamber",
            "X",
            "--country",
            "XX",
        ];
        self.issuer(home, &words);
    }

    fn roster(&self, file: &str, members: usize) {
        let rows = (0..members).map(|n| {
            format!(
                "m{n},Member {n},Member,{n},2026-01-01,District {},Group {}\n",
                n % 400,
                n % 9
            )
        });
        let head = "id,name,family_name,given_name,start_date,constituency,group\n".to_owned();
        self.write(file, &std::iter::once(head).chain(rows).collect::<String>());
    }

    /// (e) One check as a whole process, against a process that does nothing.
    fn check(&self) {
        self.init("one");
        self.roster("one.csv", 1);
        self.issuer("one", &["roster", "import", "one.csv"]);
        self.issuer("one", &["id", "--out", "one.json"]);
        let invite = ["enrol", "invite", "--all", "--out", "one.jsonl"];
        self.issuer("one", &invite);
        let wallet = |words: &[&str]| self.run("mandate-wallet", "wallet", words);
        let verifier = |words: &[&str]| self.run("mandate-verifier", "verifier", words);
        wallet(&["init"]);
        wallet(&[
            "enrol",
            "--code-file",
            "one.jsonl",
            "--issuer",
            "one.json",
            "--out",
            "proof.txt",
        ]);
        let issue = [
            "credential",
            "issue",
            "m0",
            "--enrolment",
            "proof.txt",
            "--out",
            "mandate.txt",
        ];
        self.issuer("one", &issue);
        wallet(&["credential", "add", "mandate.txt"]);
        self.issuer("one", &["publish", "--out", "site"]);
        verifier(&["init", "--name", "Gate"]);
        verifier(&["id", "--out", "gate.json"]);
        let create = [
            "request",
            "create",
            "--claims",
            "MemberMandate:name",
            "--purpose",
            "bench",
        ];
        verifier(&[&create[..], &["--out", "request.jwt"]].concat());
        wallet(&["verifier", "trust", "gate.json"]);
        let present = wallet(&["present", "request.jwt", "--out", "answer.txt"]);
        let card = IssuerCard::parse(&fs::read(self.path("one.json")).unwrap()).unwrap();
        let anchor = card.did.to_string();
        let check = [
            "check",
            "answer.txt",
            "--request",
            "request.jwt",
            "--trust",
            "site",
            "--anchor",
            &anchor,
            "--recheck",
        ];
        let (mut ours, mut nothing, mut peak) = (Vec::new(), Vec::new(), 0);
        for _ in 0..RUNS {
            let cost = timed(self.command("mandate-verifier", "verifier", &check));
            ours.push(cost);
            nothing.push(timed(Command::new("/bin/true")));
            peak = peak.max(verifier(&check).peak);
        }
        ours.sort();
        nothing.sort();
        let (ours, nothing) = (ours[RUNS / 2], nothing[RUNS / 2]);
        println!(
            "(e) mandate-verifier check: {ours:?}, /bin/true {nothing:?}, over it {:?}",
            ours.saturating_sub(nothing)
        );
        println!(
            "(f) peak of check {} KiB, of present {} KiB",
            peak, present.peak
        );
    }

    /// (d) A roster of 50,000, and the same once more.
    fn import(&self) {
        self.init("large");
        self.roster("large.csv", ROSTER);
        let first = self.issuer("large", &["roster", "import", "large.csv"]);
        let again = self.issuer("large", &["roster", "import", "large.csv"]);
        println!(
            "(d) import of {ROSTER}: {:?}, peak {} KiB; again, unchanged: {:?}",
            first.time, first.peak, again.time
        );
    }

    /// (c) A batch into an empty store, and one after many.
    fn batch(&self) {
        let stored: usize =
            std::env::var("MANDATE_BENCH_STORED").map_or(100_000, |n| n.parse().unwrap());
        self.init("batch");
        let first = self.issue_up_to(BATCH, 0);
        report("into an empty store", BATCH, &first);
        let middle = self.issue_up_to(stored, BATCH);
        report("up to what is stored", stored - BATCH, &middle);
        let last = self.issue_up_to(stored + BATCH, stored);
        report(&format!("with {stored} stored"), BATCH, &last);
        let ratio = last.time.as_secs_f64() / first.time.as_secs_f64();
        println!("(c) cost per credential with {stored} stored against an empty store: {ratio:.2}");
    }

    /// Seats members up to this number, enrols those who are new, and issues to them.
    fn issue_up_to(&self, members: usize, before: usize) -> Cost {
        self.roster("batch.csv", members);
        self.issuer("batch", &["roster", "import", "batch.csv"]);
        self.issuer("batch", &["id", "--out", "batch.json"]);
        self.issuer(
            "batch",
            &["enrol", "invite", "--all", "--out", "batch.jsonl"],
        );
        let card = IssuerCard::parse(&fs::read(self.path("batch.json")).unwrap()).unwrap();
        let mut rng = cli_kit::run::system_rng().unwrap();
        let mut lines = String::new();
        let mut count = 0;
        for line in fs::read_to_string(self.path("batch.jsonl"))
            .unwrap()
            .lines()
        {
            let invitation: serde_json::Value = serde_json::from_str(line).unwrap();
            let code = invitation["code"].as_str().unwrap().parse().unwrap();
            let key = SecretKey::generate(Algorithm::EdDsa, &mut rng);
            let proof = enrolment::prove(&code, &card.did, &key, cli_kit::run::now()).unwrap();
            let line = serde_json::json!({ "member": invitation["member"], "enrolment": proof });
            lines.push_str(&line.to_string());
            lines.push('\n');
            count += 1;
        }
        assert_eq!(count, members - before, "only who has none is invited");
        self.write("enrolments.jsonl", &lines);
        let out = format!("out-{members}");
        self.issuer(
            "batch",
            &[
                "batch",
                "issue",
                "--enrolments",
                "enrolments.jsonl",
                "--out",
                &out,
            ],
        )
    }
}

fn report(what: &str, credentials: usize, cost: &Cost) {
    let number = f64::from(u32::try_from(credentials).unwrap());
    println!(
        "(c) batch issue {what}: {credentials} in {:?}, {:.0} a second, peak {} KiB",
        cost.time,
        number / cost.time.as_secs_f64(),
        cost.peak
    );
}

fn timed(mut command: Command) -> Duration {
    let watch = Instant::now();
    let status = command.stdout(Stdio::null()).status().unwrap();
    let time = watch.elapsed();
    assert!(status.success(), "{status}");
    time
}

/// Runs a process to its end and watches how much memory it holds.
fn cost(mut command: Command, words: &[&str]) -> Cost {
    let watch = Instant::now();
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        peak = peak.max(high_water(&status));
        std::thread::sleep(Duration::from_micros(500));
    }
    let time = watch.elapsed();
    let output = child.wait_with_output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {complaint}");
    Cost { time, peak }
}

/// The most memory a process has held so far, in KiB; 0 where the system does not say.
fn high_water(status: &Path) -> u64 {
    let text = fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB"));
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}
