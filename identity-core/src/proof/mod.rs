//! Proofs: JOSE, SD-JWT and Data Integrity.

pub mod data_integrity;
pub mod jose;
pub mod sd_jwt;
