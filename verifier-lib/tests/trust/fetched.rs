use std::fs;

use identity_core::{
    did::{
        Relationship,
        webvh::{Content as DidContent, Draft, Log, Profile},
    },
    key::Signer as _,
    status::{Instant, ListUri},
    verify::Budget,
};
use serde_json::Value;
use testkit::{
    assembly::{Parliament, key_of},
    network::Union,
    world::World,
};

use crate::{
    home::{Home, bundle, hours, network, now},
    site::Site,
};

#[test]
fn what_is_kept_is_what_a_check_uses() {
    let home = Home::new();
    home.ask();
    home.write("trust.bundle", network(3, |_| ()));
    let (exit, said) = home.run(&["trust", "update", "trust.bundle"]);
    assert_eq!(
        (exit, &said["outcome"]),
        (0, &Value::from("replaced")),
        "{said:#}"
    );
    assert_eq!(said["schema"], "mandate.trust-updated/1");
    assert_eq!(said["kind"], "network");
    assert_eq!(home.check(&[]).0, 0);
    let (exit, said) = home.run(&["trust", "update", "trust.bundle"]);
    assert_eq!((exit, &said["outcome"]), (0, &Value::from("unchanged")));
    // The issuer's own, beside it.
    home.write(
        "bundle.json",
        bundle(6, |content| {
            content.terms[0]
                .endings
                .push(identity_core::status::TermEnding::new(hours(-1)));
        }),
    );
    assert_eq!(home.run(&["trust", "update", "bundle.json"]).0, 0);
    assert_eq!(home.check(&[]).0, 11);
    assert_eq!(
        fs::read_dir(home.0.path().join("home/trust"))
            .unwrap()
            .count(),
        2
    );
}

#[test]
fn nothing_older_second_or_tampered_with_replaces_what_is_kept() {
    let home = Home::new();
    home.ask();
    home.write("trust.bundle", network(4, |_| ()));
    assert_eq!(home.run(&["trust", "update", "trust.bundle"]).0, 0);
    let refused = |bytes: Vec<u8>, code: &str| {
        home.write("new.bundle", bytes);
        let (exit, said) = home.run(&["trust", "update", "new.bundle"]);
        assert_eq!((exit, said["code"].as_str()), (1, Some(code)), "{said:#}");
    };
    refused(network(3, |_| ()), "network.rollback");
    let mut cut = network(5, |_| ());
    cut.truncate(300);
    refused(cut, "network.malformed");
    refused(
        network(5, |union| union.now = hours(3)),
        "network.not_yet_issued",
    );
    assert_eq!(home.check(&[]).0, 0);
    // Two of one number: the home remembers it, and no check decides until a higher one comes.
    refused(
        network(4, |union| union.now = hours(-2)),
        "network.conflict",
    );
    assert_eq!(home.check(&[]).0, 12);
    home.write("new.bundle", network(5, |_| ()));
    assert_eq!(home.run(&["trust", "update", "new.bundle"]).0, 0);
    assert_eq!(home.check(&[]).0, 0);
    // Another house's is refused where one is expected.
    home.write("bundle.json", bundle(9, |_| ()));
    let anchor = Union::did().to_string();
    let (exit, said) = home.run(&["trust", "update", "bundle.json", "--anchor", &anchor]);
    assert_eq!(
        (exit, said["code"].as_str()),
        (1, Some("issuer.not_trusted"))
    );
    // And a bundle goes no more back than a trust bundle does.
    assert_eq!(home.run(&["trust", "update", "bundle.json"]).0, 0);
    refused(bundle(8, |_| ()).into_bytes(), "bundle.rollback");
    refused(
        bundle(9, |content| content.name = "Other".into()).into_bytes(),
        "bundle.conflict",
    );
}

