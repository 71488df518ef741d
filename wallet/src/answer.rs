//! Answering a request: which credentials, which claims, in words first and then as a file.

use cli_kit::text::one_line;
use identity_core::{
    credential::{Envelope, Kind},
    did::Did,
    key::SecretKey,
    presentation::{
        self, Shown,
        request::{Asked, Request},
    },
    status::Instant,
};

use crate::{
    code::{Code, Refusal},
    in_office,
    vault::{Contents, Securing, StoredCredential},
};

/// Claims that every credential shows beside those of its type, as far as it has them.
const VISIBLE: [&str; 3] = ["chamber", "country", "term"];

/// What would be shown to a verifier.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Plan {
    /// The request.
    pub request: Request,
    /// The member's own name for the verifier; `None` when it is not trusted.
    pub known_as: Option<String>,
    /// The credentials.
    pub parts: Vec<Part>,
    /// What is asked that no credential here fits, and why; while there is any, nothing is answered.
    pub unmet: Vec<(Asked, Refusal)>,
    /// Whether the wallet knows several issuers, so that it matters whose credential is shown.
    pub several_issuers: bool,
}

/// What the member wishes of an answer.
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::exhaustive_structs,
    reason = "leaving a wish out must not compile"
)]
pub struct Wish<'w> {
    /// The claims to show; without it those that are required. Names that every verifier sees anyhow
    /// may stand among them: a request may name them too.
    pub disclose: Option<&'w [String]>,
    /// The ids of the credentials to show; of the types that none of them has, the wallet chooses.
    pub credentials: &'w [String],
    /// Whether a verifier that is not trusted is answered.
    pub allow_unknown: bool,
}

/// One credential of a plan.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Part {
    /// The credential.
    pub credential: StoredCredential,
    /// What its issuer calls itself.
    pub issuer_name: String,
    /// Whether it is in force now.
    pub standing: Standing,
    /// Its type.
    pub kind: Kind,
    /// What the verifier asks of it.
    pub asked: Asked,
    /// Claims that the verifier will see because they are disclosed.
    pub shown: Vec<String>,
    /// Claims that the credential has and the verifier will not see.
    pub hidden: Vec<String>,
    /// Claims that every verifier sees, whatever is chosen.
    pub always: Vec<String>,
    /// Required claims that are not shown: the verifier will refuse.
    pub missing: Vec<String>,
}

/// Where an instant lies in the time for which a credential is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Standing {
    /// Before it: a mandate that begins later.
    NotBegun,
    /// Within it.
    InForce,
    /// After it.
    Over,
}

impl Standing {
    fn of(envelope: &Envelope, now: Instant) -> Self {
        if envelope.valid_until <= now.timestamp() {
            Self::Over
        } else if envelope.valid_from <= now.timestamp() {
            Self::InForce
        } else {
            Self::NotBegun
        }
    }
}

/// Opens a request and settles what would be shown; nothing leaves the wallet.
///
/// Where no credential fits, the plan still tells who asks for what.
///
/// # Errors
/// [`Refusal`]: the request is unsigned, expired or of an unknown verifier, or the wish is not clear
/// or cannot be met.
pub fn plan(
    contents: &Contents,
    request: &str,
    wish: Wish<'_>,
    now: Instant,
) -> Result<Plan, Refusal> {
    let refused = |error: presentation::request::RequestError| {
        Refusal::core(
            error.code(),
            &error,
            "ask the verifier for a new request, by a way you trust",
        )
    };
    let request = Request::open(request).map_err(refused)?;
    request.check_time(now.timestamp()).map_err(refused)?;
    let known_as = contents
        .verifier(&request.verifier)
        .map(|verifier| verifier.name.clone());
    if known_as.is_none() && !wish.allow_unknown {
        return Err(Refusal::new(
            Code::VerifierUnknown.as_str(),
            format!("{} is not a verifier that you trust", request.verifier),
            "if you know whose it is: mandate-wallet verifier trust CARD; to answer all the same: --allow-unknown-verifier",
        ));
    }
    let named = named(contents, &request, wish.credentials)?;
    let (mut parts, mut unmet) = (Vec::new(), Vec::new());
    for asked in &request.asked {
        let Ok(kind) = asked.credential_type.parse::<Kind>() else {
            unmet.push((asked.clone(), unknown_type(asked)));
            continue;
        };
        match choose(contents, kind, &named, now)? {
            Some(chosen) => parts.push(part(contents, chosen, asked, wish.disclose)?),
            None => unmet.push((asked.clone(), none_suitable(kind))),
        }
    }
    if let (Some(names), true) = (wish.disclose, unmet.is_empty()) {
        let known = |name: &String| parts.iter().any(|part| part.sees(name));
        if let Some(name) = names.iter().find(|name| !known(name)) {
            return Err(Refusal::new(
                Code::DiscloseUnknown.as_str(),
                format!("none of the credentials has a claim {name}"),
                "see the claims with: mandate-wallet credential show ID",
            )
            .usage());
        }
    }
    Ok(Plan {
        request,
        known_as,
        parts,
        unmet,
        several_issuers: contents.issuers.len() > 1,
    })
}

