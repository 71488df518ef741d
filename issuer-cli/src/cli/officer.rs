//! `officer add`, `list`, `remove`, `card`: who may act for the issuer.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use cli_kit::{
    Context, ExitCode, Failure,
    files::{self, Access, Durability},
    output,
    passphrase::{Passphrase, Purpose},
    run::system_rng,
    sealed::Cost,
    text::one_line,
};
use fs_err as fs;
use identity_core::key::SecretKey;
use serde_json::json;
use zeroize::Zeroizing;

use super::{control::ControlPlace, home::Home, now, outcome::put_before};
use crate::{
    keys::KeyHandle,
    office::{Action, Actor, OfficeCode},
    officers::{OfficerCard, OfficerKeys, Slot, default_threshold},
};

/// The flag for a file with a new officer's passphrase.
const NEW_PASSPHRASE: &str = "--new-passphrase-file";

/// The verbs of `officer`.
#[derive(Subcommand, Debug)]
pub(super) enum OfficerCommand {
    /// Make somebody an officer; the first one keeps the passphrase there is
    Add(AddArgs),
    /// Make the keys of an officer who is to be added elsewhere: sealed with their own passphrase
    Card(CardArgs),
    /// List the officers
    List,
    /// Let an officer go
    Remove {
        /// The officer's id
        id: String,
        /// How many of the others approve from then on
        #[arg(long, value_name = "K")]
        threshold: Option<usize>,
    },
}

/// Arguments of `officer add`.
#[derive(Args, Debug)]
pub(super) struct AddArgs {
    /// The officer's id: 1 to 32 of a-z, 0-9, - and _
    id: String,
    /// The officer's name; the id without it
    #[arg(long, conflicts_with = "card")]
    name: Option<String>,
    /// What the officer is, such as registrar
    #[arg(long, default_value = "officer", conflicts_with = "card")]
    role: String,
    /// How many of the others approve from then on; 2 without it, and 1 while there are two officers
    #[arg(long, value_name = "K")]
    threshold: Option<usize>,
    /// The new officer's own passphrase
    #[arg(long, value_name = "FILE", conflicts_with = "card")]
    new_passphrase_file: Option<PathBuf>,
    /// The PIN of the issuing key's token, which the officers are to share; for the second officer
    #[arg(long, value_name = "FILE")]
    token_pin_file: Option<PathBuf>,
    #[command(flatten)]
    control: ControlPlace,
    /// The file that the officer has made with officer card
    #[arg(long, value_name = "FILE")]
    card: Option<PathBuf>,
}

