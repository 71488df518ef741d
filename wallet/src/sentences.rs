//! A plan in plain words: who asks for what, and what they will and will not see.

use identity_core::credential::Kind;

use crate::answer::{Part, Plan};

impl Plan {
    /// Says in plain words who asks for what, and what they will and will not see.
    ///
    /// What is asked comes from the request and what will be seen from the plan: the two differ when
    /// a claim is left out, shown beyond what is asked, or not in the credential.
    pub fn sentences(&self) -> Vec<String> {
        let mut sentences = vec![
            self.asks(),
            format!("What for: {}.", self.request.purpose.trim_end_matches('.')),
        ];
        if !self.unmet.is_empty() {
            // What else would be seen is not told: nothing is answered.
            let unmet = self.unmet.iter();
            sentences.extend(unmet.map(|(_, why)| format!("No credential here fits: {why}.")));
            return sentences;
        }
        if self.several_issuers {
            sentences.push(format!("You show: {}.", self.whose()));
        }
        sentences.push(format!("It will see: {}.", self.sees().join(", ")));
        let hidden = self.labels(|part| &part.hidden);
        if !hidden.is_empty() {
            sentences.push(format!("It will not see: {}.", hidden.join(", ")));
        }
        sentences.push(format!("It will always see: {}.", self.always()));
        let missing = self.labels(|part| &part.missing);
        if !missing.is_empty() {
            sentences.push(format!(
                "It requires {}, which you do not show: it will refuse.",
                missing.join(", ")
            ));
        }
        sentences
    }

    fn asks(&self) -> String {
        let who = match &self.known_as {
            Some(name) => format!("{name} (known to you)"),
            None => format!(
                "Somebody unknown to you, who claims to be \"{}\",",
                self.request.name
            ),
        };
        let (mut asked, mut optional) = (Vec::new(), Vec::new());
        for one in &self.request.asked {
            // A verifier may ask for a type that is not known here.
            let kind: Option<Kind> = one.credential_type.parse().ok();
            asked.push(kind.map_or_else(
                || format!("for a credential called {}", one.credential_type),
                |kind| kind.meaning().to_owned(),
            ));
            asked.extend(one.required.iter().map(|name| label(kind, name)));
            optional.extend(one.optional.iter().map(|name| label(kind, name)));
        }
        let asked = asked.join(", ");
        if optional.is_empty() {
            return format!("{who} asks: {asked}.");
        }
        format!("{who} asks: {asked}; if you like: {}.", optional.join(", "))
    }

    /// Which credentials, for a member who has some of several issuers.
    fn whose(&self) -> String {
        let parts = self.parts.iter().map(|part| {
            let (kind, issuer) = (part.kind, &part.issuer_name);
            format!("{kind} from {issuer}, id {}", part.credential.id)
        });
        parts.collect::<Vec<_>>().join("; ")
    }

    /// What each credential means, followed by the claims of it that are shown.
    fn sees(&self) -> Vec<String> {
        let of = |part: &Part| {
            let claims = part.shown.iter().map(|name| label(Some(part.kind), name));
            let meaning = part.kind.meaning().to_owned();
            std::iter::once(meaning).chain(claims).collect::<Vec<_>>()
        };
        self.parts.iter().flat_map(of).collect()
    }

    /// The dates are among it: they are signed in the open, and say when the mandate began.
    fn always(&self) -> String {
        let any = |name: &str| {
            let mut parts = self.parts.iter();
            parts.any(|part| part.always.iter().any(|always| always == name))
        };
        let mut always = vec![if any("term") {
            "your chamber, country and term"
        } else {
            "your chamber and country"
        }];
        always.push("from when until when the credential is valid");
        if any("basedOn") {
            always.push("which mandate it rests on");
        }
        format!("{}, and which credential it is", always.join(", "))
    }

    fn labels(&self, names: fn(&Part) -> &Vec<String>) -> Vec<String> {
        let of = |part: &Part| {
            let claims = names(part).iter().map(|name| label(Some(part.kind), name));
            claims.collect::<Vec<_>>()
        };
        self.parts.iter().flat_map(of).collect()
    }
}

fn label(kind: Option<Kind>, name: &str) -> String {
    match (kind.and_then(|kind| kind.claim(name)), name) {
        (Some(claim), _) => format!("your {}", claim.label),
        (None, "chamber" | "country" | "term") => format!("your {name}"),
        // A verifier may ask for what no credential of the type has.
        (None, _) => format!("a claim called {name}"),
    }
}

#[cfg(test)]
mod tests;
