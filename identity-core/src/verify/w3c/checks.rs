//! Which checks are made, in which order.

use jiff::Timestamp;

use super::{
    AtHand, Authentic, Binding, Credential, IssuerPolicy, NotAuthentic, Presentation, Presented,
    Problem, Question, Secured, StatusPolicy, ValidityPolicy, binding, earlier::in_words_of_2_0,
    enveloped, problem::Findings, proofs, related, schema, status, terms, validity,
};
use crate::{
    Code,
    credential::data_model::{
        DocumentKind, ModelErrors, Place, check_credential, check_credential_at, check_envelope,
        check_presentation, holder, issuer,
    },
    did::Relationship,
    encoding::strict_json::{Object, Value},
    proof::{
        SignerDid,
        enveloping::{Kind, MediaType},
    },
    status::w3c::{EntryStatus, ListCredential, check_entries},
    verify::Budget,
};

/// What every check of one document needs.
struct Run<'r> {
    question: Question<'r>,
    at_hand: &'r AtHand<'r>,
    budget: &'r mut Budget,
    found: Findings,
}

/// Verifies a credential of anybody (VC Data Model 2.0 section 7.1).
///
/// # Errors
/// [`NotAuthentic`] with everything found: that the document is not one of the data model, that a proof
/// does not verify, that the issuer it names did not sign it, or what the question demands beyond.
pub fn verify_credential(
    secured: Secured<'_>,
    question: &Question<'_>,
    at_hand: &AtHand<'_>,
    budget: &mut Budget,
) -> Result<Authentic<Credential>, NotAuthentic> {
    let mut run = Run::new(question, at_hand, budget);
    let at = &Place::ROOT;
    let credential = match secured {
        Secured::Object(document) if DocumentKind::EnvelopedCredential.is_named_by(document) => {
            run.note(check_envelope(document, DocumentKind::EnvelopedCredential));
            run.credential_in_envelope(document, at)
        }
        Secured::Object(document) => {
            run.note(check_credential(document));
            Some(run.credential(document, Vec::new(), at))
        }
        Secured::Text { media_type, text } => run.opened_credential((media_type, text), at),
    };
    run.finish(credential)
}

/// Verifies a credential of VC Data Model 1.1 with embedded proofs, held to the same checks; one of 2.0
/// is verified as [`verify_credential`] does.
///
/// # Errors
/// As [`verify_credential`].
pub fn verify_credential_1_1(
    document: &Object<'_>,
    question: &Question<'_>,
    at_hand: &AtHand<'_>,
    budget: &mut Budget,
) -> Result<Authentic<Credential>, NotAuthentic> {
    let Some(said) = in_words_of_2_0(document) else {
        return verify_credential(Secured::Object(document), question, at_hand, budget);
    };
    let mut run = Run::new(question, at_hand, budget);
    let at = &Place::ROOT;
    run.note(check_credential(&said));
    let credential = run.credential_saying(document, &said, Vec::new(), at);
    run.finish(Some(credential))
}

/// Verifies a presentation of anybody and every credential in it (VC Data Model 2.0 sections 4.13 and
/// 7.1).
///
/// # Errors
/// [`NotAuthentic`] with everything found, in the presentation and in the credentials.
pub fn verify_presentation(
    secured: Secured<'_>,
    question: &Question<'_>,
    at_hand: &AtHand<'_>,
    budget: &mut Budget,
) -> Result<Authentic<Presentation>, NotAuthentic> {
    let mut run = Run::new(question, at_hand, budget);
    let at = &Place::ROOT;
    let text = match secured {
        Secured::Object(document) if DocumentKind::EnvelopedPresentation.is_named_by(document) => {
            run.note(check_envelope(
                document,
                DocumentKind::EnvelopedPresentation,
            ));
            enveloped::split(document, Kind::Presentation, at, &mut run.found)
        }
        Secured::Object(document) => {
            run.note(check_presentation(document));
            let presentation = run.presentation(document, Vec::new());
            return run.finish(Some(presentation));
        }
        Secured::Text { media_type, text } => Some((media_type, text)),
    };
    let presentation = text.and_then(|text| run.opened_presentation(text));
    run.finish(presentation)
}