/// Arguments of `officer card`.
#[derive(Args, Debug)]
pub(super) struct CardArgs {
    /// The officer's id: 1 to 32 of a-z, 0-9, - and _
    id: String,
    /// The officer's name; the id without it
    #[arg(long)]
    name: Option<String>,
    /// What the officer is, such as registrar
    #[arg(long, default_value = "officer")]
    role: String,
    /// Where to write it: what is secret in it is sealed with the officer's passphrase
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn run(command: &OfficerCommand, context: &mut Context) -> Result<ExitCode, Failure> {
    match command {
        OfficerCommand::Add(args) => add(args, context),
        OfficerCommand::Card(args) => card(args, context),
        OfficerCommand::List => list(context),
        OfficerCommand::Remove { id, threshold } => remove(id, *threshold, context),
    }
}

fn add(args: &AddArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let home = Home::open(context)?;
    let there = home
        .reading_room()?
        .officers()
        .map(|o| o.policy().officers().len());
    match there {
        None => add_first(args, &home, context),
        Some(1) => add_second(args, &home, context),
        Some(count) => {
            let (slot, card, _) = newcomer(args, context)?;
            let cards = home.reading_room()?.with_officer(card)?;
            let threshold = args
                .threshold
                .unwrap_or_else(|| default_threshold(count + 1));
            if let Some(slot) = &slot {
                home.keep_slot(slot)?;
            }
            put_before(&home, Action::ChangeOfficers { cards, threshold }, context)
        }
    }
}

/// The first officer takes over the present passphrase.
fn add_first(args: &AddArgs, home: &Home, context: &mut Context) -> Result<ExitCode, Failure> {
    let on_token = home.token_record("issuing")?.is_some();
    let other = args.new_passphrase_file.is_some() && !on_token;
    if args.card.is_some() || other || args.threshold.is_some() {
        return Err(
            Failure::usage("the first officer keeps the passphrase that there is").hint(
                "leave --card, --new-passphrase-file and --threshold out; add the others after",
            ),
        );
    }
    let (control, passphrase) = if on_token {
        // A token's PIN is short: the slot is sealed with a passphrase.
        let control = control(args, home, context)?;
        let what = format!("the new officer {}", args.id);
        let from = (args.new_passphrase_file.as_deref(), NEW_PASSPHRASE);
        let passphrase = context.input.passphrase_from(from, &what, Purpose::Seal)?;
        (control, passphrase)
    } else {
        let passphrase = context.input.passphrase("the issuing key", Purpose::Open)?;
        let issuing = home.issuing_key_under(&passphrase)?;
        let control = match home.did_log()? {
            None => issuing.into(),
            Some(_) => control(args, home, context)?,
        };
        (control, passphrase)
    };
    let mut rng = system_rng()?;
    let keys = OfficerKeys::generate(&mut rng);
    let about = about(&args.id, args.name.as_deref(), &args.role);
    let slot = Slot::seal(about, &keys, &passphrase, Cost::STANDARD, &mut rng)?;
    let mut desk = home.desk_as(Actor::Nobody)?;
    // First the slot: an officer without one could not act, a slot of nobody does no harm.
    home.keep_slot(&slot)?;
    desk.office
        .appoint_first(slot.card.clone(), keys, &control, now())?;
    drop(desk);
    added(&args.id, 1, 0, context)?;
    context
        .printer
        .hint("add the second, from whom on four eyes are needed: mandate-issuer officer add ID");
    Ok(ExitCode::Done)
}

/// Opens the key that controls the DID: it alone can say who the first officers are.
fn control(args: &AddArgs, home: &Home, context: &mut Context) -> Result<KeyHandle, Failure> {
    let Some(log) = home.did_log()? else {
        return home.issuing_key(context);
    };
    let keeper = args.control.open(&home.path, context)?;
    let live = log.live()?;
    let fits = |multikey: &str| {
        let mut keys = live.update_keys.iter();
        keys.any(|key| key.to_multikey() == multikey)
    };
    keeper.key(live.number, fits, context)
}

/// The second officer ends what one passphrase could do.
fn add_second(args: &AddArgs, home: &Home, context: &mut Context) -> Result<ExitCode, Failure> {
    if args.threshold.is_some_and(|threshold| threshold != 1) {
        let message = "with two officers one prepares and one approves: the threshold is 1";
        return Err(
            Failure::failed(OfficeCode::OfficerThreshold.as_str(), message)
                .hint("choose another with --threshold from the third officer on"),
        );
    }
    let (actor, passphrase) = home.actor_and_passphrase(context)?;
    let secret = issuing_secret(args, home, passphrase, context)?;
    let (slot, card, own) = newcomer(args, context)?;
    let question = format!(
        "Make {} the second officer? From then on nobody issues, revokes or ends anything alone",
        args.id
    );
    context.input.require(&question)?;
    let mut desk = home.desk_as(actor)?;
    if let Some(slot) = &slot {
        home.keep_slot(slot)?;
    }
    let new = (card, own.as_ref());
    desk.office
        .appoint_second(new, &secret, now(), &mut system_rng()?)?;
    drop(desk);
    let path = home.path.join("secrets/issuing.key");
    if path.exists() && !files::is_rehearsal() {
        fs::remove_file(&path).map_err(|error| Failure::writing(&path, &error))?;
    }
    added(&args.id, 2, 1, context)?;
    let printer = &mut context.printer;
    printer.warn(
        "copies of this home from before, such as backups, still open the issuing key with one passphrase: \
         destroy them, or rotate the issuing key where the DID allows it",
    );
    printer.hint("keep a new copy: mandate-issuer backup create --out FILE");
    Ok(ExitCode::Done)
}

/// Returns what the officers are to open together: the issuing key's seed, or the PIN of its token.
fn issuing_secret(
    args: &AddArgs,
    home: &Home,
    passphrase: Option<Passphrase>,
    context: &mut Context,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    if let Some(record) = home.token_record("issuing")? {
        if record.uri.pin_source().is_some() {
            let message = "the PIN of the issuing key's token lies in a file: whoever reads it needs nobody else";
            return Err(Failure::failed(OfficeCode::OfficerPads.as_str(), message)
                .hint("change the PIN, and take pin-source out of secrets/issuing.token"));
        }
        let from = (args.token_pin_file.as_deref(), "--token-pin-file");
        let what = "the issuing key's token (its PIN)";
        let pin = context.input.passphrase_from(from, what, Purpose::Open)?;
        let secret = Zeroizing::new(pin.secret_bytes().to_vec());
        home.unlock(&secret)?;
        return Ok(secret);
    }
    // The passphrase of the only officer is that of the issuing key.
    let passphrase = match passphrase {
        Some(passphrase) => passphrase,
        None => context.input.passphrase("the issuing key", Purpose::Open)?,
    };
    let seed = home.issuing_key_under(&passphrase)?.secret_bytes();
    Ok(Zeroizing::new(seed.to_vec()))
}

/// Returns the slot and card of a new officer, and their key where it was made here.
fn newcomer(
    args: &AddArgs,
    context: &mut Context,
) -> Result<(Option<Slot>, OfficerCard, Option<SecretKey>), Failure> {
    if let Some(file) = &args.card {
        let bytes = files::read_bounded(file, 1 << 16)?;
        let (slot, card) = match Slot::read(&bytes) {
            Ok(slot) => (Some(slot.clone()), slot.card),
            Err(_) => (None, OfficerCard::read(&bytes)?),
        };
        if card.id != args.id {
            let message = format!("the card is that of {}", one_line(&card.id));
            return Err(Failure::failed(OfficeCode::OfficerCard.as_str(), message)
                .hint("give the id on the card, or the card of that officer"));
        }
        return Ok((slot, card, None));
    }
    let what = format!("the new officer {}", args.id);
    let from = (args.new_passphrase_file.as_deref(), NEW_PASSPHRASE);
    let passphrase = context.input.passphrase_from(from, &what, Purpose::Seal)?;
    let mut rng = system_rng()?;
    let keys = OfficerKeys::generate(&mut rng);
    let about = about(&args.id, args.name.as_deref(), &args.role);
    let slot = Slot::seal(about, &keys, &passphrase, Cost::STANDARD, &mut rng)?;
    let card = slot.card.clone();
    Ok((Some(slot), card, Some(keys.signing)))
}

fn about<'a>(id: &'a str, name: Option<&'a str>, role: &'a str) -> (&'a str, &'a str, &'a str) {
    (id, name.unwrap_or(id), role)
}

