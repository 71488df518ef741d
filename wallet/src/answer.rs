//! Answering a request: which credentials, which claims, in words first and then as a file.

use identity_core::{
    credential::{Envelope, Kind},
    key::SecretKey,
    presentation::{
        self, Shown,
        request::{Asked, Request},
    },
    status::Instant,
};

use crate::{
    code::{Code, Refusal},
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
}

/// One credential of a plan.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Part {
    /// The credential.
    pub credential: StoredCredential,
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

/// Opens a request and settles what would be shown; nothing leaves the wallet.
///
/// `disclose` names the claims to show; without it those that are required. Names that every
/// verifier sees anyhow may stand among them: a request may name them too.
///
/// # Errors
/// [`Refusal`]: the request is unsigned, expired or of an unknown verifier, or nothing fits it.
pub fn plan(
    contents: &Contents,
    request: &str,
    (disclose, allow_unknown): (Option<&[String]>, bool),
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
    if known_as.is_none() && !allow_unknown {
        return Err(Refusal::new(
            Code::VerifierUnknown.as_str(),
            format!("{} is not a verifier that you trust", request.verifier),
            "if you know whose it is: mandate-wallet verifier trust CARD; to answer all the same: --allow-unknown-verifier",
        ));
    }
    let mut parts = Vec::new();
    for asked in &request.asked {
        let kind: Kind = asked.credential_type.parse().map_err(|_| {
            Refusal::new(
                Code::CredentialNoneSuitable.as_str(),
                format!(
                    "the verifier asks for a {}, which is not known here",
                    asked.credential_type
                ),
                "ask the verifier what it needs",
            )
        })?;
        let credential = choose(contents, kind, now)?;
        let envelope = presentation::unverified_envelope(&credential.text)
            .map_err(|error| Refusal::core(error.code(), &error, "see: mandate-wallet doctor"))?;
        parts.push(part(credential, kind, &envelope, asked, disclose)?);
    }
    if let Some(names) = disclose {
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
    })
}

fn part(
    credential: &StoredCredential,
    kind: Kind,
    envelope: &Envelope,
    asked: &Asked,
    disclose: Option<&[String]>,
) -> Result<Part, Refusal> {
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

/// Chooses the newest credential of a type, one with selective disclosure before others.
fn choose(contents: &Contents, kind: Kind, now: Instant) -> Result<&StoredCredential, Refusal> {
    let in_force = |credential: &&StoredCredential| {
        presentation::unverified_envelope(&credential.text)
            .is_ok_and(|envelope| envelope.valid_until > now.timestamp())
    };
    let of_kind = contents
        .credentials
        .iter()
        .filter(|c| c.kind == kind.as_str());
    let best = of_kind
        .filter(in_force)
        .max_by_key(|c| (c.securing == Securing::SdJwt, c.added));
    best.ok_or_else(|| {
        Refusal::new(
            Code::CredentialNoneSuitable.as_str(),
            format!("the wallet has no {kind} that is in force"),
            "add the one you were given: mandate-wallet credential add FILE",
        )
    })
}

impl Plan {
    /// Makes the file that answers the request.
    ///
    /// # Errors
    /// [`Refusal`] when a key is missing or a credential cannot be shown.
    pub fn answer(&self, contents: &Contents, now: Instant) -> Result<String, Refusal> {
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
            });
        }
        presentation::answer(&self.request, &shown, now.timestamp())
            .map_err(|error| Refusal::core(error.code(), &error, "see: mandate-wallet doctor"))
    }
}

#[cfg(test)]
mod tests;
