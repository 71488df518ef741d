//! The arrows of ARCHITECTURE.md, and the size of the tree that an embedder gets.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{collections::BTreeSet, process::Command};

/// Returns the packages that a package pulls in, by `cargo tree`.
fn tree(package: &str) -> BTreeSet<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let words = [
        "tree", "--locked", "-e", "normal", "--prefix", "none", "-p", package,
    ];
    let output = Command::new(cargo)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .args(words)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text
        .lines()
        .map(|line| line.trim_end_matches(" (*)").to_owned());
    lines.collect()
}

fn holds(tree: &BTreeSet<String>, name: &str) -> bool {
    tree.iter().any(|line| line.split(' ').next() == Some(name))
}

#[test]
fn an_embedder_gets_a_small_tree() {
    let verifier = tree("verifier-lib");
    assert!(verifier.len() < 70, "{} packages", verifier.len());
    for heavy in ["rocksdb", "tokio", "clap", "hyper", "reqwest", "ureq"] {
        assert!(!holds(&verifier, heavy), "{heavy}");
    }
}

#[test]
fn the_three_in_the_middle_do_not_know_one_another() {
    let middle = ["verifier-lib", "wallet", "issuer-cli"];
    for one in middle {
        let tree = tree(one);
        for other in middle.iter().filter(|other| **other != one) {
            assert!(!holds(&tree, other), "{one} depends on {other}");
        }
    }
    for one in ["rocksdb", "clap", "cli-kit"] {
        assert!(
            !holds(&tree("identity-core"), one),
            "identity-core depends on {one}"
        );
    }
}

/// Whoever can reach it could have anything signed: the issuer's program listens to nobody.
#[test]
fn the_issuer_has_no_door_to_the_network() {
    let issuer = tree("issuer-cli");
    // It fetches what is published of its own DID, so TLS is in it; nothing that could listen is.
    for server in ["axum", "axum-server", "hyper", "tokio", "tower"] {
        assert!(!holds(&issuer, server), "issuer-cli holds {server}");
    }
    // That the names are those of servers, another tree shows.
    let sidecar = tree("examples");
    assert!(holds(&sidecar, "axum") && holds(&sidecar, "hyper"));
}
