//! `backup create`, `backup restore`: one sealed file with secrets, profile and store.

use std::{
    io::{IsTerminal as _, Write as _},
    path::{Path, PathBuf},
};

use clap::Subcommand;
use cli_kit::{
    Context, ExitCode, Failure,
    files::{self, Access, Durability},
    output,
    passphrase::{Passphrase, Purpose},
    run::system_rng,
    sealed::{self, Cost},
};
use fs_err as fs;
use identity_core::{
    encoding::{
        base64url,
        strict_json::{self, Limits},
    },
    status::Instant,
    trust::Bundle,
    verify::Budget,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use zeroize::Zeroizing;

use super::{
    changing::{LOG, PENDING, WITNESS},
    control::{CONTROL, FOLDER},
    home::Home,
};
use crate::{
    did::{DidCode, DidLog},
    office::{Actor, Counters, OfficeCode, Profile},
    store::{Batch, Family, RocksStore, Store as _},
};

const SCHEMA: &str = "mandate.issuer-backup/1";
/// The flag for a file with a passphrase of the backup's own.
const OWN_PASSPHRASE: &str = "--backup-passphrase-file";
/// The issuing key in a file of its own or on a token; officers who share it have it in the store.
const ISSUING: [&str; 2] = ["secrets/issuing.key", "secrets/issuing.token"];
/// The slots of the officers.
const SLOTS: &str = "secrets/officers/";
/// What a home consists of, beside its store: of each line one.
const FILES: [&[&str]; 5] = [
    &["issuer.json"],
    &["secrets/machine.key"],
    &["secrets/status.key", "secrets/status.token"],
    &["secrets/journal.key"],
    &["journal.head"],
];

/// What a home with a did:webvh has beside that; its control keys too, unless they are kept elsewhere.
const OF_A_HISTORY: [&str; 4] = [LOG, WITNESS, PENDING, CONTROL];

/// Names what a home may hold of a DID with a history.
fn of_a_history(home: &Path) -> Result<Vec<String>, Failure> {
    let mut names: Vec<String> = OF_A_HISTORY.map(str::to_owned).to_vec();
    let folder = home.join(FOLDER);
    if folder.is_dir() {
        let entries = fs::read_dir(&folder).map_err(|error| Failure::reading(&folder, &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| Failure::reading(&folder, &error))?;
            names.push(format!("{FOLDER}/{}", entry.file_name().to_string_lossy()));
        }
    }
    names.retain(|name| home.join(name).exists() && may_hold(name));
    Ok(names)
}

/// Whether a backup may hold a file of this name.
fn may_hold(name: &str) -> bool {
    let number = name.strip_prefix("secrets/control/control-");
    let number = number.and_then(|rest| rest.strip_suffix(".key"));
    let is_control = number.is_some_and(|number| {
        !number.is_empty() && number.len() < 20 && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    let one_of = |names: &[&str]| names.contains(&name);
    is_control
        || is_slot(name)
        || one_of(&OF_A_HISTORY)
        || one_of(&ISSUING)
        || one_of(&FILES.concat())
}

/// The verbs of `backup`.
#[derive(Subcommand, Debug)]
pub(super) enum BackupCommand {
    /// Write everything into one sealed file
    Create {
        /// Where to, refusing to overwrite; - for standard output
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Seal it under the passphrase in this file; without it, under that of the issuing key
        #[arg(long, value_name = "FILE")]
        backup_passphrase_file: Option<PathBuf>,
    },
    /// Bring a backup back into an empty home
    Restore {
        /// The backup
        file: PathBuf,
        /// Open it with the passphrase in this file; without it, with that of the issuing key
        #[arg(long, value_name = "FILE")]
        backup_passphrase_file: Option<PathBuf>,
        /// The bundle.json that was published last: what was revoked, suspended or ended after the
        /// backup is taken over from it
        #[arg(long, value_name = "FILE")]
        published: Option<PathBuf>,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    schema: String,
    /// When it was made; files of before say nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<Instant>,
    files: Vec<(String, String)>,
    records: Vec<(String, String, String)>,
}

pub(super) fn run(command: &BackupCommand, context: &mut Context) -> Result<ExitCode, Failure> {
    match command {
        BackupCommand::Create {
            out,
            backup_passphrase_file,
        } => create(out, backup_passphrase_file.as_deref(), context),
        BackupCommand::Restore {
            file,
            backup_passphrase_file,
            published,
        } => restore(
            file,
            backup_passphrase_file.as_deref(),
            published.as_deref(),
            context,
        ),
    }
}

/// Whether a name in a backup is that of an officer's slot, in its folder and nowhere else.
fn is_slot(name: &str) -> bool {
    let slot = name
        .strip_prefix(SLOTS)
        .and_then(|name| name.strip_suffix(".slot"));
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    slot.is_some_and(|id| !id.is_empty() && id.bytes().all(plain))
}

fn create(
    out: &Path,
    passphrase_file: Option<&Path>,
    context: &mut Context,
) -> Result<ExitCode, Failure> {
    let to_stdout = out.as_os_str() == "-";
    if to_stdout && std::io::stdout().is_terminal() {
        return Err(Failure::usage("a backup is no text for a terminal")
            .hint("name a file with --out, or send standard output to a program or file"));
    }
    let home = Home::open(context)?;
    output::allow(out, "--out")?;
    let pass = match passphrase_file {
        Some(from) => context.input.passphrase_from(
            (Some(from), OWN_PASSPHRASE),
            "the backup",
            Purpose::Seal,
        )?,
        None => own_passphrase(&home, context)?,
    };
    let plain = contents(&home)?;
    let sealed = sealed::seal(&plain, &pass, Cost::STANDARD, &mut system_rng()?)
        .map_err(|error| error.failure(out))?;
    if to_stdout {
        send(&sealed)?;
    } else {
        files::create_new(out, &sealed, Access::Private, Durability::Synced)?;
        if context.printer.is_json() {
            context
                .printer
                .json(&json!({ "schema": "mandate.backup-created/1", "file": out }))?;
        }
        context
            .printer
            .line(format!("backup written to {}", out.display()))?;
    }
    context
        .printer
        .hint("keep it apart from this machine, and its passphrase apart from it");
    Ok(ExitCode::Done)
}

/// Returns the issuing key's passphrase once it has opened the key: a backup under a mistyped one could
/// never be opened.
fn own_passphrase(home: &Home, context: &mut Context) -> Result<Passphrase, Failure> {
    if let (_, Some(passphrase)) = home.actor_and_passphrase(context)? {
        return Ok(passphrase);
    }
    if home.token_record("issuing")?.is_some() {
        // A token's PIN is short, and a token counts how often it was wrong; a file does not.
        return context
            .input
            .passphrase_from((None, OWN_PASSPHRASE), "the backup", Purpose::Seal);
    }
    let passphrase = context.input.passphrase("the issuing key", Purpose::Open)?;
    home.issuing_key_under(&passphrase)?;
    Ok(passphrase)
}

/// Sends bytes that are no text to standard output: past the printer, which takes out of a text what a
/// terminal would obey.
fn send(bytes: &[u8]) -> Result<(), Failure> {
    if files::is_rehearsal() {
        return Ok(());
    }
    let mut out = std::io::stdout().lock();
    let sent = out.write_all(bytes).and_then(|()| out.flush());
    sent.map_err(|error| Failure::writing(Path::new("standard output"), &error))
}

/// Returns what goes into a backup.
fn contents(home: &Home) -> Result<Zeroizing<Vec<u8>>, Failure> {
    // With the lock, so that files and store are of one moment.
    let desk = home.desk_as(Actor::Nobody)?;
    let mut contents = Contents {
        schema: SCHEMA.to_owned(),
        created: Some(super::now()),
        files: Vec::new(),
        records: Vec::new(),
    };
    let there = |name: &&&str| home.path.join(name).exists();
    let of_line = |names: &&[&str]| (*names.iter().find(there).unwrap_or(&names[0])).to_owned();
    let mut names: Vec<String> = FILES.iter().map(of_line).collect();
    names.extend(ISSUING.iter().find(there).map(|name| (*name).to_owned()));
    if home.officers_folder().exists() {
        let folder = home.officers_folder();
        for entry in fs::read_dir(&folder).map_err(|error| Failure::reading(&folder, &error))? {
            let entry = entry.map_err(|error| Failure::reading(&folder, &error))?;
            names.extend(
                entry
                    .file_name()
                    .to_str()
                    .map(|name| format!("{SLOTS}{name}")),
            );
        }
    }
    for name in names {
        let bytes = files::read_bounded(&home.path.join(&name), 1 << 20)?;
        contents.files.push((name, base64url::encode(&bytes)));
    }
    for name in of_a_history(&home.path)? {
        let bytes = files::read_bounded(&home.path.join(&name), 16 << 20)?;
        contents.files.push((name, base64url::encode(&bytes)));
    }
    for family in Family::ALL {
        desk.office.store().visit(family, &mut |key, value| {
            contents.records.push((
                family.as_str().to_owned(),
                base64url::encode(key),
                base64url::encode(value),
            ));
            Ok(())
        })?;
    }
    serde_json::to_vec(&contents)
        .map(Zeroizing::new)
        .map_err(|error| Failure::from_error("file.unwritable", &error))
}

/// Opens the bundle that was published last, and holds it to be this issuer's before anything is written.
/// Returns it with the log of its DID.
fn last_bundle(file: &Path, contents: &Contents) -> Result<(Bundle, Option<String>), Failure> {
    let bytes = files::read_bounded(file, 256 << 20)?;
    let bundle = Bundle::open(&bytes, &mut Budget::bundle()).map_err(|error| {
        Failure::from_error(error.code().as_str(), &error)
            .hint("give the bundle.json that this issuer published last")
    })?;
    let profile = contents
        .files
        .iter()
        .find(|(name, _)| name == "issuer.json");
    let profile = profile.and_then(|(_, text)| base64url::decode(text).ok());
    let profile: Option<Profile> = profile.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    if profile.is_some_and(|profile| profile.did == *bundle.signer().did()) {
        return Ok((bundle, log_in(&bytes)));
    }
    let message = format!("the bundle is that of {}", bundle.signer().did());
    Err(
        Failure::failed(OfficeCode::BackupForeignBundle.as_str(), message)
            .hint("give the bundle.json that this issuer published last"),
    )
}

/// Returns the log of the DID that a bundle carries; the bundle has been verified before.
fn log_in(bundle: &[u8]) -> Option<String> {
    let jws = strict_json::parse(bundle, &Limits::large()).ok()?;
    let payload = jws.get("payload")?.as_str()?;
    let payload = base64url::decode(payload).ok()?;
    let content = strict_json::parse(&payload, &Limits::large()).ok()?;
    content.get("didLog")?.as_str().map(str::to_owned)
}

/// Returns the log of a bundle that goes on from the one of the backup, if it does.
fn published_log(
    bundle: Option<&(Bundle, Option<String>)>,
    contents: &Contents,
) -> Result<Option<String>, Failure> {
    let Some((bundle, Some(log))) = bundle else {
        return Ok(None);
    };
    let kept = contents.files.iter().find(|(name, _)| name == LOG);
    let kept = kept.and_then(|(_, text)| base64url::decode(text).ok());
    let kept = kept.and_then(|bytes| String::from_utf8(bytes).ok());
    let did = bundle.signer().did();
    let Some(kept) = kept else { return Ok(None) };
    let now = cli_kit::run::now();
    let kept = DidLog::read(did, kept, None, now)?;
    let published = DidLog::read(did, log.clone(), None, now)?;
    let (number, hash) = kept.history().head();
    if published.history().extends(number, hash).is_ok() {
        return Ok(Some(log.clone()));
    }
    let (number, hash) = published.history().head();
    if kept.history().extends(number, hash).is_ok() {
        return Ok(None);
    }
    let message = "the bundle tells another history of the DID than the backup";
    Err(Failure::failed(DidCode::DidDiffers.as_str(), message)
        .hint("find out who else has the control keys, before anything is restored"))
}

/// Takes away what a restoration wrote that could not be finished.
fn undo(home: &Path, contents: &Contents) {
    for (name, _) in &contents.files {
        fs::remove_file(home.join(name)).ok();
    }
    fs::remove_dir_all(home.join("db")).ok();
}

fn restore(
    file: &Path,
    passphrase_file: Option<&Path>,
    published: Option<&Path>,
    context: &mut Context,
) -> Result<ExitCode, Failure> {
    let path = context.home()?;
    if path.join("issuer.json").exists() || path.join("db").exists() {
        let message = format!("there is an issuer in {} already", path.display());
        return Err(Failure::failed("issuer.exists", message)
            .hint("name an empty folder with --home; nothing is overwritten"));
    }
    let bytes = files::read_bounded(file, 4 << 30)?;
    let pass = match passphrase_file {
        Some(from) => context.input.passphrase_from(
            (Some(from), OWN_PASSPHRASE),
            "the backup",
            Purpose::Open,
        )?,
        None => context.input.passphrase("the backup", Purpose::Open)?,
    };
    let plain = sealed::open(&bytes, &pass).map_err(|error| error.failure(file))?;
    let damaged = || {
        Failure::failed("backup.damaged", "the file is no backup of an issuer")
            .hint("name a file that mandate-issuer backup create has written")
    };
    let mut contents: Contents = serde_json::from_slice(&plain).map_err(|_| damaged())?;
    let count = |names: &[&str]| {
        let there = contents.files.iter();
        there
            .filter(|(file, _)| names.contains(&file.as_str()))
            .count()
    };
    let any_slot = contents.files.iter().any(|(file, _)| is_slot(file));
    if contents.schema != SCHEMA
        || !FILES.iter().all(|names| count(names) == 1)
        || (count(&ISSUING) != 1 && !(any_slot && count(&ISSUING) == 0))
        || !contents.files.iter().all(|(name, _)| may_hold(name))
    {
        return Err(damaged());
    }
    let published = published
        .map(|file| last_bundle(file, &contents))
        .transpose()?;
    // What was published of the DID since is not taken back.
    let log = published_log(published.as_ref(), &contents)?;
    if let Some(log) = &log {
        let encoded = base64url::encode(log.as_bytes());
        for (_, content) in contents.files.iter_mut().filter(|(name, _)| name == LOG) {
            content.clone_from(&encoded);
        }
    }
    files::make_private_dir(&path)?;
    files::make_private_dir(&path.join("secrets"))?;
    let mut batch = Batch::default();
    let mut counters = Counters::default();
    for (family, key, value) in &contents.records {
        let family = Family::ALL.into_iter().find(|f| f.as_str() == family);
        let family = family.ok_or_else(damaged)?;
        let key = base64url::decode(key).map_err(|_| damaged())?;
        let value = base64url::decode(value).map_err(|_| damaged())?;
        counters.see(family, &key, &value)?;
        batch.put_bytes(family, &key, value);
    }
    counters.move_past(super::now(), &mut batch)?;
    if !context.args.dry_run {
        RocksStore::create(&path.join("db"))?.write(batch)?;
    }
    if any_slot {
        files::make_private_dir(&path.join(SLOTS))?;
    }
    // The profile last: a home with a profile is complete.
    for (name, content) in contents.files.iter().rev() {
        if name.starts_with(FOLDER) {
            files::make_private_dir(&path.join(FOLDER))?;
        }
        let bytes = base64url::decode(content)
            .map(Zeroizing::new)
            .map_err(|_| damaged())?;
        files::create_new(
            &path.join(name),
            &bytes,
            Access::Private,
            Durability::Synced,
        )?;
    }
    let taken = match &published {
        Some((bundle, _)) if !context.args.dry_run => {
            let taken = Home::open(context)
                .and_then(|home| home.desk(context))
                .and_then(|mut desk| Ok(desk.office.take_over(bundle, super::now())?));
            // All or nothing: a home without what was published since would publish it as never said.
            Some(taken.inspect_err(|_| undo(&path, &contents))?)
        }
        _ => None,
    };
    if context.printer.is_json() {
        context.printer.json(&json!({
            "schema": "mandate.backup-restored/1",
            "home": path,
            "takenOver": taken.map(|taken| json!({
                "credentials": taken.known,
                "unknownSlots": taken.unknown,
                "terms": taken.terms,
            })),
        }))?;
    }
    context
        .printer
        .line(format!("restored into {}", path.display()))?;
    let made = contents
        .created
        .map_or_else(String::new, |created| format!(", made at {created},"));
    if let Some(taken) = taken {
        context.printer.line(format!(
            "taken over from what was published: {} credentials, {} terms, and {} slots of credentials \
             that were issued after this backup{made}",
            taken.known, taken.terms, taken.unknown
        ))?;
    } else {
        context.printer.warn(format!(
            "credentials issued and revocations recorded after this backup{made} are not known here: \
             what was revoked since would be published as valid"
        ));
        context.printer.hint(
            "restore with --published FILE, the bundle.json that was published last, to take them over",
        );
    }
    context.printer.warn(
        "from its first publication on, the old home must never publish again: verifiers would call \
         its bundles rolled back; for a drill, do not publish",
    );
    context
        .printer
        .hint("look at it with: mandate-issuer doctor");
    context
        .printer
        .hint("then publish: mandate-issuer publish --out DIR");
    Ok(ExitCode::Done)
}
