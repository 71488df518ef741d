//! Text and document encodings: base64url, multibase, strict JSON, canonical JSON.