/// Verifies the credential of a Bitstring status list, to be had at hand for others (Bitstring Status
/// List 1.0 section 3.2).
///
/// Its period is not judged here but whenever an entry is looked up.
///
/// # Errors
/// [`NotAuthentic`] when it is not authentic, or not a status list.
pub fn verify_status_list(
    secured: Secured<'_>,
    question: &Question<'_>,
    at_hand: &AtHand<'_>,
    budget: &mut Budget,
) -> Result<ListCredential, NotAuthentic> {
    let question = Question {
        validity: ValidityPolicy::Report,
        status: StatusPolicy::Ignore,
        ..*question
    };
    let credential = verify_credential(secured, &question, at_hand, budget)?;
    let credential = credential.get();
    ListCredential::read(&credential.document, &credential.signers, budget).map_err(|error| {
        NotAuthentic::new(vec![Problem::of_status(&error, &Place::ROOT)], Vec::new())
    })
}

/// Checks a credential that is about to be signed: the data model, its status entries, and the schemas
/// and resources at hand. Returns what could not be checked.
///
/// # Errors
/// [`NotAuthentic`] with everything found.
pub fn check_draft(
    document: &Object<'_>,
    now: Timestamp,
    at_hand: &AtHand<'_>,
    budget: &mut Budget,
) -> Result<Vec<Problem>, NotAuthentic> {
    let mut found = Findings::default();
    let at = &Place::ROOT;
    note(check_credential(document), &mut found);
    terms::check_draft(document, at_hand, budget, &mut found);
    if let Err(error) = check_entries(document) {
        found.refuse(Problem::of_status(&error, at));
    }
    schema::check(document, now, at_hand, budget, at, &mut found);
    related::check(document, at_hand, at, &mut found);
    found.into_result()
}

fn note(checked: Result<(), ModelErrors>, found: &mut Findings) {
    for error in checked.err().into_iter().flatten() {
        found.refuse(Problem::of_model(&error));
    }
}

impl<'r> Run<'r> {
    fn new(question: &Question<'r>, at_hand: &'r AtHand<'r>, budget: &'r mut Budget) -> Self {
        Self {
            question: *question,
            at_hand,
            budget,
            found: Findings::default(),
        }
    }

    /// Ends the checks: only what has passed all of them is authentic.
    fn finish<T>(self, checked: Option<T>) -> Result<Authentic<T>, NotAuthentic> {
        let Some(checked) = checked else {
            return Err(self.found.into_refusal());
        };
        let warnings = self.found.into_result()?;
        Ok(Authentic::assertion(checked, warnings))
    }

    fn note(&mut self, checked: Result<(), ModelErrors>) {
        note(checked, &mut self.found);
    }

    /// Verifies one credential whose data model has been looked at. Who signed its envelope stands
    /// among the signers already; without an envelope it must have a proof, and with one it may.
    fn credential(
        &mut self,
        document: &Object<'_>,
        signers: Vec<SignerDid>,
        at: &Place<'_>,
    ) -> Credential {
        self.credential_saying(document, document, signers, at)
    }

    /// The same for one whose words of 2.0 are others than what was signed.
    fn credential_saying(
        &mut self,
        document: &Object<'_>,
        said: &Object<'_>,
        mut signers: Vec<SignerDid>,
        at: &Place<'_>,
    ) -> Credential {
        if signers.is_empty() || document.get("proof").is_some() {
            signers.extend(self.signers(document, Relationship::AssertionMethod, at));
        }
        // Without a signer or an issuer something was refused already.
        if let (Some(issuer), false) = (issuer(document), signers.is_empty()) {
            let at = at.member("issuer");
            let policy = self.question.issuer;
            if policy == IssuerPolicy::Report && !binding::is_did(issuer) {
                binding::warn(issuer, &signers, &at, &mut self.found);
            } else {
                binding::check(issuer, &signers, Code::IssuerMismatch, &at, &mut self.found);
            }
        }
        let statuses = self.contents(document, said, &signers, at);
        Credential {
            document: without_proof(document),
            signers,
            statuses,
        }
    }

    fn signers(
        &mut self,
        document: &Object<'_>,
        purpose: Relationship,
        at: &Place<'_>,
    ) -> Vec<SignerDid> {
        proofs::signers(
            document,
            purpose,
            &self.question,
            self.at_hand,
            self.budget,
            at,
            &mut self.found,
        )
    }

