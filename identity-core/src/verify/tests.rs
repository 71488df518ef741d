//! Each check, by what fails when it is taken out.

use jiff::Timestamp;

use super::*;
use crate::{
    Code,
    credential::{Kind, Securing, based_on},
    encoding::strict_json::Value,
    key::Signer as _,
    presentation::{Shown, answer, request::Request},
    proof::{
        jose::{Header, Unsigned},
        sd_jwt::TYP_VC,
    },
    status::{Instant, Revocation, SlotBits, StatusList, TermEnding, values},
    testing::{
        Steps,
        world::{DAY, World, did_of, key},
    },
    trust::{Content, TrustSet},
};

mod approved;
mod clock;
mod contested;
mod data_integrity;
mod delegated;
mod electoral;
mod files;
mod histories;
mod in_office;
mod instants;
mod pooling;
mod ranked;
mod several;
mod shown;
mod told;
mod vouched;

struct Check {
    world: World,
    trust: TrustSet,
    request: Request,
    at: Option<Timestamp>,
    now: Timestamp,
    max_age: Option<core::time::Duration>,
}

impl Check {
    fn new() -> Self {
        let world = World::new();
        Self {
            trust: world.trust(|_| ()),
            request: world.request("MemberMandate:name,constituency?"),
            at: None,
            now: World::now(),
            max_age: None,
            world,
        }
    }

    fn with_bundle(mut self, change: impl FnOnce(&mut Content)) -> Self {
        self.trust = self.world.trust(change);
        self
    }

    fn at_day(mut self, day: i64) -> Self {
        self.at = Some(World::days(day));
        self
    }

    fn question(&self) -> Question<'_> {
        Question {
            verifier: &self.world.verifier,
            request: &self.request,
            trust: &self.trust,
            now: self.now,
            at: self.at,
            policy: crate::trust::Policy::as_published().with_status_max_age(self.max_age),
        }
    }

    fn run(&self, file: &str) -> Report {
        match Unverified::new(file.as_bytes()).verify(&self.question(), &mut Recheck) {
            Ok(verified) => verified.report().clone(),
            Err(error) => error.report().unwrap().clone(),
        }
    }

    /// Exit code, and the codes of everything that did not pass.
    fn outcome(&self, file: &str) -> (u8, Vec<&'static str>) {
        let report = self.run(file);
        let presentation = PresentationCheck::ALL.map(|check| report.finding(check).clone());
        let credentials = report
            .credentials
            .iter()
            .flat_map(|c| CredentialCheck::ALL.map(|check| c.finding(check).clone()));
        let codes = presentation
            .into_iter()
            .chain(credentials)
            .filter_map(|f| f.code);
        (
            report.verdict().exit_code(),
            codes.map(Code::as_str).collect(),
        )
    }

    fn mandate(&self) -> (u8, Vec<&'static str>) {
        let credential = self.world.issue(|_| ());
        self.outcome(&World::present(&self.request, &credential, &["name"]))
    }
}

fn revoke(
    effective: i64,
    published: i64,
    with: fn(Revocation) -> Revocation,
) -> impl FnOnce(&mut Content) {
    move |content| {
        let world = World::new();
        let instant = |day| Instant::floor(World::days(day));
        let entry = Revocation::new(
            world.slot(7).list,
            7,
            instant(effective),
            instant(published),
        );
        content.revocations.push(with(entry));
    }
}

fn set_bit(bits: SlotBits, value: u8) -> impl FnOnce(&mut Content) {
    move |content| {
        let mut list = StatusList::new(bits);
        list.set(7, value).unwrap();
        content.status_lists[0].bits = bits.get().into();
        content.status_lists[0].lst = crate::status::token_list::encode(&list);
    }
}

#[test]
fn a_mandate_is_valid_and_only_what_is_shown_is_seen() {
    let check = Check::new();
    for securing in [Securing::SdJwt, Securing::DataIntegrity] {
        let credential = check.world.issue(|draft| {
            draft.securing = securing;
            if securing == Securing::DataIntegrity {
                draft.claims.remove("constituency");
            }
        });
        let file = World::present(&check.request, &credential, &["name"]);
        let verified = Unverified::new(file.as_bytes())
            .verify(&check.question(), &mut Recheck)
            .unwrap();
        let [shown] = verified.credentials() else {
            panic!()
        };
        assert_eq!(shown.name(), Some("Ana Example"));
        assert_eq!(shown.issuer_name(), Some("Chamber of XX"));
        assert!(shown.claims().get("constituency").is_none());
        assert!(shown.claims().get("chamber").is_some());
        assert_eq!(shown.valid_until(), World::days(1000));
        assert_eq!(verified.at(), check.now);
        assert_eq!(verified.report().verdict(), Verdict::Valid);
        let json = verified.report().to_json();
        assert_eq!(json["verdict"], "valid");
        assert_eq!(
            json["credentials"][0]["checks"].as_array().unwrap().len(),
            7
        );
    }
}