#[test]
fn it_is_fetched_from_where_it_was_said_and_from_nowhere_else() {
    let (home, site) = (Home::new(), Site::new());
    site.answer("/trust.bundle", 200, network(3, |_| ()));
    site.answer("/moved", 302, "/trust.bundle");
    site.answer("/away", 302, "http://localhost:1/trust.bundle");
    site.answer("/round", 302, "/round");
    site.answer("/page", 200, "<html>Not here</html>");
    let update = |path: &str| {
        let (exit, said) = home.run(&["trust", "update", &site.url(path)]);
        (exit, said["code"].as_str().map(str::to_owned))
    };
    assert_eq!(update("/moved"), (0, None));
    let failed = |code: &str| (1, Some(code.to_owned()));
    assert_eq!(update("/away"), failed("fetch.redirected"));
    assert_eq!(update("/round"), failed("fetch.redirected"));
    assert_eq!(update("/nothing"), failed("fetch.failed"));
    assert_eq!(update("/page"), failed("bundle.malformed"));
    let (exit, said) = home.run(&["trust", "update", "http://id.example.org/trust.bundle"]);
    assert_eq!((exit, said["code"].as_str()), (2, Some("fetch.address")));
}

#[test]
fn a_mirror_verifies_before_it_replaces() {
    let (home, site) = (Home::new(), Site::new());
    home.ask();
    site.answer("/bundle.json", 200, bundle(5, |_| ()));
    site.answer("/trust.bundle", 200, network(3, |_| ()));
    let issuer = World::new().issuer.to_string();
    let (from, of_union) = (site.url("/bundle.json"), site.url("/trust.bundle"));
    let union = Union::did().to_string();
    let words = [
        "trust", "mirror", "--once", "--out", "hall", "--from", &from, "--from", &of_union,
    ];
    let words = [&words[..], &["--anchor", &issuer, "--anchor", &union]].concat();
    let mirror = || {
        let (exit, said) = home.run(&words);
        let outcome = |at: usize| {
            said["items"][at]["outcome"]
                .as_str()
                .unwrap_or("")
                .to_owned()
        };
        let code = said["items"][0]["code"].as_str().map(str::to_owned);
        (exit, outcome(0), outcome(1), code)
    };
    let same = || "unchanged".to_owned();
    assert_eq!(mirror(), (0, "replaced".into(), "replaced".into(), None));
    assert_eq!(mirror(), (0, same(), same(), None));
    // The hall's verifiers read the folder.
    assert_eq!(home.check(&["--trust", "hall"]).0, 0);
    let kept = home.read("hall/bundle.json");
    for (bad, code) in [
        (bundle(4, |_| ()), "bundle.rollback"),
        (
            bundle(5, |content| content.name = "Other".into()),
            "bundle.conflict",
        ),
        ("{}".to_owned(), "bundle.malformed"),
    ] {
        site.answer("/bundle.json", 200, bad);
        assert_eq!(
            mirror(),
            (1, "failed".into(), same(), Some(code.into())),
            "{code}"
        );
        assert_eq!(home.read("hall/bundle.json"), kept);
    }
    // An accreditor's file in the place of the issuer's changes neither.
    site.answer("/bundle.json", 200, bundle(6, |_| ()));
    assert_eq!(mirror().1, "replaced");
    // Whoever is no anchor is not mirrored.
    let alone = [
        "trust", "mirror", "--once", "--out", "other", "--from", &from, "--anchor", &union,
    ];
    let (exit, said) = home.run(&alone);
    assert_eq!(
        (exit, &said["items"][0]["code"]),
        (1, &Value::from("issuer.not_trusted"))
    );
    assert!(!home.0.path().join("other/bundle.json").exists());
    assert_eq!(
        home.run(&[
            "trust", "mirror", "--from", &from, "--out", "x", "--anchor", &issuer, "--every", "1s"
        ])
        .0,
        2
    );
}

