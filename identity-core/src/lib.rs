//! DIDs, keys, mandate credentials, proofs, status, trust and verification, without input or output.
