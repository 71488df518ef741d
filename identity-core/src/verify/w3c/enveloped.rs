//! Envelopes (VC Data Model 2.0 sections 4.13.1 and 4.13.2; Securing Verifiable Credentials using
//! JOSE and COSE).

use super::{Problem, problem::Findings};
use crate::{Code, credential::data_model::Place};

/// Refuses an envelope: none is read here yet.
pub(super) fn refuse(media_type: &str, at: &Place<'_>, found: &mut Findings) {
    let media_type: String = media_type.chars().take(64).collect();
    let detail = format!("envelopes of media type {media_type:?} are not read here");
    found.refuse(Problem::new(Code::VcMediaType, at, detail));
}