/// A parliament of the day before yesterday, and the same after its DID moved yesterday.
fn moved() -> (Parliament, Parliament) {
    let at = |hour| Instant::floor(hours(hour)).timestamp();
    let control = |n: &str| vec![key_of(n, 1).public_key().clone()];
    let mut before = Parliament::new(1);
    let content = DidContent {
        methods: vec![
            (
                key_of("issuing", 1).public_key().clone(),
                vec![Relationship::AssertionMethod],
            ),
            (
                key_of("status", 1).public_key().clone(),
                vec![Relationship::CapabilityInvocation],
            ),
        ],
        ..DidContent::default()
    };
    let first = Draft::genesis("old.example", &control("control 1"), content).unwrap();
    let first = first.announce(&control("control 2")).portable(true);
    let first = first.prepare(Profile::A, at(-48)).unwrap();
    before.did = first.did().clone();
    before.log = first.sign(&key_of("control 1", 1), at(-48)).unwrap().line;
    let history = |log: &str| {
        let parsed = Log::parse(log.as_bytes(), &mut Budget::bundle()).unwrap();
        let budget = &mut Budget::bundle();
        parsed.verify(None, None, now(), budget).unwrap()
    };
    let known = history(&before.log);
    let second = Draft::update(&known)
        .unwrap()
        .move_to("new.example")
        .unwrap();
    let second = second
        .control(&control("control 2"))
        .announce(&control("control 3"));
    let second = second.prepare(Profile::A, at(-24)).unwrap();
    let mut after = before.clone();
    let line = second.sign(&key_of("control 2", 1), at(-24)).unwrap().line;
    after.log.push_str(&line);
    after.did = history(&after.log).did().clone();
    (before, after)
}

#[test]
fn who_moves_is_kept_once_and_goes_no_more_back() {
    let home = Home::new();
    let (before, after) = moved();
    assert_ne!(before.did, after.did);
    let numbered = |parliament: &Parliament, seq| {
        parliament.bundle(|content| {
            content.seq = seq;
            content.issued_at = Instant::floor(now());
            content.next_update = Instant::floor(hours(24));
            content.expires = Instant::floor(hours(48));
            content.status_lists[0].uri = ListUri::new(before.did.as_str(), 1).unwrap();
            content.terms.clear();
        })
    };
    let update = |parliament: &Parliament, seq, anchor: &str| {
        home.write("bundle.json", numbered(parliament, seq));
        let (exit, said) = home.run(&["trust", "update", "bundle.json", "--anchor", anchor]);
        let told = said["code"].as_str().or_else(|| said["outcome"].as_str());
        (exit, told.unwrap_or_default().to_owned())
    };
    let kept = || {
        let files = fs::read_dir(home.0.path().join("home/trust")).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        names.collect::<Vec<_>>()
    };
    let (former, present) = (before.did.as_str(), after.did.as_str());
    let replaced = (0, "replaced".to_owned());
    assert_eq!(update(&before, 5, former), replaced);
    // Asked for by its former name, which its log proves; no other host of its identifier is it.
    let elsewhere = format!("{}:evil.example", before.did.subject());
    let refused = (1, "issuer.not_trusted".to_owned());
    assert_eq!(update(&after, 6, &elsewhere), refused);
    assert_eq!(update(&before, 6, present), refused);
    assert_eq!(kept().len(), 1);
    assert_eq!(update(&after, 6, former), replaced);
    let names = kept();
    assert!(
        names.len() == 1 && names[0].contains("new.example"),
        "{names:?}"
    );
    // Whoever serves the old log, under a higher number, is refused under either name.
    let rollback = (1, "bundle.rollback".to_owned());
    assert_eq!(update(&before, 9, former), rollback);
    assert_eq!(kept(), names);
    // Also when memory is all there is.
    fs::remove_dir_all(home.0.path().join("home/trust")).unwrap();
    assert_eq!(update(&before, 9, former), rollback);
    let seen: Value = serde_json::from_slice(&home.read("home/seen.json")).unwrap();
    let subjects: Vec<_> = seen.as_object().unwrap().keys().collect();
    assert_eq!(subjects, [before.did.subject()]);
}
