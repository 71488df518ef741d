//! The verification sidecar: the verifier behind HTTP, for programs in other languages
//! (`spec/80-sidecar.md`).
//!
//! A request goes through `connection` (how many, how slow), `guard` (how many at once, which
//! headers), `intake` (how large, how slow, which JSON) and `work` (how many at once compute) before a
//! route under `routes` answers it. Nothing is ever fetched: `evidence` and `references` hold what was
//! handed in.

mod code;
mod connection;
mod evidence;
mod guard;
mod intake;
mod limits;
mod log;
mod looks;
mod metrics;
mod problem;
mod references;
mod routes;
mod server;
mod tls;
mod work;

pub use code::ServeCode;
pub(crate) use evidence::Sources;
pub(crate) use limits::Limits;
pub(crate) use references::ReferenceFiles;
pub(crate) use server::{Settings, run};
