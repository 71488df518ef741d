use std::os::unix::fs::PermissionsExt as _;

use identity_core::did;
use identity_core::encoding::base64url;
use identity_core::key::{Algorithm, SecretKey, Signer as _};
use identity_core::status::Instant;
use tempfile::TempDir;
use zeroize::Zeroizing;

use super::*;

fn rng() -> impl CryptoRng {
    rand_core::UnwrapErr(getrandom::SysRng)
}

fn pass(text: &str) -> Passphrase {
    Passphrase::new(Zeroizing::new(text.to_owned())).unwrap()
}

fn weak() -> Cost {
    Cost::new(8, 1, 1).unwrap()
}

fn now() -> Instant {
    "2026-03-12T09:00:00Z".parse().unwrap()
}

fn some_did() -> did::Did {
    did::key::create(SecretKey::generate(Algorithm::EdDsa, &mut rng()).public_key())
}

/// A home with a vault that holds one of everything, closed again.
fn filled() -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("home").join(FILE_NAME);
    let mut vault = Vault::create(&path, pass("right"), weak(), &mut rng()).unwrap();
    let issuer = some_did();
    let contents = vault.contents_mut();
    contents.ensure_key(&some_did(), Algorithm::Es256, now(), &mut rng());
    let key = contents.ensure_key(&issuer, Algorithm::EdDsa, now(), &mut rng());
    let key = key.id.clone();
    contents.enrolments.push(PendingEnrolment {
        issuer: issuer.clone(),
        key: key.clone(),
        made: now(),
    });
    contents.keep_issuer(TrustedIssuer {
        did: issuer.clone(),
        name: "House".to_owned(),
        chamber: "lower".to_owned(),
        country: "XX".to_owned(),
        did_log: None,
        predecessor: None,
    });
    assert!(contents.trust_verifier(TrustedVerifier {
        did: some_did(),
        name: "E-voting".to_owned(),
        added: now(),
    }));
    assert!(contents.add_credential(credential(&issuer, &key, "the credential's text")));
    vault.save(&mut rng()).unwrap();
    (home, path)
}

fn credential(issuer: &did::Did, key: &did::Did, text: &str) -> StoredCredential {
    StoredCredential {
        id: credential_id(text),
        kind: "MemberMandate".to_owned(),
        issuer: issuer.clone(),
        securing: Securing::SdJwt,
        text: text.to_owned(),
        added: now(),
        key: key.clone(),
        in_office: None,
    }
}

fn open(path: &Path, text: &str) -> Result<Vault, VaultError> {
    Vault::open(path, pass(text), weak())
}

fn code(result: Result<Vault, VaultError>) -> &'static str {
    result.unwrap_err().code()
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn what_is_saved_comes_back() {
    let (_home, path) = filled();
    let vault = open(&path, "right").unwrap();
    let contents = vault.contents();
    let [stored] = contents.credentials.as_slice() else {
        panic!("one credential");
    };
    assert_eq!(stored.text, "the credential's text");
    assert_eq!(contents.credential(&stored.id), Some(stored));
    assert_eq!(contents.issuer(&stored.issuer).unwrap().name, "House");
    assert_eq!(contents.verifiers[0].name, "E-voting");
    let key = contents.key(&stored.key).unwrap();
    assert_eq!(key.issuer, stored.issuer);
    assert_eq!(contents.key_for(&stored.issuer).unwrap().id, key.id);
    assert_eq!(contents.keys[0].secret.algorithm(), Algorithm::Es256);
    let signature = key.secret.try_sign(b"m").unwrap();
    assert_eq!(key.secret.public_key().verify(b"m", &signature), Ok(()));
    assert!(contents.enrolments.is_empty(), "the credential has arrived");
}

#[test]
fn a_change_that_is_not_saved_is_not_kept() {
    let (_home, path) = filled();
    let mut vault = open(&path, "right").unwrap();
    vault.contents_mut().credentials.clear();
    drop(vault);
    assert_eq!(
        open(&path, "right").unwrap().contents().credentials.len(),
        1
    );
}

