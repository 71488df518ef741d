//! The log: one JSON object a line on standard error.
//!
//! It names requests, routes, codes and instants; never a claim, a name, a member's DID or a body.

use std::panic;

use cli_kit::Context;
use tracing::{Level, error};

/// Starts the log of this process; with `-q` only what is wrong is said.
pub(super) fn start(context: &Context) {
    let level = if context.args.quiet {
        Level::WARN
    } else {
        Level::INFO
    };
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .with_max_level(level)
        .with_writer(std::io::stderr);
    // Another log stands already where tests run in one process.
    let _ = subscriber.try_init();
    // The message of a fault may quote what it was computing on; its place does not.
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        error!(event = "fault", place);
    }));
}
