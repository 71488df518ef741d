//! `mandate-wallet`: the member's command line.

fn main() -> std::process::ExitCode {
    wallet::cli::main()
}
