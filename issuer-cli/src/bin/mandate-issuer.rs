//! `mandate-issuer`: the secretariat's command line.

fn main() -> std::process::ExitCode {
    issuer_cli::cli::main()
}
