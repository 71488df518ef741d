//! The seven checks of one credential, and the reading of its holder's proof.

use jiff::{SignedDuration, Timestamp};

use super::{
    Budget, CredentialCheck, CredentialReport, Finding, Question,
    in_office::{self, Brought},
};
use crate::{
    Code,
    credential::{CredentialError, Envelope},
    did::Relationship,
    encoding::{
        jcs,
        strict_json::{self, Limits, Object, Value},
    },
    presentation::Form,
    proof::{
        SignerDid, data_integrity,
        sd_jwt::{SdJwt, SdJwtError},
    },
    status::{
        Ender, Instant, LEEWAY, StatusOutcome, TermOutcome, UnknownStatus, status_at, term_at,
    },
    trust::{Bundle, Evidence, Freshness},
};

/// What the holder's proof says; it was verified with the key in the credential.
#[derive(Clone, Debug)]
pub(super) struct Binding {
    pub(super) audience: String,
    pub(super) nonce: String,
    pub(super) made_at: Option<Timestamp>,
    /// The in-office statement that the holder added, unverified.
    pub(super) in_office: Option<String>,
}

/// One credential with what was found.
#[derive(Clone, Debug)]
pub(super) struct Judged {
    pub(super) report: CredentialReport,
    pub(super) signer: Option<SignerDid>,
    pub(super) envelope: Option<Envelope>,
    /// What `basedOn` of another credential is a digest of.
    pub(super) signed_part: Option<String>,
    /// The holder's proof, or why it is refused; `None` while the key is not known.
    pub(super) binding: Option<Result<Binding, Finding>>,
}

/// The instant asked about and the real one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    pub(super) now: Timestamp,
    pub(super) at: Timestamp,
}

/// Judges one presented credential; `Err` when it cannot even be read.
pub(super) fn judge(
    form: &Form,
    question: &Question<'_>,
    clock: Clock,
    budget: &mut Budget,
) -> Result<Judged, Finding> {
    let mut judged = match form {
        Form::SdJwt(text) => read_sd_jwt(text, question, budget)?,
        Form::Vp(vp) => read_vp(vp, question, clock, budget)?,
    };
    if let (Some(signer), Some(envelope)) = (&judged.signer, &judged.envelope) {
        check(&mut judged.report, signer, envelope, question, clock);
        if let (
            Some(Ok(Binding {
                in_office: Some(statement),
                ..
            })),
            Some(signed_part),
        ) = (&judged.binding, &judged.signed_part)
        {
            let brought = Brought {
                signer,
                envelope,
                signed_part,
                statement,
            };
            in_office::weigh(&mut judged.report, &brought, question, clock, budget);
        }
    }
    Ok(judged)
}

fn malformed(detail: impl Into<String>) -> Finding {
    Finding::fail(Code::PresentationMalformed, detail)
}

impl Judged {
    fn unread() -> Self {
        Self {
            report: CredentialReport::unchecked(),
            signer: None,
            envelope: None,
            signed_part: None,
            binding: None,
        }
    }

    fn signature_refused(code: Code, detail: impl Into<String>) -> Self {
        let mut judged = Self::unread();
        judged
            .report
            .set(CredentialCheck::Signature, Finding::fail(code, detail));
        judged
    }

    /// The signature has passed: what the signer wrote may be read.
    fn signed(signer: SignerDid, envelope: Result<Envelope, CredentialError>) -> Self {
        let mut judged = Self::unread();
        let report = &mut judged.report;
        report.set(CredentialCheck::Signature, Finding::pass());
        report.issuer = Some(signer.did().to_string());
        match envelope {
            Ok(envelope) => {
                report.kind = Some(envelope.kind.to_string());
                judged.envelope = Some(envelope);
            }
            Err(error) => report.set(
                CredentialCheck::Validity,
                Finding::fail(error.code(), error.to_string()),
            ),
        }
        judged.signer = Some(signer);
        judged
    }
}