#[test]
fn a_required_claim_must_be_shown_and_nothing_unasked() {
    let mut check = Check::new();
    let credential = check.world.issue(|_| ());
    let hidden = World::present(&check.request, &credential, &["constituency"]);
    assert_eq!(check.outcome(&hidden), (10, vec!["request.claim_missing"]));
    check.request = check.world.request("OfficeHolder:name");
    let other = World::present(&check.request, &credential, &["name"]);
    assert_eq!(check.outcome(&other), (10, vec!["request.not_asked"]));
    check.request = check
        .world
        .request_for(&["MemberMandate:name", "OfficeHolder:role"]);
    let half = World::present(&check.request, &credential, &["name"]);
    assert_eq!(check.outcome(&half), (10, vec!["request.claim_missing"]));
}

#[test]
fn the_request_must_be_ours_and_in_time() {
    let mut check = Check::new();
    let credential = check.world.issue(|_| ());
    let file = World::present(&check.request, &credential, &["name"]);
    check.now = check.request.expires;
    assert_eq!(check.outcome(&file), (10, vec!["request.expired"]));
    check.now = Timestamp::from_second(check.request.issued_at.as_second() - 301).unwrap();
    let (exit, codes) = check.outcome(&file);
    assert_eq!((exit, codes[0]), (10, "request.not_yet_issued"));
    check.now = World::now();
    check.world.verifier = did_of(8);
    let (exit, codes) = check.outcome(&file);
    assert_eq!(exit, 10);
    assert!(codes.contains(&"request.foreign"), "{codes:?}");
    assert!(codes.contains(&"presentation.audience"), "{codes:?}");
}

/// A ledger in which another check was faster.
struct Beaten;
impl Ledger for Beaten {
    fn is_open(&self, _: &str) -> Result<bool, LedgerError> {
        Ok(true)
    }
    fn consume(&mut self, _: &str) -> Result<bool, LedgerError> {
        Ok(false)
    }
}

#[test]
fn an_answer_counts_once() {
    let check = Check::new();
    let credential = check.world.issue(|_| ());
    let file = World::present(&check.request, &credential, &["name"]);
    let mut ledger = MemoryLedger::default();
    ledger.open(check.request.nonce.clone());
    let mut run = || Unverified::new(file.as_bytes()).verify(&check.question(), &mut ledger);
    assert!(run().is_ok());
    let error = run().unwrap_err();
    let finding = error
        .report()
        .unwrap()
        .finding(PresentationCheck::Nonce)
        .clone();
    assert_eq!(finding.code, Some(Code::RequestAlreadyUsed));

    // What is refused for another reason too is told all of them.
    let revoked = Check::new().with_bundle(revoke(-10, -10, |r| r));
    let error = Unverified::new(file.as_bytes())
        .verify(&revoked.question(), &mut ledger)
        .unwrap_err();
    let report = error.report().unwrap();
    let used = report.finding(PresentationCheck::Nonce).code;
    assert_eq!(used, Some(Code::RequestAlreadyUsed));

    let error = Unverified::new(file.as_bytes())
        .verify(&check.question(), &mut Beaten)
        .unwrap_err();
    assert_eq!(error.report().unwrap().verdict(), Verdict::Invalid);
}

#[test]
fn another_request_another_verifier_and_another_time_are_refused() {
    let check = Check::new();
    let credential = check.world.issue(|_| ());
    let mut other = check.request.clone();
    other.nonce = crate::encoding::base64url::encode(&[1; 16]);
    let file = World::present(&other, &credential, &["name"]);
    assert_eq!(check.outcome(&file), (10, vec!["presentation.nonce"]));
    let mut other = check.request.clone();
    other.verifier = did_of(8);
    let file = World::present(&other, &credential, &["name"]);
    assert_eq!(check.outcome(&file), (10, vec!["presentation.audience"]));
    for seconds in [-301, 301] {
        let made = Timestamp::from_second(check.now.as_second() + seconds).unwrap();
        let (disclose, signer) = ([String::from("name")], key(3));
        let shown = Shown {
            credential: &credential,
            disclose: &disclose,
            signer: &signer,
            in_office: None,
        };
        let file = answer(&check.request, &[shown], made).unwrap();
        assert_eq!(
            check.outcome(&file),
            (10, vec!["presentation.time"]),
            "{seconds}"
        );
    }
}

