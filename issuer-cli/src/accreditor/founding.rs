//! Making an accreditor: its keys, its DID, and the first policy for its officers to sign.

use std::path::Path;

use cli_kit::{
    Failure, Passphrase,
    files::{self, Access, Durability},
};
use identity_core::{
    credential::is_displayable,
    did::{
        self, Relationship,
        webvh::{self, Content, Draft},
    },
    key::{Algorithm, SecretKey, Signer as _},
    status::Instant,
    trust::officers::PolicyDraft,
};
use rand_core::CryptoRng;

use super::{
    Archive, OfficerCard, Paper, Profile, Published,
    error::{AccreditorCode, core, refuse},
    keys::{make_publishing, seal, write},
};

/// Where the DID of a new accreditor stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "complete: two methods")]
pub enum Place {
    /// Nowhere: a did:key, for trials.
    Key,
    /// At a host and path, as a did:webvh writes them.
    Webvh(String),
}

/// What a new accreditor is to be.
#[derive(Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving one out must not compile"
)]
pub struct Founding<'f> {
    /// What it calls itself.
    pub name: String,
    /// Where its DID stands.
    pub place: Place,
    /// Its officers.
    pub officers: &'f [OfficerCard],
    /// How many of them it takes.
    pub threshold: usize,
    /// What seals the control keys.
    pub passphrase: &'f Passphrase,
}

/// Makes a home, and returns the first policy, signed by the control key alone.
///
/// # Errors
/// `accreditor.exists`; `policy.malformed` when the officers and the threshold do not fit.
pub fn found(
    path: &Path,
    founding: &Founding<'_>,
    now: Instant,
    rng: &mut impl CryptoRng,
) -> Result<(Profile, Paper), Failure> {
    for (file, what) in [
        ("accreditor.json", "an accreditor"),
        ("issuer.json", "an issuer"),
    ] {
        if path.join(file).exists() {
            let message = format!("there is {what} in {} already", path.display());
            return Err(refuse(AccreditorCode::AccreditorExists, message)
                .hint("name another folder with --home"));
        }
    }
    if !is_displayable(&founding.name) {
        return Err(Failure::usage("the name is a text of 1 to 500 characters")
            .hint("see: mandate-issuer accreditor init --help"));
    }
    let control = SecretKey::generate(Algorithm::EdDsa, rng);
    let next = SecretKey::generate(Algorithm::EdDsa, rng);
    // Before anything is written: a slip in the officers is the commonest one.
    let mut draft = PolicyDraft {
        issuer: did::key::create(control.public_key()),
        version: 1,
        epoch: 0,
        threshold: founding.threshold,
        officers: founding.officers.iter().map(OfficerCard::officer).collect(),
        publishing: Vec::new(),
        issued_at: now,
    };
    draft.check().map_err(|error| core(error.code(), &error))?;
    let secrets = path.join("secrets");
    files::make_private_dir(path)?;
    files::make_private_dir(&secrets)?;
    let publishing = make_publishing(&secrets, rng)?;
    draft.publishing = vec![did::key::create(publishing.public_key())];
    if let Place::Webvh(place) = &founding.place {
        let log = genesis(place, (&control, &next), &publishing, now)?;
        draft.issuer = log.1;
        let at = path.join("did.jsonl");
        files::write_atomic(&at, log.0.as_bytes(), Access::Public, Durability::Synced)?;
        let at = secrets.join("next.key");
        write(&at, &seal(&next, founding.passphrase, rng, &at)?)?;
    }
    let at = secrets.join("control.key");
    write(&at, &seal(&control, founding.passphrase, rng, &at)?)?;
    let document = draft
        .document()
        .map_err(|error| core(error.code(), &error))?;
    let paper = Paper::new(document)?.sign(&control, now.timestamp())?;
    let profile = Profile {
        schema: Profile::SCHEMA.to_owned(),
        did: draft.issuer,
        name: founding.name.clone(),
    };
    let at = path.join("published.json");
    let none = serde_json::to_vec_pretty(&Published::default())
        .map_err(|error| Failure::from_error("file.unwritable", &error))?;
    files::write_atomic(&at, &none, Access::Private, Durability::Synced)?;
    let json = serde_json::to_vec_pretty(&profile)
        .map_err(|error| Failure::from_error("file.unwritable", &error))?;
    // Last: a home with a profile is complete.
    let at = path.join("accreditor.json");
    files::create_new(&at, &json, Access::Private, Durability::Synced)?;
    if !files::is_rehearsal() {
        Archive::open(path, now)?.keep_pending(&paper)?;
    }
    Ok((profile, paper))
}

/// Writes the first entry of the log. The document names the publishing key, for readers of DIDs; verifiers
/// of trust bundles take it from the policy, which the officers signed.
fn genesis(
    place: &str,
    (control, next): (&SecretKey, &SecretKey),
    publishing: &SecretKey,
    now: Instant,
) -> Result<(String, did::Did), Failure> {
    let content = Content {
        methods: vec![(
            publishing.public_key().clone(),
            vec![Relationship::CapabilityInvocation],
        )],
        ..Content::default()
    };
    let signed = Draft::genesis(place, &[control.public_key().clone()], content)
        .map(|draft| draft.announce(&[next.public_key().clone()]).portable(true))
        .and_then(|draft| draft.prepare(webvh::Profile::A, now.timestamp()))
        .and_then(|unsigned| unsigned.sign(control, now.timestamp()))
        .map_err(|error| core(error.code(), &error))?;
    Ok((signed.line.clone(), signed.version.document.id().clone()))
}