#[test]
fn the_vault_and_its_home_are_for_their_owner_only() {
    let (_home, path) = filled();
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    let lock = path.with_file_name("vault.mandate.lock");
    assert_eq!(mode(&lock), 0o600);
    let entries = std::fs::read_dir(path.parent().unwrap()).unwrap().count();
    assert_eq!(entries, 2, "the vault and its lock, no previous copy");
}

#[test]
fn nothing_of_it_can_be_read_without_the_passphrase() {
    let (_home, path) = filled();
    let bytes = std::fs::read(&path).unwrap();
    for text in ["House", "did:key", "credential", "mandate.vault"] {
        let text = text.as_bytes();
        assert!(!bytes.windows(text.len()).any(|window| window == text));
    }
    assert_eq!(code(open(&path, "wrong")), "vault.wrong_passphrase");
}

#[test]
fn every_flipped_byte_is_named_as_damage() {
    let (_home, path) = filled();
    let good = std::fs::read(&path).unwrap();
    for at in 0..good.len() {
        let mut bytes = good.clone();
        bytes[at] ^= 0x20;
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(code(open(&path, "right")), "vault.damaged", "byte {at}");
    }
    for length in [0, 16, 50, good.len() - 1] {
        std::fs::write(&path, &good[..length]).unwrap();
        assert_eq!(code(open(&path, "right")), "vault.damaged", "{length}");
    }
}

#[test]
fn contents_that_do_not_fit_together_are_damage() {
    let (_home, path) = filled();
    let vault = open(&path, "right").unwrap();
    let json = vault.contents().to_json();
    let text = std::str::from_utf8(&json).unwrap();
    assert!(Contents::from_json(text.as_bytes()).is_ok());
    let first = vault.contents().keys[0].id.to_string();
    let second = vault.contents().keys[1].id.to_string();
    let issuers = [0, 1].map(|at: usize| vault.contents().keys[at].issuer.to_string());
    for changed in [
        text.replace("mandate.vault/1", "mandate.vault/2"),
        text.replacen("\"schema\"", "\"later\":1,\"schema\"", 1),
        text.replacen(&first, &second, 1),
        text.replace(&issuers[0], &issuers[1]),
        text.replace("ES256", "none"),
        text.replacen("\"secret\":\"", "\"secret\":\"AAAA", 1),
        text.replace("sd-jwt", "paper"),
    ] {
        assert_ne!(changed, text);
        let reason = Contents::from_json(changed.as_bytes()).unwrap_err();
        let secret = base64url::encode(&*vault.contents().keys[0].secret.secret_bytes());
        assert!(!reason.contains(&secret), "{reason}");
    }
}

#[test]
fn a_vault_is_not_overwritten_and_not_made_by_opening() {
    let (home, path) = filled();
    let again = Vault::create(&path, pass("right"), weak(), &mut rng());
    assert_eq!(code(again), "vault.exists");
    assert_eq!(
        open(&path, "right").unwrap().contents().credentials.len(),
        1
    );
    let nowhere = home.path().join("none").join(FILE_NAME);
    assert_eq!(code(open(&nowhere, "right")), "vault.missing");
    assert!(!home.path().join("none").exists());
}

#[test]
fn an_existing_vault_is_named_even_while_it_is_in_use() {
    let (_home, path) = filled();
    let _in_use = open(&path, "right").unwrap();
    let again = Vault::create(&path, pass("right"), weak(), &mut rng());
    assert_eq!(code(again), "vault.exists");
}

