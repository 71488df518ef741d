//! JSON Web Signatures with strict headers (RFC 7515).
