//! `init`, `id`, `doctor`.

use cli_kit::{
    Context, ExitCode, Failure, Mark, passphrase::Purpose, run::system_rng, sealed::Cost,
    text::one_line,
};
use identity_core::presentation;
use serde_json::json;

use super::{now, open};
use crate::vault::{FILE_NAME, Vault};

pub(super) fn init(context: &mut Context) -> Result<ExitCode, Failure> {
    let home = context.home()?;
    let path = home.join(FILE_NAME);
    if path.exists() {
        let message = format!("there is a wallet in {} already", home.display());
        return Err(Failure::failed("vault.exists", message)
            .hint("name another folder with --home; nothing is overwritten"));
    }
    let passphrase = context.input.passphrase("the wallet", Purpose::Seal)?;
    Vault::create(&path, passphrase, Cost::STANDARD, &mut system_rng()?)?;
    let printer = &mut context.printer;
    if printer.is_json() {
        printer.json(&json!({ "schema": "mandate.wallet-init/1", "vault": path }))?;
    }
    printer.line(format!("the wallet is ready in {}", home.display()))?;
    printer.note("without the passphrase nobody can open it, not even the secretariat");
    printer.hint("enrol with: mandate-wallet enrol --code-file FILE --issuer CARD --out FILE");
    Ok(ExitCode::Done)
}

pub(super) fn id(context: &mut Context) -> Result<ExitCode, Failure> {
    let vault = open(context)?;
    let contents = vault.contents();
    let printer = &mut context.printer;
    if printer.is_json() {
        let items: Vec<_> = contents
            .keys
            .iter()
            .map(|key| json!({ "id": key.id, "issuer": key.issuer, "created": key.created }))
            .collect();
        printer.json_list("mandate.wallet-ids/1", &items)?;
        return Ok(ExitCode::Done);
    }
    for key in &contents.keys {
        let issuer = contents.issuer(&key.issuer);
        let issuer = issuer.map_or_else(|| key.issuer.to_string(), |i| one_line(&i.name));
        printer.line(format!("{}  for {issuer}", key.id))?;
    }
    if contents.keys.is_empty() {
        printer.note("no key yet: one is made with each enrolment");
    }
    Ok(ExitCode::Done)
}

pub(super) fn doctor(context: &mut Context) -> Result<ExitCode, Failure> {
    let vault = open(context)?;
    let mut found: Vec<String> = Vec::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let path = vault.path();
        let metadata = fs_err::metadata(path).map_err(|error| Failure::reading(path, &error))?;
        if metadata.permissions().mode() & 0o077 != 0 {
            found.push(format!(
                "{} can be read by others: chmod 600",
                path.display()
            ));
        }
    }
    let now = now();
    for credential in &vault.contents().credentials {
        match presentation::unverified_envelope(&credential.text) {
            Err(error) => found.push(format!("credential {}: {error}", credential.id)),
            Ok(envelope) if envelope.valid_until <= now.timestamp() => {
                found.push(format!("credential {} has expired", credential.id));
            }
            Ok(_) => {}
        }
    }
    let printer = &mut context.printer;
    if printer.is_json() {
        printer.json(&json!({ "schema": "mandate.wallet-doctor/1", "problems": found }))?;
    }
    for problem in &found {
        printer.marked(Mark::No, problem)?;
    }
    if found.is_empty() {
        printer.marked(Mark::Yes, "nothing needs attention")?;
        return Ok(ExitCode::Done);
    }
    Ok(ExitCode::Failed)
}
