//! The offline verifier that parliament IT embeds.
//!
//! A [`Verifier`] has a key of its own, anchors it trusts, and the newest bundle of each. It makes a
//! signed [`Request`]; a member's wallet answers it with a file; [`Verifier::check`] says whether that
//! answer is valid, now or at a past instant, and why not. Nothing here reads a clock, a file or the
//! network: the program around it does.
//!
//! A whole program needs three lines in `Cargo.toml`:
//!
//! ```toml
//! verifier-lib = { path = "verifier-lib" } # where this repository is
//! jiff = "1"                               # the instants
//! getrandom = { version = "0.4", features = ["sys_rng"] } # the system's random numbers
//! ```
//!
//! ```no_run
//! use getrandom::{SysRng, rand_core::UnwrapErr};
//! use jiff::Timestamp;
//! use std::{error::Error, fs, path::Path};
//! use verifier_lib::{
//!     Algorithm, Asked, MemoryLedger, SecretKey, Verifier, VerifyError, When,
//! };
//!
//! // Members' wallets know the verifier by its key: make it once, and keep it where only this program
//! // reads it.
//! fn key(file: &Path) -> Result<SecretKey, Box<dyn Error>> {
//!     if file.exists() {
//!         let seed: [u8; 32] = fs::read(file)?.as_slice().try_into()?;
//!         return Ok(SecretKey::from_secret_bytes(Algorithm::EdDsa, &seed)?);
//!     }
//!     let key = SecretKey::generate(Algorithm::EdDsa, &mut UnwrapErr(SysRng));
//!     fs::write(file, *key.secret_bytes())?; // in a folder that only this program may enter
//!     Ok(key)
//! }
//!
//! fn main() -> Result<(), Box<dyn Error>> {
//!     // The issuer's DID, compared by a second way, and your name for it.
//!     let anchor = "did:key:z6Mk...=House".parse()?;
//!     let mut gate = Verifier::new("Gate", key(Path::new("gate.key"))?, [anchor])?;
//!     println!("{}", gate.did()); // members' wallets trust it by its card: Verifier::card, as JSON
//!     gate.add_bundle(&fs::read("bundle.json")?)?; // the newest, from where the issuer publishes
//!
//!     let asked = vec![Asked::from_flag("MemberMandate:name,constituency?")?];
//!     let now = Timestamp::now();
//!     let (request, text) =
//!         gate.request("Entry to the chamber", asked, now, &mut UnwrapErr(SysRng))?;
//!     let mut ledger = MemoryLedger::default(); // for this process alone, see below
//!     ledger.open(request.nonce.clone());
//!     fs::write("request.txt", text)?; // goes to the member's wallet, which answers with a file
//!
//!     let answer = fs::read("answer.txt")?;
//!     let when = When::now(Timestamp::now());
//!     match gate.check(&answer, &request, when, &mut ledger) {
//!         Ok(verified) => println!("{:?}", verified.credentials()[0].name()),
//!         Err(VerifyError::Refused(report)) => println!("{}", report.to_json()),
//!         Err(other) => return Err(other.into()),
//!     }
//!     Ok(())
//! }
//! ```
//!
//! Two things must be kept across restarts, and the program around the library keeps them:
//!
//! - the [`Ledger`] of open requests, where requests outlive the process. A verifier that forgets which
//!   nonces were used accepts an answer twice; [`MemoryLedger`] is for a process that makes each request
//!   anew and forgets them all when it ends.
//! - the highest bundle number of each anchor, [`Seen`]: read them with [`TrustSet::seen`] of
//!   [`Verifier::trust`] after a bundle was added, and give them back with [`TrustSet::remember`] of
//!   [`Verifier::trust_mut`] before the first. Otherwise an old bundle, from before a revocation, is
//!   believed after a restart. Of an accreditor's trust bundle ([`Verifier::add_network`]) it is
//!   [`NetworkSeen`], by [`TrustSet::networks_seen`] and [`TrustSet::remember_network`]; it also tells when
//!   this machine's clock was set back.
//!
//! How old the evidence may be, and how many officers must stand behind a credential, is the [`Policy`] in
//! [`When`]: `Preset::ChamberVote.policy()` for a vote, `Preset::Gate.policy()` for a door.

mod verifier;

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "serve")]
pub mod serve;

pub use identity_core::{
    Code,
    card::VerifierCard,
    credential::Kind,
    did::Did,
    key::{Algorithm, SecretKey},
    presentation::request::{Asked, Request, RequestError},
    trust::{
        Added, Anchor, Bundle, BundleError, LogHead, NetworkSeen, Policy, Preset, Seen, TrustError,
        TrustSet,
        network::{Network, NetworkError},
    },
    verify::{
        CredentialCheck, CredentialReport, Finding, Ledger, LedgerError, MemoryLedger, Outcome,
        Presentation, PresentationCheck, PresentedCredential, Recheck, Report, Verdict, Verified,
        VerifyError,
    },
};
pub use verifier::{Verifier, When};
