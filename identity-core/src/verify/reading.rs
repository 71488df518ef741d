//! Reading a presented credential: its signature, then what its signer wrote, then its holder's proof.

use jiff::Timestamp;

use super::{
    Budget, CredentialCheck, CredentialReport, Finding, Question,
    authority::undecided,
    credential::{Clock, why_no_delegation},
};
use crate::{
    Code,
    credential::{CredentialError, Envelope, approved_claims, approved_document},
    did::{Did, DidError, Relationship},
    encoding::{
        jcs,
        merkle::Hash,
        strict_json::{self, Limits, Object, Value},
    },
    proof::{
        SignerDid, data_integrity,
        jose::JwsError,
        sd_jwt::{SdJwt, SdJwtError},
    },
    status::Instant,
    trust::Evidence,
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
    /// The digest of what officers approve of it, where it has approvals.
    pub(super) body: Option<Hash>,
    /// What `basedOn` of another credential is a digest of.
    pub(super) signed_part: Option<String>,
    /// The holder's proof, or why it is refused; `None` while the key is not known.
    pub(super) binding: Option<Result<Binding, Finding>>,
    /// Why nobody can tell yet whose signature it is.
    pub(super) undecided: Option<(Code, String)>,
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
            body: None,
            signed_part: None,
            binding: None,
            undecided: None,
        }
    }

    /// The key is one of a DID whose history is not at hand: its signature can be neither verified nor
    /// refused. Whether it is anybody's whom this verifier could trust is known all the same.
    fn of_unknown_key(did: &Did, question: &Question<'_>) -> Self {
        let mut judged = Self::unread();
        let (code, detail) = match question.trust.evidence_of(did) {
            Evidence::NotAnchored => {
                let detail =
                    "the issuer is nobody whom this verifier trusts, and its DID is not at hand";
                let (signature, issuer) = (CredentialCheck::Signature, CredentialCheck::Issuer);
                let code = Code::DidDocumentMissing;
                judged.report.set(signature, Finding::unknown(code, detail));
                let refused = Finding::fail(Code::IssuerNotTrusted, detail);
                let refused = why_no_delegation(refused, did, question.trust);
                judged.report.set(issuer, refused);
                return judged;
            }
            Evidence::Missing { code, detail, .. } => (code, detail),
            Evidence::Held { .. } => (
                Code::DidDocumentMissing,
                "the history of the issuer's DID is not at hand".to_owned(),
            ),
        };
        undecided(&mut judged.report, code, &detail);
        judged.undecided = Some((code, detail));
        judged
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

pub(super) fn read_sd_jwt(
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
            return Ok(match &error {
                SdJwtError::Jws(JwsError::Did(DidError::NotHeld { did })) => {
                    Judged::of_unknown_key(did, question)
                }
                _ => Judged::signature_refused(error.code(), error.to_string()),
            });
        }
    };
    let mut judged = Judged::signed(signer, Envelope::from_sd_jwt(disclosed.claims()));
    judged.signed_part = Some(sd_jwt.issuer_jwt().as_str().to_owned());
    if let Some(envelope) = &judged.envelope {
        if envelope.approval.is_some() {
            let payload = sd_jwt.issuer_jwt().unverified_payload();
            let payload = strict_json::parse(payload, &Limits::large()).ok();
            let payload = payload.as_ref().and_then(Value::as_object);
            judged.body = payload.and_then(|payload| approved_claims(payload).ok());
        }
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

pub(super) fn read_vp(
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
        Err(data_integrity::ProofError::Did(DidError::NotHeld { did })) => {
            return Ok(Judged::of_unknown_key(&did, question));
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
    let document = as_signed(credential)?;
    let mut judged = Judged::signed(signer.clone(), Envelope::from_vc(&document));
    if let Some(envelope) = &judged.envelope {
        if envelope.approval.is_some() {
            judged.body = approved_document(&document).ok();
        }
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
