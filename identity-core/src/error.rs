//! Stable codes: what every error and every failed check is called in JSON, logs and translations.
//!
//! The table in `spec/errors.md` is held equal to [`Code::ALL`], and to those of the programs, by a test.

/// Declares an enum of stable codes, each with its text and its meaning.
///
/// The doc comment of a variant is its meaning, so that the reference table cannot drift from it.
#[macro_export]
macro_rules! codes {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $( #[doc = $doc:literal] $variant:ident = $text:literal, )+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        $vis enum $name { $( #[doc = $doc] $variant, )+ }

        impl $name {
            /// Every code, in the order of the reference table.
            pub const ALL: &'static [Self] = &[ $( Self::$variant, )+ ];

            /// Returns the stable text, such as `credential.expired`.
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $text, )+ }
            }

            /// Returns one sentence that says what the code means.
            pub fn meaning(self) -> &'static str {
                match self { $( Self::$variant => $doc.trim_ascii(), )+ }
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

codes! {
    /// A stable code of the core: the reason of an error, of a failed check or of an undecided one.
    pub enum Code {
        /// The issuer is not accredited for that chamber.
        AccreditationChamber = "accreditation.chamber",
        /// The parliament does not function any more: its mandates have ended.
        AccreditationDissolved = "accreditation.dissolved",
        /// The accreditation had ended when the credential was issued, or at the instant asked about.
        AccreditationEnded = "accreditation.ended",
        /// A statement, a delegation or a trust list is another body's.
        AccreditationForeign = "accreditation.foreign",
        /// The parliament's keys are in other hands: what they signed proves nothing from then on.
        AccreditationKeyCompromised = "accreditation.key_compromised",
        /// The issuer was accredited later than the instant asked about; the credential was issued later still.
        AccreditationLater = "accreditation.later",
        /// A statement, a delegation or a trust list is not well formed.
        AccreditationMalformed = "accreditation.malformed",
        /// A statement, a delegation or a trust list names an officer policy that was not in force.
        AccreditationNoPolicy = "accreditation.no_policy",
        /// The credential was issued before the accreditation began.
        AccreditationNotYet = "accreditation.not_yet",
        /// A signature of a statement, a delegation or a trust list does not verify.
        AccreditationSignature = "accreditation.signature",
        /// Somebody signed a statement, a delegation or a trust list who has no say in it.
        AccreditationStranger = "accreditation.stranger",
        /// The accreditation is suspended: each verifier decides whether that matters.
        AccreditationSuspended = "accreditation.suspended",
        /// Too few officers signed a statement, a delegation or a trust list.
        AccreditationTooFew = "accreditation.too_few",
        /// The issuer is not accredited for credentials of that type.
        AccreditationType = "accreditation.type",
        /// The credential is valid for longer than the issuer is accredited for.
        AccreditationValidity = "accreditation.validity",
        /// The accreditation was withdrawn.
        AccreditationWithdrawn = "accreditation.withdrawn",

        /// The approvals have expired, or were given later than what they are for.
        ApprovalExpired = "approval.expired",
        /// The approvals were given in another house.
        ApprovalForeign = "approval.foreign",
        /// Approvals are not well formed.
        ApprovalMalformed = "approval.malformed",
        /// What the officers approved is something else.
        ApprovalManifest = "approval.manifest",
        /// The approvals were given under a version of the officer policy that was not in force.
        ApprovalPolicyVersion = "approval.policy_version",
        /// Whoever prepared it approved it too.
        ApprovalPreparer = "approval.preparer",
        /// A signature of the approvals does not verify.
        ApprovalSignature = "approval.signature",
        /// Somebody approved who is no officer.
        ApprovalStranger = "approval.stranger",
        /// Too few officers approved.
        ApprovalTooFew = "approval.too_few",
        /// The officer who is named as its preparer did not prepare what was approved.
        ApprovalUnprepared = "approval.unprepared",

        /// The work on this input went over the verifier's budget.
        BudgetExhausted = "budget.exhausted",

        /// Two different bundles have one sequence number: the issuer's status key signs two stories.
        BundleConflict = "bundle.conflict",
        /// The bundle has passed its `expires` instant.
        BundleExpired = "bundle.expired",
        /// The bundle is not well formed.
        BundleMalformed = "bundle.malformed",
        /// The issuer is anchored, but no bundle of it is at hand.
        BundleMissing = "bundle.missing",
        /// The bundle says it was issued later than now.
        BundleNotYetIssued = "bundle.not_yet_issued",
        /// The bundle has a lower sequence number than one seen before.
        BundleRollback = "bundle.rollback",
        /// The bundle's signature does not verify.
        BundleSignature = "bundle.signature",
        /// The bundle is older than the verifier accepts.
        BundleStale = "bundle.stale",
        /// The key that signed the bundle is not named by the issuer's DID.
        BundleStatusKey = "bundle.status_key",

        /// A card is not well formed, or its DID document is not that of its DID.
        CardMalformed = "card.malformed",

        /// This machine's clock is earlier than an instant that it has seen in an accreditor's snapshot.
        ClockRollback = "clock.rollback",

        /// A claim has a value that its type does not allow.
        CredentialClaimInvalid = "credential.claim_invalid",
        /// A claim that the credential's type requires is missing.
        CredentialClaimMissing = "credential.claim_missing",
        /// The credential's type has no claim of that name.
        CredentialClaimUnknown = "credential.claim_unknown",
        /// The credential's `validUntil` has passed.
        CredentialExpired = "credential.expired",
        /// The credential was issued after the instant asked about, for a mandate that had begun by then.
        CredentialIssuedLater = "credential.issued_later",
        /// The credential is not well formed.
        CredentialMalformed = "credential.malformed",
        /// The credential's `validFrom` has not come yet.
        CredentialNotYetValid = "credential.not_yet_valid",
        /// The credential is of a type this verifier does not know.
        CredentialTypeUnknown = "credential.type_unknown",

        /// The delegation was not in force when the credential was issued, or is not at the instant asked about.
        DelegationPeriod = "delegation.period",
        /// A unit was given more than its parliament may delegate.
        DelegationWider = "delegation.wider",

        /// The DID is deactivated: it has no document any more.
        DidDeactivated = "did.deactivated",
        /// A DID document is not well formed.
        DidDocument = "did.document",
        /// The DID's document has to be fetched, and is not at hand.
        DidDocumentMissing = "did.document_missing",
        /// The DID's document at hand is older than accepted, or fetched later than now.
        DidDocumentStale = "did.document_stale",
        /// The DID log has an entry behind the one that deactivated the DID.
        DidLogDeactivated = "did.log_deactivated",
        /// An entry of the DID log is not the one that its hash names.
        DidLogEntryHash = "did.log_entry_hash",
        /// The DID log tells another history than the one known before.
        DidLogFork = "did.log_fork",
        /// The DID log, an entry of it or its witnesses' file is not well formed.
        DidLogMalformed = "did.log_malformed",
        /// An entry of the DID log is not made in the version of the method that is read here.
        DidLogMethod = "did.log_method",
        /// The DID was given another address, though it may have none or does not name the former one.
        DidLogMoved = "did.log_moved",
        /// The DID had no such version, or none at that time.
        DidLogNoVersion = "did.log_no_version",
        /// The DID log is that of another DID.
        DidLogOther = "did.log_other",
        /// A parameter of the DID log has a value that it may not have there.
        DidLogParameter = "did.log_parameter",
        /// A key that controls the DID from now on was not announced by the entry before.
        DidLogPreRotation = "did.log_pre_rotation",
        /// The DID or its draft does not keep to its profile.
        DidLogProfile = "did.log_profile",
        /// A proof of the DID log is not of the one form that is accepted.
        DidLogProof = "did.log_proof",
        /// The DID log ends before an entry that was known before.
        DidLogRollback = "did.log_rollback",
        /// The DID's own identifier is not the hash of the first entry of its log.
        DidLogScid = "did.log_scid",
        /// The signature of an entry of the DID log does not verify.
        DidLogSignature = "did.log_signature",
        /// The entries of the DID log are not in the order of their times, or one lies in the future.
        DidLogTime = "did.log_time",
        /// An entry of the DID log is signed by a key that did not control the DID.
        DidLogUnauthorised = "did.log_unauthorised",
        /// An entry of the DID log has not the number that its place gives it.
        DidLogVersion = "did.log_version",
        /// Too few of the witnesses of the DID have signed an entry of its log.
        DidLogWitnesses = "did.log_witnesses",
        /// The text is not a DID or a DID URL.
        DidMalformed = "did.malformed",
        /// The DID document does not name this key for this purpose.
        DidNoSuchMethod = "did.no_such_method",
        /// The DID is of a method that is not resolved here.
        DidUnsupportedMethod = "did.unsupported_method",
        /// The DID leads to no address on the web.
        DidWebAddress = "did.web_address",

        /// The electoral period had begun when it was announced or published.
        ElectoralLate = "electoral.late",
        /// The electoral period is not well formed.
        ElectoralMalformed = "electoral.malformed",
        /// An electoral period is on: the parliament binds its own hands.
        ElectoralPeriod = "electoral.period",
        /// Too few of those who may have signed the electoral period.
        ElectoralTooFew = "electoral.too_few",

        /// Text is not canonical base64url without padding.
        EncodingBase64Url = "encoding.base64url",
        /// Text is not multibase of an accepted kind.
        EncodingMultibase = "encoding.multibase",

        /// The enrolment code has a wrong symbol, or too few or too many.
        EnrolmentCodeMistyped = "enrolment.code_mistyped",
        /// The enrolment was made for another issuer, or for another way of handing it in.
        EnrolmentAudience = "enrolment.audience",
        /// The enrolment is not well formed.
        EnrolmentMalformed = "enrolment.malformed",
        /// The enrolment does not prove that its maker has the code and the key.
        EnrolmentProof = "enrolment.proof",

        /// A registered claim contradicts the document, or another claim.
        EnvelopeClaimConflict = "envelope.claim_conflict",
        /// The claim `vc` or `vp` stands in the document.
        EnvelopeClaimForbidden = "envelope.claim_forbidden",
        /// A registered claim has not the form its specification gives it.
        EnvelopeClaimMalformed = "envelope.claim_malformed",
        /// A part is concealed, or to be concealed, without which the document cannot be judged.
        EnvelopeConcealed = "envelope.concealed",
        /// The header's `cty` names another kind of document.
        EnvelopeContentType = "envelope.content_type",
        /// The `id` of an enveloped document is no `data:` URL of a secured one.
        EnvelopeDataUrl = "envelope.data_url",
        /// The signature's `exp` has come.
        EnvelopeExpired = "envelope.expired",
        /// The signature's `nbf` or `iat` has not come yet.
        EnvelopeNotYetValid = "envelope.not_yet_valid",

        /// The presenter does not prove to hold the key that the credential is bound to.
        HolderProof = "holder.proof",
        /// The credentials are bound to the keys of different holders.
        HolderMixed = "holder.mixed",

        /// The in-office statement is no longer in force.
        InOfficeExpired = "in_office.expired",
        /// The in-office statement is about another mandate, holder's key or issuer.
        InOfficeForeign = "in_office.foreign",
        /// The in-office statement is not well formed, or in force for more than 24 hours.
        InOfficeMalformed = "in_office.malformed",
        /// The holder brought an in-office statement that is newer than the bundle at hand.
        InOfficeNewer = "in_office.newer",
        /// The in-office statement says it was made later than now.
        InOfficeNotYetIssued = "in_office.not_yet_issued",
        /// The in-office statement is not signed by the issuer's status key.
        InOfficeSignature = "in_office.signature",

        /// The enrolment code was given out by another issuer than the one on the card.
        IssuerCardMismatch = "issuer.card_mismatch",
        /// The issuer's DID was ended by the instant asked about.
        IssuerDidDeactivated = "issuer.did_deactivated",
        /// The key that signed was not the issuer's for credentials when this one was issued.
        IssuerKeyPeriod = "issuer.key_period",
        /// The credential names another issuer than the one whose key signed it.
        IssuerMismatch = "issuer.mismatch",
        /// The DID whose key signed is none of this verifier's anchors, and none of them vouches for it.
        IssuerNotTrusted = "issuer.not_trusted",
        /// The issuer is a URL and no DID: nothing at hand says that the key which signed is the issuer's.
        IssuerUnbound = "issuer.unbound",

        /// An object has a member name twice, or a reserved one.
        JsonDuplicateName = "json.duplicate_name",
        /// The text is not JSON.
        JsonMalformed = "json.malformed",
        /// A number has no exact double, so that two readers may take it for two numbers.
        JsonNumber = "json.number",
        /// Arrays and objects are nested too deeply.
        JsonTooDeep = "json.too_deep",
        /// The document has too many bytes or values.
        JsonTooLarge = "json.too_large",

        /// A signature's algorithm is not used here, or is not that of its key.
        JwsAlgorithm = "jws.algorithm",
        /// A signature's header has a member that would change what is verified.
        JwsHeader = "jws.header",
        /// The text is not a signature in compact form.
        JwsMalformed = "jws.malformed",
        /// A signed document is of another kind than expected.
        JwsType = "jws.type",

        /// The key could not sign.
        KeyCannotSign = "key.cannot_sign",
        /// A key is not well formed.
        KeyMalformed = "key.malformed",
        /// A secret key stands where a public key is expected.
        KeySecret = "key.secret",
        /// A key is of a kind not used here.
        KeyUnsupported = "key.unsupported",
        /// A key is so weak that one signature fits many messages.
        KeyWeak = "key.weak",

        /// A JSON-LD context is not well formed, or redefines what another protects.
        LdContext = "ld.context",
        /// A document names a JSON-LD context that is not at hand; none is fetched.
        LdContextUnknown = "ld.context_unknown",
        /// A step of JSON-LD that never waits has waited.
        LdInternal = "ld.internal",
        /// An identifier or a reference in a JSON-LD document is no absolute IRI.
        LdIri = "ld.iri",
        /// The document is not well-formed JSON-LD, or says something that would be lost.
        LdMalformed = "ld.malformed",
        /// A document signed over its RDF could say the same under other names, so that its JSON says nothing.
        LdNotPlain = "ld.not_plain",
        /// No context of a JSON-LD document defines one of its terms or types.
        LdTermUndefined = "ld.term_undefined",

        /// Two different trust bundles have one number.
        NetworkConflict = "network.conflict",
        /// The trust bundle has passed its `expires` instant.
        NetworkExpired = "network.expired",
        /// The trust bundle holds another history of the accreditor's officers than one seen before.
        NetworkFork = "network.fork",
        /// A trust bundle is not well formed.
        NetworkMalformed = "network.malformed",
        /// The files of a trust bundle do not belong together.
        NetworkMixed = "network.mixed",
        /// The trust bundle says it was issued later than now.
        NetworkNotYetIssued = "network.not_yet_issued",
        /// The snapshot is signed by a key that the accreditor's officers did not name.
        NetworkPublishingKey = "network.publishing_key",
        /// The trust bundle is older than one seen before.
        NetworkRollback = "network.rollback",
        /// The signature of a trust bundle does not verify.
        NetworkSignature = "network.signature",
        /// The trust bundle is older than the verifier accepts.
        NetworkStale = "network.stale",

        /// An officer policy is not well formed.
        PolicyMalformed = "policy.malformed",
        /// A signature of an officer policy does not verify.
        PolicySignature = "policy.signature",
        /// Somebody signed an officer policy who has no say in it.
        PolicyStranger = "policy.stranger",
        /// Too few of those signed an officer policy who have to.
        PolicyTooFew = "policy.too_few",
        /// A version of an officer policy does not follow the one before it.
        PolicyVersion = "policy.version",

        /// The presentation was made for another verifier.
        PresentationAudience = "presentation.audience",
        /// The presentation is not well formed.
        PresentationMalformed = "presentation.malformed",
        /// The presentation answers another request.
        PresentationNonce = "presentation.nonce",
        /// The presentation says it was made before the request or after now.
        PresentationTime = "presentation.time",

        /// A proof rests on another that is not there, or on itself.
        ProofChain = "proof.chain",
        /// The document's `@context` is not the one that was signed.
        ProofContext = "proof.context",
        /// A proof's cryptosuite is not used here, or is not that of its key.
        ProofCryptosuite = "proof.cryptosuite",
        /// A proof's `expires` has passed.
        ProofExpired = "proof.expired",
        /// A proof is not well formed.
        ProofMalformed = "proof.malformed",
        /// A proof was made for another purpose, verifier or request.
        ProofPurpose = "proof.purpose",

        /// The request has been answered already, or was not made here.
        RequestAlreadyUsed = "request.already_used",
        /// A required claim or credential is not shown.
        RequestClaimMissing = "request.claim_missing",
        /// The request's time to be answered has passed.
        RequestExpired = "request.expired",
        /// The request is that of another verifier.
        RequestForeign = "request.foreign",
        /// The request is not well formed.
        RequestMalformed = "request.malformed",
        /// A credential is shown that the request does not ask for.
        RequestNotAsked = "request.not_asked",
        /// The request says it was made later than now.
        RequestNotYetIssued = "request.not_yet_issued",
        /// The request is not signed by its verifier.
        RequestSignature = "request.signature",
        /// The request names another verifier than the one that signed it.
        RequestVerifierMismatch = "request.verifier_mismatch",

        /// A disclosed claim would replace a signed one, or may never be concealed.
        SdJwtClaimConflict = "sd_jwt.claim_conflict",
        /// One digest or one disclosure stands twice.
        SdJwtDigestRepeated = "sd_jwt.digest_repeated",
        /// A disclosure belongs to nothing that was signed.
        SdJwtDisclosureUnreferenced = "sd_jwt.disclosure_unreferenced",
        /// The digests are of a hash function that is not used here.
        SdJwtHashAlgorithm = "sd_jwt.hash_algorithm",
        /// The key binding covers other bytes, or is missing.
        SdJwtKeyBinding = "sd_jwt.key_binding",
        /// The text is not an SD-JWT.
        SdJwtMalformed = "sd_jwt.malformed",

        /// The issuer's certificate leads to no trust anchor, or is not for signing credentials.
        SdJwtVcCertificate = "sd_jwt_vc.certificate",
        /// A claim by which the credential is judged is missing or not well formed.
        SdJwtVcClaim = "sd_jwt_vc.claim",
        /// Nothing that is accepted says which key the issuer signs with.
        SdJwtVcIssuerKey = "sd_jwt_vc.issuer_key",
        /// The issuer's metadata is not well formed, or that of another issuer.
        SdJwtVcMetadata = "sd_jwt_vc.metadata",
        /// The issuer's metadata or keys are not at hand, or not recent enough.
        SdJwtVcMetadataMissing = "sd_jwt_vc.metadata_missing",
        /// Type metadata is not well formed, not what was referred to, or contradicts what it extends.
        SdJwtVcType = "sd_jwt_vc.type",
        /// The metadata of the credential's type is not at hand.
        SdJwtVcTypeMissing = "sd_jwt_vc.type_missing",
        /// The credential is not as the metadata of its type demands.
        SdJwtVcTypeRules = "sd_jwt_vc.type_rules",

        /// A signature does not match.
        SignatureInvalid = "signature.invalid",

        /// The text is not an RFC 3339 instant with an offset.
        InstantMalformed = "instant.malformed",

        /// No decision is published behind the revocation.
        StatusContested = "status.contested",
        /// The credential's status entry breaks a rule of its standard.
        StatusEntryMalformed = "status.entry_malformed",
        /// The credential's status is of a type that is not read here.
        StatusEntryUnknown = "status.entry_unknown",
        /// The status list says not valid, but nothing says since when, and an earlier instant is asked about.
        StatusHistoryMissing = "status.history_missing",
        /// The status list has no slot of that index.
        StatusIndexOutOfRange = "status.index_out_of_range",
        /// The status list has expired.
        StatusListExpired = "status.list_expired",
        /// The credential names a status list that is not its issuer's.
        StatusListForeign = "status.list_foreign",
        /// The status list is not well formed.
        StatusListMalformed = "status.list_malformed",
        /// The credential's status list is not at hand, or the bundle does not hold it.
        StatusListMissing = "status.list_missing",
        /// The status list says it was issued later than now.
        StatusListNotYetValid = "status.list_not_yet_valid",
        /// The status list has fewer entries than would hide one holder among many.
        StatusListTooShort = "status.list_too_short",
        /// The credential is not valid: revoked or suspended, the issuer does not say which.
        StatusNotValid = "status.not_valid",
        /// The status list is not kept for the purpose that the credential names.
        StatusPurpose = "status.purpose",
        /// The credential is revoked.
        StatusRevoked = "status.revoked",
        /// The credential is suspended.
        StatusSuspended = "status.suspended",

        /// The statement of a DID's successor is not signed by the DID that is left, or not well formed.
        SuccessorInvalid = "successor.invalid",

        /// No decision is published behind the early end of the term.
        TermContested = "term.contested",
        /// The term has ended.
        TermEnded = "term.ended",
        /// The bundle does not hold the credential's term.
        TermMissing = "term.missing",
        /// The term has not begun.
        TermNotBegun = "term.not_begun",

        /// No anchor is named: nobody is trusted.
        TrustNoAnchor = "trust.no_anchor",

        /// A credential or presentation has no `@context` that VC Data Model 2.0 allows.
        VcContext = "vc.context",
        /// A document signed over its RDF has contexts written into it: what its claims are called says little.
        VcContextOwn = "vc.context_own",
        /// A context is not at hand, so what its terms mean was not looked at.
        VcContextUnchecked = "vc.context_unchecked",
        /// `validFrom` or `validUntil` is no date and time with an offset, or they are in the wrong order.
        VcDates = "vc.dates",
        /// An enveloped credential or presentation is not well formed.
        VcEnvelope = "vc.envelope",
        /// `evidence` is not well formed.
        VcEvidence = "vc.evidence",
        /// A presentation's `holder` is not well formed.
        VcHolder = "vc.holder",
        /// The presentation names another holder than the one whose key signed it.
        VcHolderMismatch = "vc.holder_mismatch",
        /// An `id` is not one URL.
        VcId = "vc.id",
        /// `issuer` is missing or not well formed.
        VcIssuer = "vc.issuer",
        /// A text with language and direction is not well formed.
        VcLanguage = "vc.language",
        /// An envelope is of a media type that is not read here.
        VcMediaType = "vc.media_type",
        /// A presentation's `verifiableCredential` holds something else than credentials.
        VcPresented = "vc.presented",
        /// `proof` has not the shape of proofs.
        VcProof = "vc.proof",
        /// `refreshService`, `confidenceMethod` or `renderMethod` is not well formed.
        VcRefresh = "vc.refresh",
        /// `relatedResource` is not well formed.
        VcRelated = "vc.related",
        /// A related resource's digest is that of an earlier edition of it.
        VcRelatedEarlier = "vc.related_earlier",
        /// A related resource has another digest than the credential says.
        VcRelatedMismatch = "vc.related_mismatch",
        /// A related resource is not at hand, so its digest was not compared.
        VcRelatedUnchecked = "vc.related_unchecked",
        /// `credentialSchema` is not well formed.
        VcSchema = "vc.schema",
        /// The credential does not fit a schema that it names.
        VcSchemaMismatch = "vc.schema_mismatch",
        /// A schema is not at hand, or is of a kind not used here, so the credential was not held against it.
        VcSchemaUnchecked = "vc.schema_unchecked",
        /// `credentialStatus` is not well formed.
        VcStatus = "vc.status",
        /// A status list is not at hand or of a kind not used here, or what it says has no known meaning.
        VcStatusUnchecked = "vc.status_unchecked",
        /// `credentialSubject` is missing, or says nothing of a subject.
        VcSubject = "vc.subject",
        /// `termsOfUse` is not well formed.
        VcTerms = "vc.terms",
        /// A `type` is missing, not well formed, or not the one that must be there.
        VcType = "vc.type",
        /// Nothing secures a credential or presentation.
        VcUnsecured = "vc.unsecured",
    }
}