#[test]
fn only_the_holder_can_present() {
    let check = Check::new();
    for securing in [Securing::SdJwt, Securing::DataIntegrity] {
        let credential = check.world.issue(|draft| {
            draft.securing = securing;
            draft.claims.remove("constituency");
            draft.holder = key(6).public_key().clone();
        });
        let stolen = World::present(&check.request, &credential, &["name"]);
        assert_eq!(check.outcome(&stolen), (10, vec!["holder.proof"]));
        let report = check.run(&stolen);
        assert_eq!(
            report.to_json()["credentials"][0]["claims"],
            serde_json::json!({})
        );
    }
    let credential = check.world.issue(|_| ());
    assert_eq!(check.outcome(&credential), (10, vec!["holder.proof"]));
    let file = World::present(&check.request, &credential, &["name"]);
    let (unbound, _) = file.rsplit_once('~').unwrap();
    assert_eq!(
        check.outcome(&format!("{unbound}~")),
        (10, vec!["holder.proof"])
    );
}

#[test]
fn the_issuer_is_the_one_whose_key_signed() {
    // The attacker signs with a key of their own and names the issuer.
    let check = Check::new();
    let credential = check.world.issue(|_| ());
    let (jwt, rest) = credential.split_once('~').unwrap();
    let payload = jwt.split('.').nth(1).unwrap();
    let payload = crate::encoding::base64url::decode(payload).unwrap();
    let attacker = did_of(9);
    let method = attacker.with_fragment(attacker.specific_id()).unwrap();
    let header = Header::with_kid(crate::key::Algorithm::EdDsa, TYP_VC, &method);
    let forged = Unsigned::new(&header, &payload).sign(&key(9)).unwrap();
    let file = World::present(&check.request, &format!("{forged}~{rest}"), &["name"]);
    assert_eq!(check.outcome(&file), (10, vec!["issuer.mismatch"]));
    // The attacker names the issuer's key, which did not sign.
    let header = Header::with_kid(crate::key::Algorithm::EdDsa, TYP_VC, &check.world.method());
    let forged = Unsigned::new(&header, &payload).sign(&key(9)).unwrap();
    let file = World::present(&check.request, &format!("{forged}~{rest}"), &["name"]);
    assert_eq!(check.outcome(&file), (10, vec!["signature.invalid"]));
    assert_eq!(check.run(&file).credentials[0].issuer, None);
}

#[test]
fn an_issuer_that_is_no_anchor_is_not_trusted() {
    let mut check = Check::new();
    check.trust = TrustSet::new([did_of(9).as_str().parse().unwrap()]).unwrap();
    assert_eq!(check.mandate(), (10, vec!["issuer.not_trusted"]));
    check.trust = TrustSet::new([check.world.issuer.as_str().parse().unwrap()]).unwrap();
    let (exit, codes) = check.mandate();
    assert_eq!((exit, codes[0]), (12, "bundle.missing"));
}

#[test]
fn validity_is_half_open_and_a_later_issue_is_a_note() {
    assert_eq!(
        Check::new().at_day(-300).mandate(),
        (0, vec!["credential.issued_later"])
    );
    assert_eq!(Check::new().at_day(-200).mandate(), (0, vec![]));
    let mut check = Check::new();
    let second_before = Timestamp::from_second(World::days(-300).as_second() - 1).unwrap();
    check.at = Some(second_before);
    assert_eq!(check.mandate(), (10, vec!["credential.not_yet_valid"]));
    let check = Check::new();
    let until = |seconds: i64| {
        let credential = check.world.issue(|draft| {
            draft.valid_until = Timestamp::from_second(check.now.as_second() + seconds).unwrap();
        });
        check.outcome(&World::present(&check.request, &credential, &["name"]))
    };
    assert_eq!(until(0), (10, vec!["credential.expired"]));
    assert_eq!(until(1), (0, vec![]));
    let early = check.world.issue(|draft| draft.issued_at = World::days(1));
    let early = World::present(&check.request, &early, &["name"]);
    assert_eq!(
        check.outcome(&early),
        (10, vec!["credential.not_yet_valid"])
    );
}

#[test]
fn nothing_speaks_for_the_future() {
    let check = Check::new().at_day(1);
    let found = Unverified::new(b"").verify(&check.question(), &mut Recheck);
    assert!(matches!(found, Err(VerifyError::Future { .. })));
}

