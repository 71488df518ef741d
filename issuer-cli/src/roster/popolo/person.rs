//! Reading a person.

use identity_core::encoding::strict_json::Value;

use super::values::{cleaned, items, text};
use crate::Code;
use crate::records::{Identifier, Member, Name, OtherName};
use crate::roster::about::About;
use crate::roster::report::Note;
use crate::roster::sheet::{Refusal, date};
use crate::roster::text::Use;

/// Reads a person. What a credential must show has to be right; whatever else is not is left out.
///
/// # Errors
/// A [`Refusal`] for a person without a name that can be shown.
pub(super) fn read(id: &str, person: &Value<'_>, notes: &mut Vec<Note>) -> Result<Member, Refusal> {
    if let Some(Value::Number(_)) = person.get("name") {
        return Err(Refusal::new(Code::RosterRowMalformed, "name is not a text"));
    }
    let own = cleaned(person, "name", Use::Shown)?;
    let mut about = About::new(Some(id), notes);
    let mut shown = |field| about.keep(cleaned(person, field, Use::Shown));
    let family = shown("family_name");
    let given = shown("given_name");
    let sort = shown("sort_name");
    let email = shown("email");
    let display = about.display_name(own, (&given, &family, &sort))?;
    let birth_date = text(person, "birth_date");
    let birth_date = birth_date.and_then(|text| date("birth_date", text.as_deref()));
    let birth_date = about.keep(birth_date);
    let image = about.keep(cleaned(person, "image", Use::Link));
    let mut other_names = Vec::new();
    for other in items(person, "other_names") {
        if let Some(name) = about.keep(cleaned(other, "name", Use::Shown)) {
            let lang = about.keep(cleaned(other, "lang", Use::Id));
            other_names.push(OtherName { name, lang });
        }
    }
    let mut identifiers = Vec::new();
    for other in items(person, "identifiers") {
        let scheme = about.keep(cleaned(other, "scheme", Use::Id));
        let identifier = about.keep(cleaned(other, "identifier", Use::Shown));
        if let (Some(scheme), Some(identifier)) = (scheme, identifier) {
            identifiers.push(Identifier { scheme, identifier });
        }
    }
    Ok(Member {
        name: Name {
            display,
            family,
            given,
            native: None,
            sort,
        },
        other_names,
        email,
        image,
        identifiers,
        birth_date,
        ..Member::new(id, "")
    })
}
