//! The offline verifier that parliament IT embeds.
//!
//! A [`Verifier`] has a key of its own, anchors it trusts, and the newest bundle of each. It makes a
//! signed [`Request`]; a member's wallet answers it with a file; [`Verifier::check`] says whether that
//! answer is valid, now or at a past instant, and why not. Nothing here reads a clock, a file or the
//! network: the program around it does, and keeps the [`Ledger`] of open requests.
//!
//! ```
//! # use verifier_lib::*;
//! # fn check(anchor: &str, bundle: &[u8], answer: &[u8], key: SecretKey, now: jiff::Timestamp,
//! #     rng: &mut impl rand_core::CryptoRng) -> Result<(), Box<dyn std::error::Error>> {
//! let mut gate = Verifier::new("Gate", key, [anchor.parse()?])?;
//! gate.add_bundle(bundle)?;
//!
//! let asked = vec![Asked::from_flag("MemberMandate:name,constituency?")?];
//! let (request, text) = gate.request("Entry to the chamber", asked, now, rng)?;
//! let mut ledger = MemoryLedger::default();
//! ledger.open(request.nonce.clone());
//! // `text` goes to the member's wallet, which answers with a file.
//! match gate.check(answer, &request, When::now(now), &mut ledger) {
//!     Ok(verified) => println!("{:?}", verified.credentials()[0].name()),
//!     Err(VerifyError::Refused(report)) => println!("{}", report.to_json()),
//!     Err(other) => return Err(other.into()),
//! }
//! # Ok(())
//! # }
//! ```

mod verifier;

#[cfg(feature = "cli")]
pub mod cli;

pub use identity_core::{
    Code,
    card::VerifierCard,
    credential::Kind,
    did::Did,
    key::{Algorithm, SecretKey},
    presentation::request::{Asked, Request, RequestError},
    trust::{Added, Anchor, Bundle, BundleError, Seen, TrustError, TrustSet},
    verify::{
        CredentialCheck, CredentialReport, Finding, Ledger, LedgerError, MemoryLedger, Outcome,
        Presentation, PresentationCheck, PresentedCredential, Recheck, Report, Verdict, Verified,
        VerifyError,
    },
};
pub use verifier::{Verifier, When};