    /// Everything that is asked about what a credential says, however it was secured.
    fn contents(
        &mut self,
        document: &Object<'_>,
        said: &Object<'_>,
        signers: &[SignerDid],
        at: &Place<'_>,
    ) -> Vec<EntryStatus> {
        let found = &mut self.found;
        terms::check(document, self.at_hand, self.budget, at, found);
        validity::check(said, &self.question, at, found);
        let named = issuer(said);
        let signer = signers.iter().find(|s| Some(s.did().as_str()) == named);
        let statuses = status::check(said, signer, &self.question, self.at_hand, at, found);
        let now = self.question.now;
        schema::check(said, now, self.at_hand, self.budget, at, found);
        related::check(said, self.at_hand, at, found);
        statuses
    }

    /// Opens the envelope of a credential whose own form has been looked at.
    fn credential_in_envelope(
        &mut self,
        document: &Object<'_>,
        at: &Place<'_>,
    ) -> Option<Credential> {
        let text = enveloped::split(document, Kind::Credential, at, &mut self.found)?;
        self.opened_credential(text, at)
    }

    fn opened_credential(&mut self, text: (MediaType, &str), at: &Place<'_>) -> Option<Credential> {
        let (signer, document) = self.open(text, Kind::Credential, at)?;
        self.note(check_credential_at(&document, at));
        Some(self.credential(&document, vec![signer], at))
    }

    fn opened_presentation(&mut self, text: (MediaType, &str)) -> Option<Presentation> {
        let (signer, document) = self.open(text, Kind::Presentation, &Place::ROOT)?;
        self.note(check_presentation(&document));
        Some(self.presentation(&document, vec![signer]))
    }

    fn open(
        &mut self,
        text: (MediaType, &str),
        kind: Kind,
        at: &Place<'_>,
    ) -> Option<(SignerDid, Object<'static>)> {
        if !enveloped::is_of(text.0, kind, at, &mut self.found) {
            return None;
        }
        let question = self.question;
        enveloped::open(
            text,
            &question,
            self.at_hand,
            self.budget,
            at,
            &mut self.found,
        )
    }

    /// Verifies a presentation whose data model has been looked at, as `credential` does a credential.
    fn presentation(&mut self, document: &Object<'_>, mut signers: Vec<SignerDid>) -> Presentation {
        let at = &Place::ROOT;
        if signers.is_empty() || document.get("proof").is_some() {
            signers.extend(self.signers(document, Relationship::Authentication, at));
        }
        let named = holder(document);
        if let (Some(holder), false) = (named, signers.is_empty()) {
            let at = at.member("holder");
            binding::check(
                holder,
                &signers,
                Code::VcHolderMismatch,
                &at,
                &mut self.found,
            );
        }
        terms::check(document, self.at_hand, self.budget, at, &mut self.found);
        // What is inside was not made for this question.
        self.question.challenge = Binding::Any;
        self.question.domain = Binding::Any;
        let here = at.member("verifiableCredential");
        let credentials = match document.get("verifiableCredential") {
            None => Vec::new(),
            Some(Value::Array(items)) => {
                let items = items.iter().enumerate();
                items
                    .filter_map(|(index, item)| {
                        self.presented(item, named, &signers, &here.element(index))
                    })
                    .collect()
            }
            Some(one) => self
                .presented(one, named, &signers, &here)
                .into_iter()
                .collect(),
        };
        Presentation {
            document: without_proof(document),
            signers,
            credentials,
        }
    }

    /// Verifies one credential of a presentation. What the holder alone asserts is secured by the
    /// presentation's own proof (section 4.13.4).
    fn presented(
        &mut self,
        value: &Value<'_>,
        holder: Option<&str>,
        signers: &[SignerDid],
        at: &Place<'_>,
    ) -> Option<Presented> {
        // What is no object was refused with the data model.
        let document = value.as_object()?;
        if DocumentKind::EnvelopedCredential.is_named_by(document) {
            let credential = self.credential_in_envelope(document, at)?;
            return Some(Presented::Credential(Box::new(credential)));
        }
        if document.get("proof").is_none() && holder.is_some() && issuer(document) == holder {
            self.contents(document, document, signers, at);
            let document = document.clone().into_owned();
            return Some(Presented::SelfAsserted(Box::new(document)));
        }
        let credential = self.credential(document, Vec::new(), at);
        Some(Presented::Credential(Box::new(credential)))
    }
}

fn without_proof(document: &Object<'_>) -> Object<'static> {
    let mut document = document.clone();
    document.remove("proof");
    document.into_owned()
}
