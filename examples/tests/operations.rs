//! OPERATIONS.md, word for word: every command is run as it stands there. And the units of `examples/systemd`:
//! systemd reads them, and what they run works without a passphrase.

#![expect(clippy::print_stderr, reason = "a skipped test must say so")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(dead_code, reason = "each test uses its part of the shared helpers")]

mod programs;

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use programs::{Place, program};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Runs a line of a shell in a place that looks like the top of a checkout, with the programs on the path.
fn run(place: &Place, programs: &Path, line: &str) -> String {
    let paths = std::env::var_os("PATH").unwrap();
    let paths = std::iter::once(programs.to_owned()).chain(std::env::split_paths(&paths));
    let output = Command::new("bash")
        .args(["-c", &format!("{line} 2>&1")])
        .current_dir(place.path(""))
        .env("PATH", std::env::join_paths(paths).unwrap())
        .env("MANDATE_PASSPHRASE_FILE", place.path("pass"))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{line}\n{said}");
    said
}

#[test]
fn every_command_of_the_runbook_works_in_its_order() {
    let Some(issuer) = program("mandate-issuer") else {
        return;
    };
    let place = Place::new();
    let rosters = place.path("examples/parliament");
    std::fs::create_dir_all(&rosters).unwrap();
    let roster = "lower-house.csv";
    let from = root().join("examples/parliament").join(roster);
    std::fs::copy(from, rosters.join(roster)).unwrap();
    let text = std::fs::read_to_string(root().join("OPERATIONS.md")).unwrap();
    let mut commands = 0;
    for block in text.split("```console\n").skip(1) {
        for line in block.split("```").next().unwrap().lines() {
            let line = line.strip_prefix("$ ").unwrap_or_else(|| panic!("{line}"));
            run(&place, issuer.parent().unwrap(), line);
            commands += 1;
        }
    }
    assert!(commands >= 45, "only {commands} commands in the runbook");
}

/// The units, with their names.
fn units() -> Vec<(String, String)> {
    let mut units = Vec::new();
    for entry in std::fs::read_dir(root().join("examples/systemd")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        units.push((name, std::fs::read_to_string(path).unwrap()));
    }
    units.sort();
    units
}

#[test]
fn every_service_is_hardened_and_has_its_timer() {
    let units = units();
    let services = units.iter().filter(|(name, _)| name.ends_with(".service"));
    let mut count = 0;
    for (name, text) in services {
        count += 1;
        for line in [
            "User=mandate",
            "UMask=0077",
            "NoNewPrivileges=yes",
            "CapabilityBoundingSet=",
            "ProtectSystem=strict",
            "PrivateNetwork=yes",
            "MemoryDenyWriteExecute=yes",
        ] {
            assert!(text.lines().any(|have| have == line), "{name}: {line}");
        }
        assert!(text.contains("--no-input"), "{name}");
        // None of them is given the passphrase of the issuing key.
        assert!(!text.contains(" --passphrase-file"), "{name}");
        let timer = name.replace(".service", ".timer");
        assert!(units.iter().any(|(name, _)| *name == timer), "{timer}");
    }
    assert_eq!(count, 4);
}

#[test]
fn systemd_takes_the_units_and_their_commands_work_unattended() {
    let Some(issuer) = program("mandate-issuer") else {
        return;
    };
    let place = Place::new();
    let folder = issuer.parent().unwrap();
    let init = "mandate-issuer --home issuer init --name House --chamber EX-1 --country XX";
    run(&place, folder, init);
    let here = |folder: &str| place.path(folder).display().to_string();
    let local = |text: &str| {
        text.replace("/usr/bin/mandate-issuer", &issuer.display().to_string())
            .replace("/var/lib/mandate-tokens", &here("tokens"))
            .replace("/var/lib/mandate", &here("issuer"))
            .replace("/var/backups/mandate", &here("backups"))
            .replace("/srv/mandate", &here("site"))
    };
    let units = units();
    std::fs::create_dir_all(place.path("units")).unwrap();
    std::fs::create_dir_all(place.path("backups")).unwrap();
    for (name, text) in &units {
        std::fs::write(place.path("units").join(name), local(text)).unwrap();
    }
    if Command::new("systemd-analyze")
        .arg("--version")
        .output()
        .is_err()
    {
        eprintln!("SKIPPED: no systemd-analyze here; the commands are tried all the same");
    } else {
        for (name, _) in &units {
            run(
                &place,
                folder,
                &format!("systemd-analyze verify units/{name}"),
            );
        }
    }
    run(
        &place,
        folder,
        "(umask 077; mkdir creds; printf 'a passphrase for backups alone' > creds/backup)",
    );
    // The doctor has nothing to say once something was published.
    for name in ["publish", "tokens", "doctor", "backup"] {
        let unit = format!("mandate-{name}.service");
        let (_, text) = units.iter().find(|(name, _)| *name == unit).unwrap();
        let text = local(text);
        let line = |start: &str| {
            let found = text.lines().find_map(|line| line.strip_prefix(start));
            found
                .unwrap_or_else(|| panic!("{unit}: {start}"))
                .to_owned()
        };
        // systemd.service(5): `$$` and `%%` stand for one of each.
        let command = line("ExecStart=").replace("$$", "$").replace("%%", "%");
        let environment = line("Environment=");
        let creds = here("creds");
        let line = format!(
            "env -u MANDATE_PASSPHRASE_FILE CREDENTIALS_DIRECTORY={creds} {environment} {command}"
        );
        run(&place, folder, &line);
    }
    assert!(place.path("site/bundle.json").exists());
    assert_eq!(std::fs::read_dir(place.path("backups")).unwrap().count(), 1);
}
