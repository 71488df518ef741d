//! `mandate-verifier`: the verifier's command line.

fn main() -> std::process::ExitCode {
    verifier_lib::cli::main()
}
