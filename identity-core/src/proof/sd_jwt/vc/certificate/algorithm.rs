//! The signature algorithms of certificates: those of [`PublicKey`], which checks them.

use p256::ecdsa::signature::Verifier as _;
use rustls_pki_types::{
    AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id,
};

use crate::key::{Algorithm, PublicKey, Signature};

/// Ed25519, and ECDSA over P-256 with SHA-256.
pub(super) const ALL: &[&dyn SignatureVerificationAlgorithm] = &[&Ed25519, &EcdsaP256];

#[derive(Debug)]
struct Ed25519;

#[derive(Debug)]
struct EcdsaP256;

impl SignatureVerificationAlgorithm for Ed25519 {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let key = PublicKey::from_bytes(Algorithm::EdDsa, public_key);
        let signature = Signature::from_slice(signature).map_err(|_| InvalidSignature)?;
        key.map_err(|_| InvalidSignature)?
            .verify(message, &signature)
            .map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ED25519
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ED25519
    }
}

impl SignatureVerificationAlgorithm for EcdsaP256 {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        // In certificates the signature is a DER sequence (RFC 5480 appendix A), not 64 bytes.
        let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(public_key);
        let signature = p256::ecdsa::Signature::from_der(signature);
        let (Ok(key), Ok(signature)) = (key, signature) else {
            return Err(InvalidSignature);
        };
        key.verify(message, &signature)
            .map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P256
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA256
    }
}
