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
            format!("It will see: {}.", self.sees().join(", ")),
        ];
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
        let asked = self.with_meanings(|part| &part.asked.required).join(", ");
        let optional = self.labels(|part| &part.asked.optional);
        if optional.is_empty() {
            return format!("{who} asks: {asked}.");
        }
        format!("{who} asks: {asked}; if you like: {}.", optional.join(", "))
    }

    fn sees(&self) -> Vec<String> {
        self.with_meanings(|part| &part.shown)
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

    /// What each credential means, followed by the claims of it.
    fn with_meanings(&self, names: fn(&Part) -> &Vec<String>) -> Vec<String> {
        let of = |part: &Part| {
            let claims = names(part).iter().map(|name| label(part.kind, name));
            let meaning = part.kind.meaning().to_owned();
            std::iter::once(meaning).chain(claims).collect::<Vec<_>>()
        };
        self.parts.iter().flat_map(of).collect()
    }

    fn labels(&self, names: fn(&Part) -> &Vec<String>) -> Vec<String> {
        let of = |part: &Part| {
            let claims = names(part).iter().map(|name| label(part.kind, name));
            claims.collect::<Vec<_>>()
        };
        self.parts.iter().flat_map(of).collect()
    }
}

fn label(kind: Kind, name: &str) -> String {
    match (kind.claim(name), name) {
        (Some(claim), _) => format!("your {}", claim.label),
        (None, "chamber" | "country" | "term") => format!("your {name}"),
        // A verifier may ask for what no credential of the type has.
        (None, _) => format!("a claim called {name}"),
    }
}

#[cfg(test)]
mod tests;