fn read_sd_jwt(
    text: &str,
    question: &Question<'_>,
    budget: &mut Budget,
) -> Result<Judged, Finding> {
    let over = |error: &SdJwtError| match error {
        SdJwtError::Budget(error) => Some(Finding::fail(error.code(), error.to_string())),
        _ => None,
    };
    let sd_jwt = SdJwt::parse(text, budget)
        .map_err(|error| over(&error).unwrap_or_else(|| malformed(error.to_string())))?;
    let (signer, disclosed) = match sd_jwt.verify_vc(question.trust, budget) {
        Ok(verified) => verified,
        Err(error) => {
            if let Some(finding) = over(&error) {
                return Err(finding);
            }
            return Ok(Judged::signature_refused(error.code(), error.to_string()));
        }
    };
    let mut judged = Judged::signed(signer, Envelope::from_sd_jwt(disclosed.claims()));
    judged.signed_part = Some(sd_jwt.issuer_jwt().as_str().to_owned());
    if let Some(envelope) = &judged.envelope {
        let binding = sd_jwt.verify_key_binding(&envelope.holder, budget);
        if let Err(Some(finding)) = binding.as_ref().map_err(over) {
            return Err(finding);
        }
        judged.binding = Some(
            binding
                .map(|binding| Binding {
                    audience: binding.audience,
                    nonce: binding.nonce,
                    made_at: Some(binding.issued_at),
                    in_office: binding.in_office,
                })
                .map_err(|error| Finding::fail(Code::HolderProof, error.to_string())),
        );
    }
    Ok(judged)
}

fn read_vp(
    vp: &Object<'static>,
    question: &Question<'_>,
    clock: Clock,
    budget: &mut Budget,
) -> Result<Judged, Finding> {
    const MEMBERS: [&str; 5] = [
        "@context",
        "holder",
        "proof",
        "type",
        "verifiableCredential",
    ];
    if vp.iter().any(|(name, _)| !MEMBERS.contains(&name)) {
        return Err(malformed("a presentation has members that are not known"));
    }
    let is_vp = vp
        .get("type")
        .and_then(Value::as_array)
        .is_some_and(|types| {
            types.len() == 1 && types[0].as_str() == Some("VerifiablePresentation")
        });
    let inside = vp.get("verifiableCredential").and_then(Value::as_array);
    let (true, Some([Value::Object(credential)])) = (is_vp, inside) else {
        return Err(malformed("a presentation does not hold one credential"));
    };
    let expected = data_integrity::Expected::mandate(Relationship::AssertionMethod, clock.now);
    let signers = match data_integrity::verify(credential, &expected, question.trust, budget) {
        Ok(signers) => signers,
        Err(data_integrity::ProofError::Budget(error)) => {
            return Err(Finding::fail(error.code(), error.to_string()));
        }
        Err(error) => return Ok(Judged::signature_refused(error.code(), error.to_string())),
    };
    // A second proof could be left out again without a trace, so it must not count for anything.
    let [signer] = signers.as_slice() else {
        return Ok(Judged::signature_refused(
            Code::CredentialMalformed,
            "a credential held by a member has one proof",
        ));
    };
    let mut judged = Judged::signed(signer.clone(), Envelope::from_vc(&as_signed(credential)?));
    if let Some(envelope) = &judged.envelope {
        judged.binding = Some(read_vp_binding(vp, envelope, clock, budget));
    }
    Ok(judged)
}

