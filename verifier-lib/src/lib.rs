//! The offline verifier that parliament IT embeds, and mandate-verifier, its command line.