fn unknown_type(asked: &Asked) -> Refusal {
    Refusal::new(
        Code::CredentialNoneSuitable.as_str(),
        format!(
            "the verifier asks for a {}, which is not known here",
            asked.credential_type
        ),
        "ask the verifier what it needs",
    )
}

fn none_suitable(kind: Kind) -> Refusal {
    Refusal::new(
        Code::CredentialNoneSuitable.as_str(),
        format!("the wallet has no {kind} that is in force"),
        "add the one you were given: mandate-wallet credential add FILE",
    )
}

fn part(
    contents: &Contents,
    chosen: Candidate<'_>,
    asked: &Asked,
    disclose: Option<&[String]>,
) -> Result<Part, Refusal> {
    let Candidate {
        credential,
        envelope,
        standing,
    } = chosen;
    let kind = envelope.kind;
    let whole = credential.securing == Securing::DataIntegrity;
    if whole && disclose.is_some() {
        return Err(Refusal::new(
            Code::DiscloseImpossible.as_str(),
            "this credential is shown as a whole: --disclose cannot choose from it",
            "leave --disclose out, or ask the secretariat for an SD-JWT credential",
        )
        .usage());
    }
    let wanted = disclose.unwrap_or(&asked.required);
    let has = |name: &str| envelope.claims.get(name).is_some();
    let mut part = Part {
        credential: credential.clone(),
        issuer_name: issuer_name(contents, &credential.issuer),
        standing,
        kind,
        asked: asked.clone(),
        shown: Vec::new(),
        hidden: Vec::new(),
        always: VISIBLE.map(str::to_owned).to_vec(),
        missing: Vec::new(),
    };
    part.always.retain(|name| has(name));
    for spec in kind.claims().iter().filter(|spec| has(spec.name)) {
        let name = spec.name.to_owned();
        if spec.always_visible {
            part.always.push(name);
        } else if whole || wanted.contains(&name) {
            part.shown.push(name);
        } else {
            part.hidden.push(name);
        }
    }
    let required = asked.required.iter();
    part.missing = required.filter(|name| !part.sees(name)).cloned().collect();
    Ok(part)
}

impl Part {
    /// Tells whether the verifier will see this claim.
    fn sees(&self, name: &String) -> bool {
        self.shown.contains(name) || self.always.contains(name)
    }
}

/// A stored credential with what it says.
struct Candidate<'c> {
    credential: &'c StoredCredential,
    envelope: Envelope,
    standing: Standing,
}

impl<'c> Candidate<'c> {
    fn read(credential: &'c StoredCredential, now: Instant) -> Result<Self, Refusal> {
        let envelope = presentation::unverified_envelope(&credential.text)
            .map_err(|error| Refusal::core(error.code(), &error, "see: mandate-wallet doctor"))?;
        let standing = Standing::of(&envelope, now);
        Ok(Self {
            credential,
            envelope,
            standing,
        })
    }
}

/// Finds the credentials that are named, each of which must be of a type of its own that is asked for:
/// a name that changed nothing would leave the member believing that it did.
fn named<'c>(
    contents: &'c Contents,
    request: &Request,
    ids: &[String],
) -> Result<Vec<&'c StoredCredential>, Refusal> {
    let mut named: Vec<&StoredCredential> = Vec::with_capacity(ids.len());
    for id in ids {
        let credential = contents.credential(id).ok_or_else(|| unknown(id))?;
        let kind = &credential.kind;
        if !request.asked.iter().any(|a| a.credential_type == *kind) {
            return Err(Refusal::new(
                Code::PresentNotAsked.as_str(),
                format!("{id} is a {kind}, which the verifier does not ask for"),
                "see what it asks for: mandate-wallet present REQUEST --preview",
            )
            .usage());
        }
        match named.iter().find(|other| other.kind == *kind) {
            Some(other) if other.id != *id => {
                return Err(Refusal::new(
                    Code::PresentAmbiguous.as_str(),
                    format!(
                        "{} and {id} are both a {kind}, and one is asked for",
                        other.id
                    ),
                    "name one of them with --credential",
                )
                .usage());
            }
            Some(_) => {}
            None => named.push(credential),
        }
    }
    Ok(named)
}