#[test]
fn revoked_suspended_and_ended_are_told_apart_now_and_then() {
    let plain = |r| r;
    assert_eq!(
        Check::new().with_bundle(revoke(-10, -10, plain)).mandate(),
        (11, vec!["status.revoked"])
    );
    assert_eq!(
        Check::new()
            .with_bundle(revoke(-10, -10, plain))
            .at_day(-11)
            .mandate()
            .0,
        0
    );
    assert_eq!(
        Check::new()
            .with_bundle(revoke(-10, -10, plain))
            .at_day(-10)
            .mandate()
            .0,
        11
    );
    // Backdated without a decision: counts from its publication.
    assert_eq!(
        Check::new()
            .with_bundle(revoke(-10, -2, plain))
            .at_day(-5)
            .mandate()
            .0,
        0
    );
    assert_eq!(
        Check::new()
            .with_bundle(revoke(-10, -2, |r| r
                .with_decision(crate::status::DecisionDigest::of(b"x"))))
            .at_day(-5)
            .mandate()
            .0,
        11
    );
    assert_eq!(
        Check::new()
            .with_bundle(revoke(-10, -10, Revocation::never_valid))
            .at_day(-100)
            .mandate(),
        (
            11,
            vec!["credential.issued_later", "status.revoked"][1..].to_vec()
        )
    );
    assert_eq!(
        Check::new()
            .with_bundle(set_bit(SlotBits::One, 1))
            .mandate(),
        (11, vec!["status.not_valid"])
    );
    assert_eq!(
        Check::new()
            .with_bundle(set_bit(SlotBits::Two, values::SUSPENDED))
            .mandate(),
        (11, vec!["status.suspended"])
    );
    assert_eq!(
        Check::new()
            .with_bundle(set_bit(SlotBits::One, 1))
            .at_day(-5)
            .mandate(),
        (12, vec!["status.history_missing"])
    );
    let end = |c: &mut Content| c.terms[0].endings.push(TermEnding::new(World::days(-3)));
    assert_eq!(
        Check::new().with_bundle(end).mandate(),
        (11, vec!["term.ended"])
    );
    assert_eq!(Check::new().with_bundle(end).at_day(-3).mandate().0, 11);
    let mut check = Check::new().with_bundle(end);
    check.at = Some(Timestamp::from_second(World::days(-3).as_second() - 60).unwrap());
    assert_eq!(check.mandate(), (0, vec![]));
}

#[test]
fn evidence_that_is_missing_is_never_valid() {
    assert_eq!(
        Check::new().with_bundle(|c| c.terms.clear()).mandate(),
        (12, vec!["term.missing"])
    );
    assert_eq!(
        Check::new()
            .with_bundle(|c| c.status_lists.clear())
            .mandate(),
        (12, vec!["status.list_missing"])
    );
    let mut check = Check::new();
    check.now = World::days(0);
    let credential = check.world.issue(|draft| draft.slot.index = 131_072);
    let file = World::present(&check.request, &credential, &["name"]);
    assert_eq!(
        check.outcome(&file),
        (12, vec!["status.index_out_of_range"])
    );
}

#[test]
fn a_stale_bundle_still_says_revoked_but_never_valid() {
    let plain = |r| r;
    let mut check = Check::new();
    check.max_age = Some(core::time::Duration::from_secs(60));
    assert_eq!(check.mandate(), (12, vec!["bundle.stale"]));
    let mut check = Check::new().with_bundle(revoke(-10, -10, plain));
    check.max_age = Some(core::time::Duration::from_secs(60));
    assert_eq!(
        check.mandate(),
        (11, vec!["status.revoked", "bundle.stale"])
    );
    let expired = |c: &mut Content| {
        let back =
            |i: Instant| Instant::floor(Timestamp::from_second(i.as_second() - 8 * DAY).unwrap());
        c.issued_at = back(c.issued_at);
        c.next_update = back(c.next_update);
        c.expires = back(c.expires);
    };
    let (exit, codes) = Check::new().with_bundle(expired).mandate();
    assert_eq!((exit, codes), (12, vec!["bundle.expired"; 3]));
    let later = |seconds: i64| {
        move |c: &mut Content| {
            let later = World::days(0).as_second() + seconds;
            c.issued_at = Instant::floor(Timestamp::from_second(later).unwrap());
        }
    };
    let (exit, codes) = Check::new().with_bundle(later(301)).mandate();
    assert_eq!((exit, codes), (12, vec!["bundle.not_yet_issued"; 3]));
    assert_eq!(Check::new().with_bundle(later(300)).mandate(), (0, vec![]));
    // What a bundle says holds now, though its clock is ahead of ours.
    let suspended = |c: &mut Content| {
        later(300)(c);
        set_bit(SlotBits::One, 1)(c);
    };
    let (exit, codes) = Check::new().with_bundle(suspended).mandate();
    assert_eq!((exit, codes), (11, vec!["status.not_valid"]));
}