#[test]
fn a_backup_of_another_shape_is_named() {
    let (home, path) = filled();
    let json = open(&path, "right").unwrap().contents().to_json();
    let vault = std::str::from_utf8(&json).unwrap();
    let good = format!(
        r#"{{"schema":"mandate.wallet-backup/1","created":"2026-03-12T09:00:00Z","vault":{vault}}}"#
    );
    let file = home.path().join("backup.mandate");
    let to = home.path().join("new").join(FILE_NAME);
    let restore = |text: &str| {
        let bytes = sealed::seal(text.as_bytes(), &pass("b"), weak(), &mut rng()).unwrap();
        std::fs::write(&file, bytes).unwrap();
        let from = (file.as_path(), &pass("b"));
        let restored = backup::restore(from, &to, pass("x"), weak(), &mut rng());
        restored.map(|_| ()).map_err(|error| error.code())
    };
    for wrong in [
        good.replace("wallet-backup/1", "wallet-backup/2"),
        good.replace("mandate.vault/1", "mandate.vault/2"),
        good.replace("\"created\"", "\"later\":1,\"created\""),
    ] {
        assert_ne!(wrong, good);
        assert_eq!(restore(&wrong), Err("vault.backup_damaged"));
    }
    assert_eq!(restore(&good), Ok(()));
}

#[test]
fn two_at_a_time_are_refused() {
    let (_home, path) = filled();
    let vault = open(&path, "right").unwrap();
    let second = Lock::take_within(&path, 2).map(|_| ());
    assert_eq!(second.unwrap_err().code(), "vault.locked");
    drop(vault);
    assert!(Lock::take_within(&path, 1).is_ok());
}

#[test]
fn the_second_waits_and_sees_what_the_first_wrote() {
    let (_home, path) = filled();
    let mut first = open(&path, "right").unwrap();
    std::thread::scope(|scope| {
        let second = scope.spawn(|| open(&path, "right").unwrap().contents().credentials.len());
        std::thread::sleep(std::time::Duration::from_millis(120));
        first.contents_mut().credentials.clear();
        first.save(&mut rng()).unwrap();
        drop(first);
        assert_eq!(second.join().unwrap(), 0);
    });
}

#[test]
fn a_kill_between_writing_and_renaming_loses_nothing() {
    let (_home, path) = filled();
    // What such a kill leaves: the old vault, a temporary file, and a lock nobody holds.
    let left = path.with_file_name(".mandate-left");
    let new = std::fs::read(&path).unwrap();
    std::fs::write(&left, &new[..new.len() / 2]).unwrap();
    let vault = open(&path, "right").unwrap();
    assert_eq!(vault.contents().credentials.len(), 1);
    vault.save(&mut rng()).unwrap();
    drop(vault);
    assert_eq!(
        open(&path, "right").unwrap().contents().credentials.len(),
        1
    );
}

#[test]
fn a_save_that_fails_leaves_the_old_vault_and_passphrase() {
    let (home, path) = filled();
    let mut vault = open(&path, "right").unwrap();
    let away = home.path().join("away");
    std::fs::rename(path.parent().unwrap(), &away).unwrap();
    let failed = vault.change_passphrase(pass("new"), &mut rng());
    assert_eq!(failed.unwrap_err().code(), "file.unwritable");
    std::fs::rename(&away, path.parent().unwrap()).unwrap();
    vault.save(&mut rng()).unwrap();
    drop(vault);
    assert!(open(&path, "right").is_ok());
}

#[test]
fn a_changed_passphrase_is_the_only_one() {
    let (_home, path) = filled();
    let mut vault = open(&path, "right").unwrap();
    vault.change_passphrase(pass("new"), &mut rng()).unwrap();
    drop(vault);
    assert_eq!(code(open(&path, "right")), "vault.wrong_passphrase");
    assert!(open(&path, "new").is_ok());
}

#[test]
fn secrets_are_not_printed() {
    let (_home, path) = filled();
    let vault = open(&path, "right").unwrap();
    let printed = format!("{vault:?} {:?}", vault.contents());
    for key in &vault.contents().keys {
        let secret = key.secret.secret_bytes();
        assert!(!printed.contains(&base64url::encode(&*secret)));
        assert!(!printed.contains(&format!("{:?}", *secret)));
    }
    assert!(!printed.contains("right"));
}