/// Returns the document in the form that was signed: a number may be written in many ways, and whoever
/// presents the credential must not choose one.
fn as_signed(document: &Object<'static>) -> Result<Object<'static>, Finding> {
    let canonical = jcs::canonicalize(&document.clone().into());
    let canonical = canonical.map_err(|error| malformed(error.to_string()))?;
    match strict_json::parse(&canonical, &Limits::large()).map(Value::into_owned) {
        Ok(Value::Object(document)) => Ok(document),
        _ => Err(malformed("a credential is no object")),
    }
}

fn read_vp_binding(
    vp: &Object<'static>,
    envelope: &Envelope,
    clock: Clock,
    budget: &mut Budget,
) -> Result<Binding, Finding> {
    let refused = |detail: String| Finding::fail(Code::HolderProof, detail);
    let proof = |name| {
        let member = vp.get("proof").and_then(|proof| proof.get(name));
        member.and_then(Value::as_str)
    };
    let (challenge, domain) = (proof("challenge"), proof("domain"));
    let (Some(nonce), Some(audience)) = (challenge, domain) else {
        return Err(refused("the presentation answers no request".to_owned()));
    };
    let expected = data_integrity::Expected {
        challenge: data_integrity::Binding::Exactly(nonce),
        domain: data_integrity::Binding::Exactly(std::slice::from_ref(&audience)),
        ..data_integrity::Expected::mandate(Relationship::Authentication, clock.now)
    };
    let signers = data_integrity::verify(vp, &expected, &crate::did::LocalResolver::new(), budget)
        .map_err(|error| refused(error.to_string()))?;
    // One proof, or `challenge` would not have been read above.
    if !matches!(signers.as_slice(), [signer] if *signer.key() == envelope.holder) {
        return Err(refused("another key than the holder's signed".to_owned()));
    }
    Ok(Binding {
        audience: audience.to_owned(),
        nonce: nonce.to_owned(),
        made_at: proof("created")
            .and_then(|text| text.parse::<Instant>().ok())
            .map(Instant::timestamp),
        in_office: None,
    })
}

/// Checks issuer, validity, status, term and freshness of a credential whose signature has passed.
fn check(
    report: &mut CredentialReport,
    signer: &SignerDid,
    envelope: &Envelope,
    question: &Question<'_>,
    clock: Clock,
) {
    if envelope.issuer != signer.did().as_str() {
        let detail = "the credential names another issuer than the one whose key signed it";
        report.set(
            CredentialCheck::Issuer,
            Finding::fail(Code::IssuerMismatch, detail),
        );
        return;
    }
    report.set(CredentialCheck::Validity, validity(envelope, clock));
    let evidence = question.trust.evidence(signer);
    let (name, bundle) = match evidence {
        Evidence::NotAnchored => {
            let detail = "the issuer is none of this verifier's anchors";
            report.set(
                CredentialCheck::Issuer,
                Finding::fail(Code::IssuerNotTrusted, detail),
            );
            return;
        }
        Evidence::Missing { name, code, detail } => (name, Err((code, detail))),
        Evidence::Held { name, bundle } => (name, Ok(bundle)),
    };
    report.issuer_name = name.map(str::to_owned);
    report.set(CredentialCheck::Issuer, Finding::pass());
    let bundle = bundle.and_then(|bundle| {
        let freshness = bundle.times().freshness(clock.now, question.max_age);
        match freshness {
            Freshness::Fresh | Freshness::Stale => Ok((bundle, freshness)),
            Freshness::Expired => Err((Code::BundleExpired, "the bundle has expired".to_owned())),
            Freshness::NotYetIssued => Err((
                Code::BundleNotYetIssued,
                "the bundle was signed later than now: one of the clocks is wrong".to_owned(),
            )),
        }
    });
    match bundle {
        Err((code, detail)) => {
            for check in [
                CredentialCheck::Status,
                CredentialCheck::Term,
                CredentialCheck::Freshness,
            ] {
                report.set(check, Finding::unknown(code, detail.clone()));
            }
        }
        Ok((bundle, freshness)) => {
            let as_of = bundle.times().issued_at.timestamp();
            // What holds now is what the bundle says, also where its clock is a little ahead of ours.
            let clock = Clock {
                at: if clock.at == clock.now {
                    clock.at.max(as_of)
                } else {
                    clock.at
                },
                ..clock
            };
            report.set(
                CredentialCheck::Status,
                status(envelope, bundle, clock).speaking_for(as_of),
            );
            report.set(
                CredentialCheck::Term,
                term(envelope, bundle, clock).speaking_for(as_of),
            );
            let fresh = match freshness.code() {
                None => Finding::pass(),
                Some(code) => Finding::unknown(code, "the bundle is older than accepted"),
            };
            report.set(CredentialCheck::Freshness, fresh.speaking_for(as_of));
        }
    }
}

fn validity(envelope: &Envelope, clock: Clock) -> Finding {
    let ahead = |issued: Timestamp| clock.now.checked_add(LEEWAY).is_ok_and(|t| issued > t);
    if envelope.issued_at.is_some_and(ahead) {
        let detail = "the credential says it was issued later than now";
        return Finding::fail(Code::CredentialNotYetValid, detail);
    }
    // What is valid from its issue on is so by the issuer's clock, which may be ahead.
    let from_issue = envelope.issued_at == Some(envelope.valid_from) && clock.at == clock.now;
    let leeway = if from_issue {
        LEEWAY
    } else {
        SignedDuration::ZERO
    };
    let at = clock.at.checked_add(leeway).unwrap_or(clock.at);
    if at < envelope.valid_from {
        let detail = format!("valid from {}", envelope.valid_from);
        return Finding::fail(Code::CredentialNotYetValid, detail);
    }
    if clock.at >= envelope.valid_until {
        let detail = format!("valid until {}", envelope.valid_until);
        return Finding::fail(Code::CredentialExpired, detail);
    }
    match envelope.issued_at {
        Some(issued) if issued > clock.at && clock.at < clock.now => Finding::pass().note(
            Code::CredentialIssuedLater,
            format!("issued at {issued}, for a mandate that had begun before"),
        ),
        _ => Finding::pass(),
    }
}

fn status(envelope: &Envelope, bundle: &Bundle, clock: Clock) -> Finding {
    let slot = &envelope.slot;
    let outcome = if slot.list.issuer() == bundle.signer().did().as_str() {
        bundle
            .list(&slot.list)
            .map_or(StatusOutcome::Unknown(UnknownStatus::ListMissing), |held| {
                status_at(
                    &held.list,
                    slot.index,
                    clock.at,
                    bundle.times().issued_at,
                    held.history.slot(slot.index),
                )
            })
    } else {
        StatusOutcome::Unknown(UnknownStatus::ForeignList)
    };
    let since =
        |since: Option<Instant>| since.map_or_else(String::new, |since| format!(" since {since}"));
    match (outcome, outcome.code()) {
        (StatusOutcome::Valid, _) | (_, None) => Finding::pass(),
        (StatusOutcome::Unknown(_), Some(code)) => {
            Finding::unknown(code, code.meaning().trim_end_matches('.'))
        }
        (
            StatusOutcome::Revoked {
                since: at,
                void,
                decision,
            },
            Some(code),
        ) => {
            let detail = if void {
                "revoked, and never valid".to_owned()
            } else {
                format!("revoked{}", since(at))
            };
            let finding = Finding::fail(code, detail);
            match decision {
                Some(decision) => finding.decided_by(decision),
                None => finding.remark(
                    Code::StatusContested,
                    "contested: the issuer publishes no decision behind the revocation",
                ),
            }
        }
        (StatusOutcome::Suspended { since: at }, Some(code)) => {
            Finding::fail(code, format!("suspended{}", since(at)))
        }
        (StatusOutcome::NotValid, Some(code)) => {
            Finding::fail(code, "revoked or suspended; the issuer does not say which")
        }
    }
}

fn term(envelope: &Envelope, bundle: &Bundle, clock: Clock) -> Finding {
    let Some(id) = &envelope.term else {
        return Finding::skipped();
    };
    let outcome = term_at(bundle.term(id), clock.at, Some(&envelope.slot));
    match (outcome, outcome.code()) {
        (TermOutcome::Running, _) | (_, None) => Finding::pass(),
        (TermOutcome::Ended { since, by }, Some(code)) => {
            let finding = Finding::fail(code, format!("the term ended at {since}"));
            match by {
                Ender::Decision(decision) => finding.decided_by(decision),
                Ender::Nobody => finding.remark(
                    Code::TermContested,
                    "contested: the issuer publishes no decision behind the early end",
                ),
                Ender::Calendar | Ender::Annulled => finding,
            }
        }
        // The mandate is older than its term: two statements of one issuer that do not agree.
        (TermOutcome::NotBegun { start }, Some(code)) => {
            Finding::unknown(code, format!("the term begins at {start}"))
        }
        (TermOutcome::Missing, Some(code)) => {
            Finding::unknown(code, "the bundle does not hold this term")
        }
    }
}
