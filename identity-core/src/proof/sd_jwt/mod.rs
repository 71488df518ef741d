//! Selective disclosure for JWTs (RFC 9901) and SD-JWT VC.
