//! Files: bounded reads, atomic writes, private modes, the program's home.

use std::fs::Metadata;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use fs_err as fs;
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use crate::interrupt::Unfinished;
use crate::{Code, ExitCode, Failure, Printer, Program, Variables, env, output};

/// Who may read a file written here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Access {
    /// The owner only, mode 0600.
    Private,
    /// Everybody, mode 0644.
    Public,
}

/// Whether a write waits for the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Durability {
    /// The system writes it when it likes: for what can be made again.
    Cached,
    /// File and folder are on the disk before the write returns.
    Synced,
}

/// What may stand at the path before a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    Anything,
    Nothing,
}

/// Reads a whole file of at most `max` bytes; `-` is standard input. The bytes are wiped when dropped.
/// From then on no result is written over the file ([`output::allow`]).
///
/// # Errors
/// `file.unreadable`, `file.too_large`; `usage.invalid` for a second `-`.
pub fn read_bounded(path: &Path, max: u64) -> Result<Zeroizing<Vec<u8>>, Failure> {
    if is_dash(path) {
        take_stdin()?;
        return read_all(std::io::stdin().lock(), Path::new("standard input"), max);
    }
    let file = fs::File::open(path).map_err(|error| Failure::reading(path, &error))?;
    output::protect_input(path);
    read_all(file, path, max)
}

/// Whether this process only shows what it would do; set once, before anything else runs.
static REHEARSAL: AtomicBool = AtomicBool::new(false);

/// From here on this process writes no file: the functions here check what they can and say it is
/// done. One switch for all, so that no command can forget it.
pub(crate) fn rehearse() {
    REHEARSAL.store(true, Ordering::Relaxed);
}

/// Returns whether `--dry-run` was given: whoever writes by other means than these functions asks.
pub fn is_rehearsal() -> bool {
    REHEARSAL.load(Ordering::Relaxed)
}

/// Replaces a file in one step: readers, and a crash, see the old one or the new one.
///
/// A pipe or device at the path, such as `/dev/stdout`, is written to and not replaced.
///
/// # Errors
/// `file.unwritable`.
pub fn write_atomic(
    path: &Path,
    bytes: &[u8],
    access: Access,
    durability: Durability,
) -> Result<(), Failure> {
    if is_rehearsal() {
        return Ok(());
    }
    if is_special(path) {
        let open = fs::OpenOptions::new().write(true).open(path);
        let written = open.and_then(|mut file| file.write_all(bytes));
        return written.map_err(|error| Failure::writing(path, &error));
    }
    put(path, bytes, access, durability, Before::Anything)
}

/// Returns whether a pipe or device stands at the path, which is written to and not replaced.
pub(crate) fn is_special(path: &Path) -> bool {
    let special = |metadata: &Metadata| !metadata.is_file() && !metadata.is_dir();
    fs::metadata(path).as_ref().is_ok_and(special)
}

/// Writes a new file in one step, and refuses to overwrite.
///
/// # Errors
/// `file.exists`, `file.unwritable`.
pub fn create_new(
    path: &Path,
    bytes: &[u8],
    access: Access,
    durability: Durability,
) -> Result<(), Failure> {
    if is_rehearsal() && !path.exists() {
        return Ok(());
    }
    put(path, bytes, access, durability, Before::Nothing)
}

/// Writes what a command was asked for with `--out`: `-` is standard output, a file is replaced.
///
/// # Errors
/// `file.unwritable`, `output.unwritable`, and as [`output::allow`].
pub fn write_output(
    printer: &mut Printer,
    path: &Path,
    bytes: &[u8],
    access: Access,
) -> Result<(), Failure> {
    if is_dash(path) {
        printer.data(bytes)
    } else {
        output::allow(path, "--out")?;
        write_atomic(path, bytes, access, Durability::Synced)
    }
}

/// Makes a folder that only its owner may enter, mode 0700, and those above it as the system does.
/// One that exists is left as it is.
///
/// # Errors
/// `file.unwritable`.
pub fn make_private_dir(path: &Path) -> Result<(), Failure> {
    if path.is_dir() || is_rehearsal() {
        return Ok(());
    }
    let failed = |error: &std::io::Error| Failure::writing(path, error);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|error| failed(&error))?;
    }
    match private_dir_builder().create(path) {
        // Another process was quicker.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(error) => Err(failed(&error)),
        Ok(()) => Ok(()),
    }
}

