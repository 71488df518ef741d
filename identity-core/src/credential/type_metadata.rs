//! Type Metadata of the credential types (draft-ietf-oauth-sd-jwt-vc section 5), made from the
//! catalogue so that it cannot drift from it.

use serde_json::{Value, json};

use super::{ClaimForm, Kind, claims::ALWAYS_VISIBLE};

/// Returns the Type Metadata of a type, for whoever reads SD-JWT VCs of any type.
///
/// Mandates are read by the catalogue itself. A type's `vct` is a URN: the document is found in a
/// published site, which is a registry in the words of section 5.3.2, and is never fetched to verify.
pub fn type_metadata(kind: Kind) -> Value {
    let mut claims = Vec::new();
    for claim in kind.claims() {
        claims.push(json!({
            "path": [claim.name],
            "display": [{ "locale": "en", "label": claim.label }],
            "mandatory": claim.required,
            "sd": if claim.always_visible { "never" } else { "always" },
        }));
        if claim.form == ClaimForm::Texts {
            // A list is shown whole.
            claims.push(json!({ "path": [claim.name, null], "sd": "never" }));
        }
    }
    for name in ALWAYS_VISIBLE {
        let mandatory = name != "term" || kind == Kind::MemberMandate;
        claims.push(json!({
            "path": [name],
            "display": [{ "locale": "en", "label": name }],
            "mandatory": mandatory,
            "sd": "never",
        }));
    }
    json!({
        "vct": kind.vct(),
        "name": kind.as_str(),
        "description": format!("Shows {}.", kind.meaning().trim_start_matches("that you ")),
        "display": [{ "locale": "en", "name": words(kind.as_str()) }],
        "claims": claims,
    })
}

/// Writes a type's name as people do: `Member mandate`.
fn words(name: &str) -> String {
    let mut words = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
            words.push(c.to_ascii_lowercase());
        } else {
            words.push(c);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Code,
        credential::Draft,
        did::LocalResolver,
        encoding::strict_json,
        proof::sd_jwt::vc::{
            self, Binding, Policy, VerifiedVc,
            types::{Disclosability, Shown, TypeDocuments},
        },
        testing::world::World,
        verify::Budget,
    };

    fn catalogue() -> TypeDocuments {
        let mut documents = TypeDocuments::new();
        for kind in Kind::ALL {
            let json = type_metadata(kind).to_string();
            documents.insert(json.as_bytes()).unwrap();
        }
        documents
    }

    fn verified(change: impl FnOnce(&mut Draft)) -> VerifiedVc {
        let resolver = LocalResolver::new();
        let policy = Policy::new().with_dids(&resolver);
        let budget = &mut Budget::presentation();
        let text = World::new().issue(change);
        vc::verify(&text, &policy, Binding::NotRequired, World::now(), budget).unwrap()
    }

    #[test]
    fn every_type_has_metadata_that_can_be_read() {
        let documents = catalogue();
        for kind in Kind::ALL {
            let resolved = documents.resolve_type(kind.vct(), None).unwrap();
            for claim in kind.claims() {
                let path = vc::types::ClaimPath::of_name(claim.name);
                let found = resolved.claims().iter().find(|c| c.path == path).unwrap();
                let sd = if claim.always_visible {
                    Disclosability::Never
                } else {
                    Disclosability::Always
                };
                assert_eq!(
                    (found.sd, found.mandatory),
                    (Some(sd), Some(claim.required))
                );
            }
        }
        let display = &type_metadata(Kind::CommitteeMembership)["display"][0];
        assert_eq!(display["name"], "Committee membership");
    }

    #[test]
    fn a_mandate_is_as_its_type_says_and_as_no_other() {
        let documents = catalogue();
        let mandate = verified(|draft| {
            draft
                .claims
                .insert("languages", strict_json::Value::array(["es", "ca"]));
        });
        let resolved = documents.resolve(mandate.registered()).unwrap();
        for shown in [Shown::Everything, Shown::Part] {
            assert_eq!(resolved.check(&mandate, shown), Ok(()));
        }
        let other = documents
            .resolve_type(Kind::OfficeHolder.vct(), None)
            .unwrap();
        let found = other.check(&mandate, Shown::Part).map_err(|e| e.code());
        assert_eq!(found, Err(Code::SdJwtVcTypeRules));
    }
}
