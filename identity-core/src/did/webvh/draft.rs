//! Entries as drafts: what a new entry is to change (sections "Create (Register)", "Update (Rotate)" and
//! "Deactivate (Revoke)").

use jiff::Timestamp;

use super::{
    Content, DidHistory, METHOD, PLACEHOLDER, Parameters, Profile, Unsigned, Version, WebvhError,
    Witnesses, address,
    canonical::{self, Canonical},
    hash,
    keys::Keys,
};
use crate::{
    did::DidDocument,
    encoding::strict_json::{self, Limits, Object, Value},
    key::PublicKey,
};

/// The next entry of a log, before it is prepared for signing.
///
/// What is not said stays as it was. Where the entry before announced control keys, these keys have to
/// be [taken over](Self::control) and the ones behind them [announced](Self::announce).
#[derive(Clone, Debug)]
#[must_use]
pub struct Draft<'h> {
    before: Option<&'h DidHistory>,
    place: String,
    content: Content,
    /// The DID's name before it moves.
    former: Option<String>,
    control: Option<Vec<String>>,
    announced: Option<Vec<String>>,
    witness: Option<Value<'static>>,
    watchers: Option<Vec<String>>,
    portable: Option<bool>,
    ttl: Option<u32>,
    deactivated: bool,
}

impl<'h> Draft<'h> {
    /// The first entry of a new DID at a place: a domain with an optional port and path as a DID writes
    /// them, such as `parliament.example` or `parliament.example%3A8443:units:clerk`.
    ///
    /// # Errors
    /// [`WebvhError::Did`] when no DID can have that place.
    pub fn genesis(
        place: &str,
        control: &[PublicKey],
        content: Content,
    ) -> Result<Self, WebvhError> {
        check_written_place(place)?;
        let draft = Self {
            before: None,
            place: place.to_owned(),
            content,
            former: None,
            control: None,
            announced: None,
            witness: None,
            watchers: None,
            portable: None,
            ttl: None,
            deactivated: false,
        };
        Ok(draft.control(control))
    }

    /// The entry behind the latest one, with its document.
    ///
    /// # Errors
    /// [`WebvhError::Ended`] when the DID has ended.
    pub fn update(history: &'h DidHistory) -> Result<Self, WebvhError> {
        if history.is_deactivated() {
            return Err(WebvhError::Ended);
        }
        let (_, place) = address::parts(history.did())?;
        Ok(Self {
            before: Some(history),
            place: place.to_owned(),
            content: Content::of(history)?,
            former: None,
            control: None,
            announced: None,
            witness: None,
            watchers: None,
            portable: None,
            ttl: None,
            deactivated: false,
        })
    }

    /// Says what the document is to say.
    pub fn content(mut self, content: Content) -> Self {
        self.content = content;
        self
    }

    /// Names the keys that control the DID from now on: where keys were announced, some of those.
    pub fn control(mut self, keys: &[PublicKey]) -> Self {
        self.control = Some(keys.iter().map(PublicKey::to_multikey).collect());
        self
    }

    /// Announces the keys that may control the DID behind this entry, by their hashes; nothing says
    /// which they are before one of them signs. None switches announcing off.
    pub fn announce(mut self, keys: &[PublicKey]) -> Self {
        let hashes = keys.iter().map(|key| hash::key_hash(&key.to_multikey()));
        self.announced = Some(hashes.collect());
        self
    }

    /// Names the witnesses of the entries behind this one; of this one too where there were none.
    pub fn witness(mut self, witnesses: &Witnesses) -> Self {
        self.witness = Some(witnesses.to_value());
        self
    }

    /// Does away with the witnesses; those in force have to witness that.
    pub fn without_witness(mut self) -> Self {
        self.witness = Some(Object::default().into());
        self
    }

    /// Names who watches the DID, as URLs.
    pub fn watchers(mut self, watchers: Vec<String>) -> Self {
        self.watchers = Some(watchers);
        self
    }

    /// Says whether the DID may move: `true` in the first entry alone.
    pub const fn portable(mut self, portable: bool) -> Self {
        self.portable = Some(portable);
        self
    }

    /// Says how long a resolved DID may be kept, in seconds.
    pub const fn ttl(mut self, seconds: u32) -> Self {
        self.ttl = Some(seconds);
        self
    }

    /// Ends the DID: this is its last entry.
    pub fn deactivate(mut self) -> Self {
        self.deactivated = true;
        // Nothing comes behind it that a key could control.
        self.announced = Some(Vec::new());
        self
    }

    /// Moves the DID to another place; its former name goes into `alsoKnownAs`.
    ///
    /// # Errors
    /// [`WebvhError::Moved`] when it may not move, [`WebvhError::Did`] when no DID can have that place.
    pub fn move_to(mut self, place: &str) -> Result<Self, WebvhError> {
        check_written_place(place)?;
        let before = self
            .before
            .filter(|before| before.latest().parameters.portable);
        let before = before.ok_or_else(|| WebvhError::Moved {
            entry: self.before.map_or(1, |before| before.latest().number + 1),
            reason: "it is not portable",
        })?;
        self.former = Some(before.did().to_string());
        place.clone_into(&mut self.place);
        Ok(self)
    }