/// Returns where a program keeps its data: `--home`, else its variable, else `mandate/<program>` in
/// the XDG data directory.
///
/// # Errors
/// `home.unknown` (exit 2) when not even the user's home directory is known.
pub fn home(
    program: &Program,
    flag: Option<&Path>,
    variables: &Variables,
) -> Result<PathBuf, Failure> {
    if let Some(flag) = flag {
        return Ok(flag.to_owned());
    }
    if let Some(value) = variables.get(program.home_variable) {
        return Ok(PathBuf::from(value));
    }
    // The specification has relative paths ignored.
    let xdg = variables.get(env::XDG_DATA_HOME).map(PathBuf::from);
    let base = match xdg.filter(|path| path.is_absolute()) {
        Some(base) => base,
        None => variables
            .get(env::HOME)
            .map(|home| Path::new(home).join(".local/share"))
            .or_else(platform_data_dir)
            .ok_or_else(|| {
                let message = "it is not known where to keep the data: no home directory is set";
                let code = Code::HomeUnknown.as_str();
                let hint = format!("give --home DIR or set {}", program.home_variable);
                Failure::new(ExitCode::Usage, code, message).hint(hint)
            })?,
    };
    Ok(base.join("mandate").join(program.folder))
}

/// Claims standard input: it can be read once, for one purpose.
pub(crate) fn take_stdin() -> Result<(), Failure> {
    static TAKEN: AtomicBool = AtomicBool::new(false);
    claim(&TAKEN)
}

fn claim(taken: &AtomicBool) -> Result<(), Failure> {
    if taken.swap(true, Ordering::SeqCst) {
        let message = "standard input is asked for twice";
        return Err(Failure::usage(message).hint("give one of the two as a file"));
    }
    Ok(())
}

fn is_dash(path: &Path) -> bool {
    path == Path::new("-")
}

fn read_all(source: impl Read, path: &Path, max: u64) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut bytes = Zeroizing::new(Vec::new());
    let mut source = source.take(max.saturating_add(1));
    source
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::reading(path, &error))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > max {
        let message = format!("{} is larger than {max} bytes", path.display());
        return Err(Failure::failed(Code::FileTooLarge.as_str(), message)
            .hint("check that this is the file meant"));
    }
    Ok(bytes)
}

fn put(
    path: &Path,
    bytes: &[u8],
    access: Access,
    durability: Durability,
    before: Before,
) -> Result<(), Failure> {
    let failed = |error: &std::io::Error| Failure::writing(path, error);
    let folder = folder_of(path);
    let prepared = prepare(folder, bytes, access, durability);
    let (temporary, _unfinished) = prepared.map_err(|error| failed(&error))?;
    match before {
        Before::Anything => temporary.persist(path),
        Before::Nothing => temporary.persist_noclobber(path),
    }
    .map_err(|error| failed(&error.error))?;
    if durability == Durability::Synced {
        sync_folder(folder).map_err(|error| failed(&error))?;
    }
    Ok(())
}

/// Writes the temporary file, which vanishes when dropped and has the final mode before the final name.
pub(crate) fn prepare(
    folder: &Path,
    bytes: &[u8],
    access: Access,
    durability: Durability,
) -> std::io::Result<(NamedTempFile, Unfinished)> {
    let mut temporary = tempfile::Builder::new()
        .prefix(".mandate-")
        .tempfile_in(folder)?;
    let unfinished = Unfinished::begin(temporary.path());
    temporary.write_all(bytes)?;
    set_access(temporary.as_file(), access)?;
    if durability == Durability::Synced {
        temporary.as_file().sync_all()?;
    }
    Ok((temporary, unfinished))
}

pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

#[cfg(unix)]
fn set_access(file: &std::fs::File, access: Access) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = match access {
        Access::Private => 0o600,
        Access::Public => 0o644,
    };
    file.set_permissions(std::fs::Permissions::from_mode(mode))
}

#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

/// Without `HOME` nothing is guessed.
#[cfg(unix)]
fn platform_data_dir() -> Option<PathBuf> {
    None
}

#[cfg(unix)]
fn private_dir_builder() -> std::fs::DirBuilder {
    use std::os::unix::fs::DirBuilderExt as _;

    let mut builder = std::fs::DirBuilder::new();
    builder.mode(0o700);
    builder
}

/// Elsewhere the folder's access list decides.
#[cfg(not(unix))]
fn set_access(_: &std::fs::File, _: Access) -> std::io::Result<()> {
    Ok(())
}

/// Elsewhere a folder cannot be opened as a file.
#[cfg(not(unix))]
pub(crate) fn sync_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Elsewhere the platform says where programs keep their data.
#[cfg(not(unix))]
fn platform_data_dir() -> Option<PathBuf> {
    use etcetera::BaseStrategy as _;

    let strategy = etcetera::choose_base_strategy().ok()?;
    Some(strategy.data_dir())
}

#[cfg(not(unix))]
fn private_dir_builder() -> std::fs::DirBuilder {
    std::fs::DirBuilder::new()
}

#[cfg(test)]
mod tests;