#[test]
fn a_backup_restores_where_there_is_no_vault() {
    let (home, path) = filled();
    let vault = open(&path, "right").unwrap();
    let file = home.path().join("backup.mandate");
    let create = || backup::create(&vault, &file, &pass("other"), weak(), now(), &mut rng());
    create().unwrap();
    assert_eq!(mode(&file), 0o600);
    assert_eq!(create().unwrap_err().code(), "file.exists");
    let wanted = vault.contents().to_json();
    drop(vault);

    let restore = |to: &Path, text: &str| {
        let from = (file.as_path(), &pass(text));
        backup::restore(from, to, pass("third"), weak(), &mut rng())
    };
    assert_eq!(restore(&path, "other").unwrap_err().code(), "vault.exists");
    let other = home.path().join("new").join(FILE_NAME);
    let refused = restore(&other, "right").unwrap_err();
    assert_eq!(refused.code(), "vault.wrong_passphrase");
    assert!(refused.to_string().contains("backup.mandate"));
    assert!(!other.exists());
    let (restored, made) = restore(&other, "other").unwrap();
    assert_eq!(made, now());
    drop(restored);
    assert_eq!(open(&other, "third").unwrap().contents().to_json(), wanted);
}

#[test]
fn a_damaged_backup_and_a_vault_in_its_place_are_named() {
    let (home, path) = filled();
    let vault = open(&path, "right").unwrap();
    let file = home.path().join("backup.mandate");
    backup::create(&vault, &file, &pass("right"), weak(), now(), &mut rng()).unwrap();
    drop(vault);
    let to = home.path().join("new").join(FILE_NAME);
    let restore = |from: &Path| {
        let from = (from, &pass("right"));
        let restored = backup::restore(from, &to, pass("x"), weak(), &mut rng());
        restored.map(|_| ()).unwrap_err().code()
    };
    assert_eq!(
        restore(&path),
        "vault.backup_damaged",
        "a vault is no backup"
    );
    let good = std::fs::read(&file).unwrap();
    for at in [20, 60, good.len() - 1] {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        std::fs::write(&file, &bytes).unwrap();
        assert_eq!(restore(&file), "vault.backup_damaged");
    }
    assert!(!to.exists());
    // And a backup is no vault.
    std::fs::write(&file, &good).unwrap();
    assert_eq!(code(open(&file, "right")), "vault.damaged");
}

#[test]
fn the_same_credential_again_changes_nothing() {
    let (_home, path) = filled();
    let mut vault = open(&path, "right").unwrap();
    let stored = vault.contents().credentials[0].clone();
    let contents = vault.contents_mut();
    assert!(!contents.add_credential(stored.clone()));
    assert_eq!(contents.credentials.len(), 1);
    assert_eq!(contents.remove_credential(&stored.id), Some(stored.clone()));
    assert_eq!(contents.remove_credential(&stored.id), None);
    assert!(contents.key(&stored.key).is_some(), "the key stays");
    let verifier = contents.verifiers[0].clone();
    assert!(!contents.trust_verifier(TrustedVerifier {
        name: "New".to_owned(),
        ..verifier.clone()
    }));
    assert_eq!(contents.verifier(&verifier.did).unwrap().name, "New");
    assert!(contents.remove_verifier(&verifier.did).is_some());
    assert!(contents.verifier(&verifier.did).is_none());
    let keys = contents.keys.len();
    contents.ensure_key(&stored.issuer, Algorithm::EdDsa, now(), &mut rng());
    assert_eq!(contents.keys.len(), keys, "one key for each issuer");
}

#[test]
fn every_error_says_what_to_do() {
    let (_home, path) = filled();
    let failure = Failure::from(open(&path, "wrong").unwrap_err());
    assert_eq!(failure.code, "vault.wrong_passphrase");
    assert_eq!(failure.exit, cli_kit::ExitCode::Failed);
    assert_eq!(failure.hints.len(), 1);
}
