//! The control keys of an accreditor with a did:webvh: the announced one takes over, and another is made and
//! announced behind it.

use cli_kit::{
    Failure, Passphrase,
    files::{self, Access, Durability},
};
use fs_err as fs;
use identity_core::{
    did::webvh::{self, Draft, WebvhError},
    key::{Algorithm, SecretKey, Signer as _},
    status::Instant,
};
use rand_core::CryptoRng;

use super::{
    Archive,
    error::{core, damaged},
    keys::{open_sealed, seal, write},
};

impl Archive {
    /// Lets the announced control key take over, and returns the number of the log's new entry.
    ///
    /// The new next key is sealed before it is announced. An interruption leaves a key under its former
    /// name: the one that the log announces is looked for by its hash.
    ///
    /// # Errors
    /// `usage.invalid` for a did:key, whose key is the DID; `accreditor.damaged` when the announced key is
    /// not there.
    pub fn rotate_control(
        &self,
        passphrase: &Passphrase,
        now: Instant,
        rng: &mut impl CryptoRng,
    ) -> Result<u64, Failure> {
        let Some((history, log)) = self.history.as_ref().zip(self.did_log.as_ref()) else {
            return Err(Failure::usage(
                "the DID is the key: with another key it would be another accreditor",
            )
            .hint("a did:key is for trials; found an accreditor with --did webvh:HOST"));
        };
        let secrets = self.path.join("secrets");
        let announced = &history.latest().parameters.next_key_hashes;
        let mut control = None;
        for name in ["next.key", "next.new.key"] {
            let path = secrets.join(name);
            if !path.exists() {
                continue;
            }
            let key = open_sealed(&path, passphrase)?;
            if announced.contains(&webvh::key_hash(&key.public_key().to_multikey())) {
                control = Some((path, key));
            }
        }
        let (found, control) = control.ok_or_else(|| damaged(&secrets.join("next.key")))?;
        if found.ends_with("next.new.key") {
            rename(&found, &secrets.join("next.key"))?;
        }
        let next = SecretKey::generate(Algorithm::EdDsa, rng);
        let new = secrets.join("next.new.key");
        write(&new, &seal(&next, passphrase, rng, &new)?)?;
        // A second later at least: the log's instants go up.
        let at = now.timestamp().max(history.latest().version_time);
        let refused = |error: WebvhError| core(error.code(), &error);
        let signed = Draft::update(history)
            .map(|draft| {
                draft
                    .control(&[control.public_key().clone()])
                    .announce(&[next.public_key().clone()])
            })
            .and_then(|draft| draft.prepare(webvh::Profile::A, at))
            .and_then(|unsigned| unsigned.sign(&control, now.timestamp()))
            .map_err(refused)?;
        let log = format!("{log}{}", signed.line);
        files::write_atomic(
            &self.path.join("did.jsonl"),
            log.as_bytes(),
            Access::Public,
            Durability::Synced,
        )?;
        rename(&secrets.join("next.key"), &secrets.join("control.key"))?;
        rename(&new, &secrets.join("next.key"))?;
        Ok(signed.version.number)
    }
}

fn rename(from: &std::path::Path, to: &std::path::Path) -> Result<(), Failure> {
    if files::is_rehearsal() {
        return Ok(());
    }
    fs::rename(from, to).map_err(|error| Failure::writing(to, &error))
}
