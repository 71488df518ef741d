//! Status lists that were handed in.

use identity_core::{
    key::Signer as _,
    status::{
        Instant, SlotBits, StatusList,
        token_list::TokenDraft,
        w3c::{Bitstring, ListDraft, Purpose, StatusEntry, StatusSize},
    },
    trust::status_key,
};
use serde_json::{Value, json};
use testkit::world::{World, key};

use crate::{
    sidecar::{Sidecar, home, now, run},
    w3c::{did, draft, object, signed, verify},
};

const LIST: &str = "https://example.org/status/1";

/// A list in which this entry is set.
fn list(set: u64, seed: u8) -> Value {
    list_of(set, seed, None)
}

fn list_of(set: u64, seed: u8, valid_from: Option<Instant>) -> Value {
    let mut bits = Bitstring::new(131_072, StatusSize::ONE).unwrap();
    bits.set(set, StatusSize::ONE, 1).unwrap();
    let draft = ListDraft {
        id: LIST.to_owned(),
        issuer: did(seed),
        purposes: vec![Purpose::Revocation],
        valid_from,
        valid_until: None,
        ttl: None,
    };
    signed(draft.document(&bits), seed, |_| ())
}

fn with_status(index: u64) -> Value {
    let entry = StatusEntry::new(Purpose::Revocation, index, LIST).unwrap();
    let mut draft = object(&draft());
    draft.insert("credentialStatus", entry.to_value());
    signed(draft, 1, |_| ())
}

#[test]
fn a_status_list_that_was_handed_in_counts() {
    let folder = home();
    let file = folder.path().join("list.json");
    let flag = file.display().to_string();
    std::fs::write(&file, list(7, 1).to_string()).unwrap();
    let sidecar = Sidecar::start_in(folder, &["--status-list", &flag]);
    let demand = json!({"checks": ["proof", "credentialStatus"]});
    assert_eq!(verify(&sidecar, &with_status(6), &demand).status, 200);
    let revoked = verify(&sidecar, &with_status(7), &json!({}));
    assert_eq!(revoked.problem(), (400, "status.revoked".to_owned()));
    // A newer one counts without a restart.
    std::fs::write(&file, list(6, 1).to_string()).unwrap();
    Sidecar::until("it counts", || {
        verify(&sidecar, &with_status(6), &json!({})).status == 400
    });
    assert_eq!(verify(&sidecar, &with_status(7), &demand).status, 200);
}

#[test]
fn an_older_list_takes_back_no_revocation() {
    let today = Instant::floor(now());
    let earlier = Instant::floor(now() - jiff::SignedDuration::from_hours(24));
    let older = list_of(6, 1, Some(earlier)).to_string();
    let folder = home();
    let lists = folder.path().join("lists");
    std::fs::create_dir(&lists).unwrap();
    std::fs::write(lists.join("1.json"), list_of(7, 1, Some(today)).to_string()).unwrap();
    std::fs::write(lists.join("2.json"), &older).unwrap();
    // Beside the newer one, whichever is read last.
    let sidecar = Sidecar::start_in(folder, &["--status-list", &lists.display().to_string()]);
    let revoked = || verify(&sidecar, &with_status(7), &json!({})).problem();
    assert_eq!(revoked(), (400, "status.revoked".to_owned()));
    // In its place, by somebody who answers with an old copy.
    std::fs::write(lists.join("1.json"), &older).unwrap();
    std::fs::write(lists.join("3.json"), &older).unwrap();
    std::thread::sleep(core::time::Duration::from_secs(5));
    assert_eq!(revoked(), (400, "status.revoked".to_owned()));
}

#[test]
fn without_its_list_a_status_is_a_warning_unless_it_is_demanded() {
    let sidecar = Sidecar::start_in(home(), &[]);
    let warned = verify(&sidecar, &with_status(7), &json!({"returnResults": true}));
    assert_eq!(warned.status, 200);
    let warned = warned.json();
    assert_eq!(warned["warnings"][0]["code"], "vc.status_unchecked");
    assert_eq!(warned["results"]["credentialStatus"][0]["verified"], false);
    let demanded = verify(&sidecar, &with_status(7), &json!({"checks": ["status"]}));
    assert_eq!(demanded.status, 400);
}

#[test]
fn a_status_list_that_is_not_authentic_stops_the_start() {
    let folder = home();
    let mut tampered = list(7, 1);
    tampered["credentialSubject"]["statusPurpose"] = "suspension".into();
    std::fs::write(folder.path().join("list.json"), tampered.to_string()).unwrap();
    let (exit, said) = run(
        &folder,
        &["serve", "--dry-run", "--status-list", "list.json"],
    );
    assert_eq!(
        (exit, said["error"]["code"].as_str()),
        (1, Some("signature.invalid"))
    );
    for (flag, value) in [("--context", "list.json"), ("--schema", "=list.json")] {
        let (exit, said) = run(&folder, &["serve", "--dry-run", flag, value]);
        assert_eq!(
            (exit, said["error"]["code"].as_str()),
            (2, Some("usage.invalid")),
            "{flag}"
        );
    }
    let (exit, said) = run(
        &folder,
        &["serve", "--dry-run", "--did-document", "list.json"],
    );
    assert_eq!(
        (exit, said["error"]["code"].as_str()),
        (1, Some("did.malformed"))
    );
}

#[test]
fn the_folder_of_an_issuers_lists_is_taken_as_it_is_published() {
    // The status key keeps the lists of the issuing key, and says so beside them.
    let world = World::new();
    let list = world.slot(0).list;
    let mut bits = Bitstring::new(131_072, StatusSize::ONE).unwrap();
    bits.set(7, StatusSize::ONE, 1).unwrap();
    let list_draft = ListDraft {
        id: list.to_string(),
        issuer: did(2),
        purposes: vec![Purpose::Revocation],
        valid_from: None,
        valid_until: None,
        ttl: None,
    };
    let published = signed(list_draft.document(&bits), 2, |_| ());
    let keeper = status_key::certify(key(2).public_key(), &world.method(), now(), &key(1));
    let token = TokenDraft {
        uri: list.to_string(),
        issued_at: Instant::floor(now()),
        expires: None,
        ttl: None,
        aggregation_uri: None,
    };
    let token = token.sign(&StatusList::new(SlotBits::One), &world.method(), &key(1));
    let folder = home();
    let lists = folder.path().join("status");
    std::fs::create_dir(&lists).unwrap();
    std::fs::write(lists.join("1.bitstring.json"), published.to_string()).unwrap();
    std::fs::write(lists.join("1.jwt"), token.unwrap()).unwrap();
    let credential = |index| {
        let mut document = object(&draft());
        let entry = StatusEntry::new(Purpose::Revocation, index, list.as_str()).unwrap();
        document.insert("credentialStatus", entry.to_value());
        signed(document, 1, |_| ())
    };
    let options = json!({"checks": ["status"]});
    let folder_of_lists = lists.display().to_string();
    let without = Sidecar::start_in(home(), &["--status-list", &folder_of_lists]);
    let refused = verify(&without, &credential(8), &options).problem().1;
    assert_eq!(refused, "status.list_foreign");
    std::fs::write(lists.join("keeper.jwt"), keeper.unwrap()).unwrap();
    let with = Sidecar::start_in(home(), &["--status-list", &folder_of_lists]);
    assert_eq!(verify(&with, &credential(8), &options).status, 200);
    let revoked = verify(&with, &credential(7), &options).problem().1;
    assert_eq!(revoked, "status.revoked");
}
