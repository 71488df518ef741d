//! Others' implementations against ours: they sign and we verify, we sign and they verify, and a change
//! is refused by both. `make interop` installs them.

mod data_integrity;
mod generate;
mod jose;
mod peer;
mod sd_jwt;
mod status;
