//! The parallel did:web document (section "Publishing a Parallel did:web DID").

use super::{DidHistory, WebvhError, address};
use crate::{
    did::Did,
    encoding::{
        jcs,
        strict_json::{self, Limits, Object, Value},
    },
};

/// Returns the document of the did:web DID of the same place, for readers that know no did:webvh: the
/// content of `did.json`.
///
/// It is the latest document under the other name, with the two services that every did:webvh DID has
/// without saying so, and the did:webvh DID in `alsoKnownAs`. Nothing protects its history.
///
/// # Errors
/// [`WebvhError::Ended`] when the DID has ended, and [`WebvhError`] when the document cannot be written
/// under the other name.
pub fn web_document(history: &DidHistory) -> Result<Value<'static>, WebvhError> {
    if history.is_deactivated() {
        return Err(WebvhError::Ended);
    }
    let did = history.did();
    let json = history.latest().document_json.as_bytes();
    let Value::Object(mut document) = strict_json::parse(json, &Limits::small())? else {
        return Err(WebvhError::malformed("a state is no object"));
    };
    add_services(did, &mut document)?;
    // The identifier has only letters and digits, so that it stands in the text as it is.
    let text = jcs::canonicalize_object(&document, None)?;
    let text = String::from_utf8(text);
    let text = text.map_err(|_| WebvhError::malformed("a state is not UTF-8"))?;
    let text = text.replace(&format!("did:webvh:{}:", history.scid()), "did:web:");
    let read = strict_json::parse(text.as_bytes(), &Limits::small())?.into_owned();
    let Value::Object(mut document) = read else {
        return Err(WebvhError::malformed("a state is no object"));
    };
    let own = address::web_did(did)?;
    let mut known_as: Vec<String> = Vec::new();
    let listed = document.get("alsoKnownAs").and_then(Value::as_array);
    let listed = listed.unwrap_or_default().iter().filter_map(Value::as_str);
    for name in listed.chain([did.as_str()]) {
        if name != own.as_str() && !known_as.iter().any(|known| known == name) {
            known_as.push(name.to_owned());
        }
    }
    document.insert("alsoKnownAs", Value::array(known_as));
    Ok(document.into())
}

/// Adds the services `#files` and `#whois` where the document has none of that name (section "DID URL
/// Resolution").
fn add_services(did: &Did, document: &mut Object<'_>) -> Result<(), WebvhError> {
    let (base, _) = address::base(did)?;
    let implied = [
        ("files", "relativeRef", base.clone(), None),
        (
            "whois",
            "LinkedVerifiablePresentation",
            format!("{base}/whois.vp"),
            Some("https://identity.foundation/linked-vp/contexts/v1"),
        ),
    ];
    let mut services = match document.remove("service") {
        None => Vec::new(),
        Some(Value::Array(services)) => services,
        Some(_) => return Err(WebvhError::malformed("service is no array")),
    };
    for (name, kind, endpoint, context) in implied {
        let names = [format!("#{name}"), format!("{did}#{name}")];
        let has = |service: &Value<'_>| {
            let id = service.get("id").and_then(Value::as_str);
            id.is_some_and(|id| names.iter().any(|name| name == id))
        };
        if services.iter().any(has) {
            continue;
        }
        let mut service = Object::default();
        if let Some(context) = context {
            service.insert("@context", context.into());
        }
        service.insert("id", format!("{did}#{name}").into());
        service.insert("type", kind.into());
        service.insert("serviceEndpoint", endpoint.into());
        services.push(service.into());
    }
    document.insert("service", Value::Array(services));
    Ok(())
}