    /// Makes the entry of this instant, in whole seconds, ready to be signed.
    ///
    /// # Errors
    /// [`WebvhError`] when the entry would break a rule of the method or of the profile.
    pub fn prepare(self, profile: Profile, time: Timestamp) -> Result<Unsigned, WebvhError> {
        let before = self.before.map(DidHistory::latest);
        let number = before.map_or(1, |before| before.number + 1);
        let time = format!("{time:.0}");
        let scid = self.before.map_or(PLACEHOLDER, DidHistory::scid);
        let did = format!("did:webvh:{scid}:{}", self.place);
        let parameters = self.parameters(profile, before);
        let mut content = self.content;
        content
            .also_known_as
            .extend(self.former.into_iter().filter({
                let known = content.also_known_as.clone();
                move |former| !known.contains(former)
            }));
        let state = content.write(profile, &did, &self.place);
        let (scid, parameters, state) = match self.before {
            Some(before) => (before.scid().to_owned(), parameters, state),
            None => fill_in(&parameters, state, &time)?,
        };
        let state = Value::from(state);
        let canonical = Canonical::new(&parameters, canonical::text(&state)?.into(), &time)?;
        let in_force = Parameters::read(
            number,
            &parameters,
            before.map(|before| &before.parameters),
            &mut Keys::default(),
        )?;
        let document = DidDocument::from_value(&state)?;
        profile.check_version(&in_force, &document, &state)?;
        let previous_id = before.map_or(scid.as_str(), |before| before.version_id.as_str());
        let entry_hash = hash::multihash(&canonical.hash(previous_id));
        let control = match before {
            Some(before) if !before.parameters.has_pre_rotation() => &before.parameters,
            _ => &in_force,
        };
        let old_list = before.and_then(|before| before.parameters.witness.clone());
        Ok(Unsigned {
            version_id: format!("{number}-{entry_hash}"),
            number,
            did: document.id().clone(),
            controlled_by: control.update_keys.clone(),
            witnesses: old_list.or_else(|| in_force.witness.clone()),
            time,
            canonical,
            scid,
            before: before.cloned(),
        })
    }

    fn parameters(&self, profile: Profile, before: Option<&Version>) -> Object<'static> {
        let mut written = Object::default();
        if before.is_none() {
            written.insert("method", METHOD.into());
            written.insert("scid", PLACEHOLDER.into());
        }
        let texts = |texts: &[String]| Value::array(texts.iter().cloned());
        if let Some(control) = &self.control {
            written.insert("updateKeys", texts(control));
        }
        if let Some(announced) = &self.announced {
            written.insert("nextKeyHashes", texts(announced));
        }
        // Profile B says what it does not have; others read the first entry's silence as no.
        let says_no = before.is_none() && profile == Profile::B;
        match &self.witness {
            Some(witnesses) => drop(written.insert("witness", witnesses.clone())),
            None if says_no => drop(written.insert("witness", Object::default().into())),
            None => {}
        }
        match &self.watchers {
            Some(watchers) => drop(written.insert("watchers", texts(watchers))),
            None if says_no => drop(written.insert("watchers", texts(&[]))),
            None => {}
        }
        // The method asks that the first entry say it.
        let portable = self.portable.or_else(|| before.is_none().then_some(false));
        if let Some(portable) = portable {
            written.insert("portable", portable.into());
        }
        if let Some(ttl) = self.ttl {
            written.insert("ttl", u64::from(ttl).into());
        }
        if self.deactivated {
            written.insert("deactivated", true.into());
        }
        written
    }
}

/// Checks a place that is written anew: as [`address::check_place`], and in the one spelling that
/// producers use, `%3A` in capitals and a domain in lower case.
fn check_written_place(place: &str) -> Result<(), WebvhError> {
    address::check_place(place)?;
    let domain = place.split(':').next().unwrap_or_default();
    if domain
        .replace("%3A", "")
        .bytes()
        .any(|b| b.is_ascii_uppercase())
        || domain.contains("%3a")
    {
        return Err(WebvhError::malformed("the domain has a capital letter"));
    }
    Ok(())
}

/// Computes the identifier of a first entry and puts it in place of the placeholder (section "Generate
/// SCID").
fn fill_in(
    parameters: &Object<'static>,
    state: Object<'static>,
    time: &str,
) -> Result<(String, Object<'static>, Object<'static>), WebvhError> {
    let state = canonical::text(&state.into())?.into();
    let text = Canonical::new(parameters, state, time)?.text(PLACEHOLDER);
    let scid = hash::of(text.as_bytes());
    let text = text.replace(PLACEHOLDER, &scid);
    let entry = strict_json::parse(text.as_bytes(), &Limits::small())?.into_owned();
    let Value::Object(mut entry) = entry else {
        return Err(WebvhError::malformed("an entry is no object"));
    };
    match (entry.remove("parameters"), entry.remove("state")) {
        (Some(Value::Object(parameters)), Some(Value::Object(state))) => {
            Ok((scid, parameters, state))
        }
        _ => Err(WebvhError::malformed("an entry lacks a member")),
    }
}
