//! What the programs that others' test suites drive share. They sign, or say yes, for anybody who asks:
//! they listen on this machine alone, and nothing of them is in the shipped programs.

mod serve;

pub use serve::{Listen, problem, serve, strict};
