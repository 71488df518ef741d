//! A verifier with its key, its anchors and their bundles.

use core::num::NonZeroUsize;

use identity_core::{
    card::VerifierCard,
    did::{self, Did, DidUrl, LocalResolver, Resolver as _},
    key::{SecretKey, Signer as _},
    presentation::request::{Asked, Request, RequestError},
    trust::{
        Added, Anchor, Bundle, BundleError, Policy, TrustError, TrustSet,
        network::{Network, NetworkError},
    },
    verify::{Budget, Ledger, Presentation, Question, Unverified, Verified, VerifyError},
};
use jiff::{SignedDuration, Timestamp};
use rand_core::CryptoRng;

/// How long a request may be answered, unless another lifetime is chosen.
const LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// A verifier: its own key, whom it trusts, and the evidence at hand.
#[derive(Debug)]
pub struct Verifier {
    name: String,
    key: SecretKey,
    did: Did,
    trust: TrustSet,
}

/// The instants a check is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "three decisions, each to be made"
)]
pub struct When {
    /// The real instant, from a clock that is right.
    pub now: Timestamp,
    /// The instant asked about; `None` for now.
    pub at: Option<Timestamp>,
    /// How old the evidence may be, and what else is demanded: a [`Preset`](identity_core::trust::Preset)'s
    /// policy, or one of the verifier's own.
    pub policy: Policy,
}

impl When {
    /// Asks about now, and accepts a bundle until its next one is due.
    pub const fn now(now: Timestamp) -> Self {
        Self {
            now,
            at: None,
            policy: Policy::as_published(),
        }
    }
}

impl Verifier {
    /// Makes a verifier with a did:key of its own.
    ///
    /// # Errors
    /// [`TrustError`] when no anchor is named, or one stands twice.
    pub fn new(
        name: impl Into<String>,
        key: SecretKey,
        anchors: impl IntoIterator<Item = Anchor>,
    ) -> Result<Self, TrustError> {
        Ok(Self {
            name: name.into(),
            did: did::key::create(key.public_key()),
            key,
            trust: TrustSet::new(anchors)?,
        })
    }

    /// Returns its DID.
    pub const fn did(&self) -> &Did {
        &self.did
    }

    /// Returns its card, for members to know it by.
    ///
    /// # Errors
    /// [`TrustError::Did`], never for a key made here.
    pub fn card(&self) -> Result<VerifierCard, TrustError> {
        let document = LocalResolver::new().resolve(&self.did)?.into_owned();
        Ok(VerifierCard::new(&document, self.name.clone()))
    }

    /// Opens an issuer's bundle and takes it as evidence, if it is the newest of an anchor.
    ///
    /// # Errors
    /// [`BundleError`] when it is not authentic.
    pub fn add_bundle(&mut self, json: &[u8]) -> Result<Added, BundleError> {
        let bundle = Bundle::open(json, &mut Budget::bundle())?;
        Ok(self.trust.add(bundle))
    }

    /// Opens the trust bundle of an accreditor and takes it as evidence, with the bundles of everybody it
    /// vouches for.
    ///
    /// # Errors
    /// [`NetworkError`] when it is not authentic.
    pub fn add_network(&mut self, bytes: &[u8]) -> Result<Added, NetworkError> {
        // Where nobody knows how many threads there are, one does it all.
        let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let network = Network::open_with(bytes, threads, &mut Budget::network())?;
        Ok(self.trust.add_network(network))
    }

    /// Returns whom it trusts, with the evidence at hand.
    pub const fn trust(&self) -> &TrustSet {
        &self.trust
    }

    /// Returns the same, to remember what was seen before the last restart.
    pub const fn trust_mut(&mut self) -> &mut TrustSet {
        &mut self.trust
    }

    /// Makes a request that may be answered for an hour; returns it with its signed text.
    ///
    /// The nonce must be opened in the ledger before the text is handed out.
    ///
    /// # Errors
    /// [`RequestError`] when it asks for nothing or does not say what for.
    pub fn request(
        &self,
        purpose: impl Into<String>,
        asked: Vec<Asked>,
        now: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<(Request, String), RequestError> {
        self.request_for(purpose, asked, (now, LIFETIME), rng)
    }

    /// Makes a request that may be answered for another time.
    ///
    /// # Errors
    /// As [`Verifier::request`].
    pub fn request_for(
        &self,
        purpose: impl Into<String>,
        asked: Vec<Asked>,
        time: (Timestamp, SignedDuration),
        rng: &mut impl CryptoRng,
    ) -> Result<(Request, String), RequestError> {
        let (name, purpose) = (self.name.clone(), purpose.into());
        let request = Request::new(self.did.clone(), name, purpose, asked, time, rng)?;
        let text = request.sign(&self.method()?, &self.key)?;
        Ok((request, text))
    }

    /// Checks the file with which a holder answered.
    ///
    /// # Errors
    /// [`VerifyError`] for every answer but "valid"; its report says why.
    pub fn check(
        &self,
        file: &[u8],
        request: &Request,
        when: When,
        ledger: &mut impl Ledger,
    ) -> Result<Verified<Presentation>, VerifyError> {
        let question = Question {
            verifier: &self.did,
            request,
            trust: &self.trust,
            now: when.now,
            at: when.at,
            policy: when.policy,
        };
        Unverified::new(file).verify(&question, ledger)
    }

    fn method(&self) -> Result<DidUrl, RequestError> {
        let method = self.did.with_fragment(self.did.specific_id());
        method.map_err(|error| RequestError::Signature(error.into()))
    }
}