/// The refusal of an id that no credential has.
pub(crate) fn unknown(id: &str) -> Refusal {
    Refusal::new(
        Code::CredentialUnknown.as_str(),
        format!("no credential has the id {id}"),
        "see the ids with: mandate-wallet credential list",
    )
}

/// Chooses the credential of a type: the one that is named, whatever its dates; else one in force
/// before one that begins later, with selective disclosure before others, the newest.
///
/// Never between two issuers, since that would choose in which of two chambers the member acts. Only
/// an issuer of which another credential is named goes before: one presentation is one holder's, and
/// a wallet has a key for each issuer.
fn choose<'c>(
    contents: &'c Contents,
    kind: Kind,
    named: &[&'c StoredCredential],
    now: Instant,
) -> Result<Option<Candidate<'c>>, Refusal> {
    let is_kind = |credential: &StoredCredential| credential.kind == kind.as_str();
    if let Some(&credential) = named.iter().find(|credential| is_kind(credential)) {
        return Candidate::read(credential, now).map(Some);
    }
    let of_kind = contents.credentials.iter().filter(|c| is_kind(c));
    let mut fitting: Vec<Candidate<'_>> = of_kind
        .filter_map(|credential| Candidate::read(credential, now).ok())
        .filter(|candidate| candidate.standing != Standing::Over)
        .collect();
    let in_force = |candidate: &Candidate<'_>| candidate.standing == Standing::InForce;
    if fitting.iter().any(in_force) {
        fitting.retain(in_force);
    }
    let with_named = |candidate: &Candidate<'_>| {
        let issuer = &candidate.credential.issuer;
        named.iter().any(|other| other.issuer == *issuer)
    };
    if fitting.iter().any(with_named) {
        fitting.retain(with_named);
    }
    if let [first, rest @ ..] = fitting.as_slice()
        && rest
            .iter()
            .any(|other| other.credential.issuer != first.credential.issuer)
    {
        return Err(ambiguous(contents, kind, &fitting));
    }
    let rank = |candidate: &Candidate<'_>| {
        let credential = candidate.credential;
        (credential.securing == Securing::SdJwt, credential.added)
    };
    Ok(fitting.into_iter().max_by_key(rank))
}

fn ambiguous(contents: &Contents, kind: Kind, fitting: &[Candidate<'_>]) -> Refusal {
    let refusal = Refusal::new(
        Code::PresentAmbiguous.as_str(),
        format!("several issuers' credentials fit: each is a {kind}"),
        "say which to show: --credential ID",
    );
    fitting
        .iter()
        .fold(refusal, |refusal, candidate| {
            let credential = candidate.credential;
            let issuer = issuer_name(contents, &credential.issuer);
            refusal.hint(format!("--credential {} is from {issuer}", credential.id))
        })
        .usage()
}

/// What an issuer calls itself, on one line: a card says it, and it stands among lines of ours.
pub(crate) fn issuer_name(contents: &Contents, did: &Did) -> String {
    let issuer = contents.issuer(did);
    issuer.map_or_else(|| did.to_string(), |issuer| one_line(&issuer.name))
}

impl Plan {
    /// Makes the file that answers the request.
    ///
    /// # Errors
    /// [`Refusal`] when nothing fits what is asked, a key is missing or a credential cannot be shown.
    pub fn answer(&self, contents: &Contents, now: Instant) -> Result<String, Refusal> {
        if let Some((_, refusal)) = self.unmet.first() {
            return Err(refusal.clone());
        }
        let mut shown: Vec<Shown<'_, SecretKey>> = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            let key = contents.key(&part.credential.key).ok_or_else(|| {
                Refusal::new(
                    Code::CredentialNotMine.as_str(),
                    "the key of the credential is not in this wallet",
                    "restore a backup of the wallet: mandate-wallet backup restore FILE",
                )
            })?;
            shown.push(Shown {
                credential: &part.credential.text,
                disclose: &part.shown,
                signer: &key.secret,
                in_office: in_office::in_force(&part.credential, now),
            });
        }
        presentation::answer(&self.request, &shown, now.timestamp())
            .map_err(|error| Refusal::core(error.code(), &error, "see: mandate-wallet doctor"))
    }
}

#[cfg(test)]
mod tests;
