//! One SD-JWT VC with ten disclosed claims, verified by us and by `ssi`, in turns in one run.
//!
//! Both start at the text, find the key by the did:key in `kid`, verify the issuer's signature, put the
//! disclosures in place, and read the claims. The holder's proof is left out of both.

use core::hint::black_box;

use identity_core::{did::LocalResolver, proof::sd_jwt::SdJwt, verify::Budget};
use mandate_peers::{at_once, compare};
use ssi::{
    claims::sd_jwt::SdJwt as Theirs,
    dids::{DIDKey, DIDResolver as _},
    prelude::VerificationParameters,
};
use testkit::world::World;

fn main() {
    let text = World::new().issue(|_| {});
    let ours = |text: &str| {
        let mut budget = Budget::presentation();
        let sd_jwt = SdJwt::parse(text, &mut budget);
        let verified =
            sd_jwt.and_then(|sd_jwt| sd_jwt.verify_vc(&LocalResolver::new(), &mut budget));
        verified.is_ok_and(|(_, disclosed)| black_box(disclosed).claims().get("seat").is_some())
    };
    let resolver = DIDKey.into_vm_resolver::<ssi::verification_methods::AnyMethod>();
    let parameters = VerificationParameters::from_resolver(resolver);
    let theirs = |text: &str| {
        let sd_jwt = Theirs::new(text).unwrap();
        let verified = at_once(sd_jwt.decode_reveal_verify_any(&parameters));
        verified.is_ok_and(|(revealed, verification)| {
            let _claims = black_box(revealed);
            verification.is_ok()
        })
    };
    // Both must say yes to this one and no to another.
    let (first, rest) = text.split_once('.').unwrap();
    let changed = format!("{first}.{}", rest.replacen('A', "B", 1));
    assert!(ours(&text) && theirs(&text) && !ours(&changed) && !theirs(&changed));
    compare("SD-JWT VC, ten claims disclosed", &text, ours, theirs);
}