fn added(id: &str, officers: usize, needed: usize, context: &mut Context) -> Result<(), Failure> {
    let printer = &mut context.printer;
    if printer.is_json() {
        printer.json(&json!({
            "schema": "mandate.officer-added/1",
            "id": id,
            "officers": officers,
            "approvals": needed,
        }))?;
    }
    printer.line(format!("{id} is an officer"))?;
    if needed > 0 {
        printer.line("what one officer prepares, another approves: mandate-issuer approve list")?;
    }
    Ok(())
}

fn remove(id: &str, threshold: Option<usize>, context: &mut Context) -> Result<ExitCode, Failure> {
    let home = Home::open(context)?;
    let office = home.reading_room()?;
    let cards = office.without_officer(id)?;
    let now_needed = office.approvals_needed();
    drop(office);
    let threshold = threshold.unwrap_or_else(|| now_needed.min(cards.len() - 1));
    put_before(&home, Action::ChangeOfficers { cards, threshold }, context)
}

fn card(args: &CardArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    output::allow(&args.out, "--out")?;
    let what = format!("officer {}", args.id);
    let passphrase = context.input.passphrase(&what, Purpose::Seal)?;
    let mut rng = system_rng()?;
    let keys = OfficerKeys::generate(&mut rng);
    let about = about(&args.id, args.name.as_deref(), &args.role);
    let slot = Slot::seal(about, &keys, &passphrase, Cost::STANDARD, &mut rng)?;
    write_slot(&slot, &args.out)?;
    let printer = &mut context.printer;
    if printer.is_json() {
        printer.json(&json!({
            "schema": "mandate.officer-card-made/1",
            "id": slot.card.id,
            "did": slot.card.did,
            "file": args.out,
        }))?;
    }
    printer.line(format!(
        "keys of {} written to {}",
        args.id,
        args.out.display()
    ))?;
    printer.line(format!("key: {}", slot.card.did))?;
    printer.hint(format!(
        "an officer adds you with: mandate-issuer officer add {} --card {}; compare the key then",
        args.id,
        args.out.display()
    ));
    Ok(ExitCode::Done)
}

fn write_slot(slot: &Slot, path: &Path) -> Result<(), Failure> {
    let json = serde_json::to_vec_pretty(slot)
        .map_err(|error| Failure::from_error("file.unwritable", &error))?;
    files::create_new(path, &json, Access::Private, Durability::Synced)
}

fn list(context: &mut Context) -> Result<ExitCode, Failure> {
    let home = Home::open(context)?;
    let office = home.reading_room()?;
    let printer = &mut context.printer;
    let Some(officers) = office.officers() else {
        if printer.is_json() {
            let nobody: &[serde_json::Value] = &[];
            printer.json_list("mandate.officers/1", nobody)?;
        }
        printer.note("there are no officers: whoever has the passphrase acts");
        printer.hint("make the first one: mandate-issuer officer add ID");
        return Ok(ExitCode::Done);
    };
    let cards = officers.cards();
    if printer.is_json() {
        let items: Vec<_> = cards
            .iter()
            .map(|card| {
                json!({
                    "id": card.id,
                    "name": card.name,
                    "role": card.role,
                    "did": card.did,
                    "approvals": officers.approvals(),
                    "policyVersion": officers.policy().version(),
                })
            })
            .collect();
        printer.json_list("mandate.officers/1", &items)?;
        return Ok(ExitCode::Done);
    }
    for card in &cards {
        printer.line(format!(
            "{}  {}  {}  {}",
            card.id,
            one_line(&card.name),
            card.role,
            card.did
        ))?;
    }
    match officers.approvals() {
        0 => printer.note("one officer acts alone"),
        needed => printer.note(format!(
            "an action takes {needed} of the others beside the one who prepares it; officer policy {}",
            officers.policy().version()
        )),
    }
    Ok(ExitCode::Done)
}
