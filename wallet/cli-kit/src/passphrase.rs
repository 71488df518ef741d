//! Passphrases: from a descriptor, a file or the terminal; never from a flag's value.

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::terminal::{SystemTerminal, Terminal};
use crate::{Code, Failure, GlobalArgs, Variables, env, files, output};

/// The longest passphrase read, in bytes.
const MAX_BYTES: usize = 4096;

/// A passphrase: not empty, not printed, wiped when dropped.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes a passphrase.
    ///
    /// # Errors
    /// `passphrase.empty`; `passphrase.malformed` when it is longer than 4,096 bytes.
    pub fn new(text: Zeroizing<String>) -> Result<Self, Failure> {
        if text.is_empty() {
            let message = "the passphrase is empty";
            return Err(Failure::failed(Code::PassphraseEmpty.as_str(), message)
                .hint("give a passphrase of several words"));
        }
        if text.len() > MAX_BYTES {
            return Err(malformed());
        }
        Ok(Self(text))
    }

    /// Returns the bytes, to derive a key from and for nothing else.
    pub fn secret_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Copies the secret: spelled out, since every copy is one more to wipe.
    fn copy_secret(&self) -> Self {
        Self(self.0.clone())
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(..)")
    }
}

/// Whether the passphrase opens something or will seal something new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Purpose {
    /// It opens what exists: asked for once.
    Open,
    /// It will seal something new: asked for twice.
    Seal,
}

/// What a person or the command line answers: passphrases here, questions in [`crate::confirm`].
pub struct Input {
    pub(crate) unattended: bool,
    pub(crate) yes: bool,
    pub(crate) rehearsal: bool,
    fd: Option<u32>,
    file: Option<PathBuf>,
    variable: Option<PathBuf>,
    /// What was read, and where from: a pipe gives its passphrase once, and a command such as
    /// `backup create` needs it twice.
    read: Vec<(PathBuf, Passphrase)>,
    pub(crate) terminal: Box<dyn Terminal>,
}

impl Input {
    /// Makes the input the flags and the environment ask for, at the terminal of the process.
    pub fn new(args: &GlobalArgs, variables: &Variables) -> Self {
        Self::with_terminal(args, variables, Box::new(SystemTerminal))
    }

    /// Makes the input with another terminal, for tests.
    pub fn with_terminal(
        args: &GlobalArgs,
        variables: &Variables,
        terminal: Box<dyn Terminal>,
    ) -> Self {
        Self {
            unattended: args.no_input,
            yes: args.yes,
            rehearsal: args.dry_run,
            fd: args.passphrase_fd,
            file: args.passphrase_file.clone(),
            variable: variables.get(env::PASSPHRASE_FILE).map(PathBuf::from),
            read: Vec::new(),
            terminal,
        }
    }

    /// Returns the passphrase: from `--passphrase-fd`, else `--passphrase-file`, else the file named by
    /// `MANDATE_PASSPHRASE_FILE`, else from the person at the terminal. `what` completes "Passphrase of".
    ///
    /// A descriptor or file is read once: asked for again, the same passphrase is handed out again.
    ///
    /// # Errors
    /// `passphrase.missing` when there is none of these, or only a terminal and `--no-input`; else what
    /// reading it meets: `passphrase.empty`, `passphrase.malformed`, `passphrase.mismatch`,
    /// `passphrase.file_readable_by_others`, `file.unreadable`.
    pub fn passphrase(&mut self, what: &str, purpose: Purpose) -> Result<Passphrase, Failure> {
        if let Some(fd) = self.fd {
            return self.once(path_of(fd), |path| from_fd(fd, path));
        }
        if let Some(path) = self.file.as_ref().or(self.variable.as_ref()) {
            return self.once(path.clone(), from_file);
        }
        let hint = "give --passphrase-file FILE (mode 0600) or --passphrase-fd N";
        self.ask_passphrase(what, purpose, hint)
    }

    /// Returns a passphrase from this file, or from the person at the terminal: for a second
    /// passphrase that has a flag of its own, such as that of a backup. The flag is named with it, for whoever
    /// runs without a terminal.
    ///
    /// # Errors
    /// As [`passphrase`](Self::passphrase).
    pub fn passphrase_from(
        &mut self,
        (file, flag): (Option<&Path>, &str),
        what: &str,
        purpose: Purpose,
    ) -> Result<Passphrase, Failure> {
        match file {
            Some(path) => self.once(path.to_owned(), from_file),
            None => self.ask_passphrase(what, purpose, &format!("give {flag} FILE (mode 0600)")),
        }
    }

    fn once(
        &mut self,
        path: PathBuf,
        read: impl FnOnce(&Path) -> Result<Passphrase, Failure>,
    ) -> Result<Passphrase, Failure> {
        if let Some((_, known)) = self.read.iter().find(|(known, _)| *known == path) {
            return Ok(known.copy_secret());
        }
        let passphrase = read(&path)?;
        self.read.push((path, passphrase.copy_secret()));
        Ok(passphrase)
    }

    fn ask_passphrase(
        &mut self,
        what: &str,
        purpose: Purpose,
        hint: &str,
    ) -> Result<Passphrase, Failure> {
        if self.unattended || !self.terminal.is_attended() {
            let message = format!("the passphrase of {what} is needed, and nobody can be asked");
            return Err(Failure::failed(Code::PassphraseMissing.as_str(), message).hint(hint));
        }
        let prompt = match purpose {
            Purpose::Open => format!("Passphrase of {what}: "),
            Purpose::Seal => format!("New passphrase of {what}: "),
        };
        let first = self.hidden(&prompt, hint)?;
        let passphrase = Passphrase::new(first)?;
        if purpose == Purpose::Seal {
            let again = self.hidden("The same again: ", hint)?;
            let same = again.as_bytes().ct_eq(passphrase.secret_bytes());
            if !bool::from(same) {
                let message = "the two passphrases differ";
                return Err(Failure::failed(Code::PassphraseMismatch.as_str(), message)
                    .hint("run it again and type the same passphrase twice"));
            }
        }
        Ok(passphrase)
    }

    fn hidden(&mut self, prompt: &str, hint: &str) -> Result<Zeroizing<String>, Failure> {
        self.terminal.ask_hidden(prompt).map_err(|error| {
            let message = "no passphrase could be read from the terminal";
            Failure::failed(Code::PassphraseMissing.as_str(), message)
                .caused_by(&error)
                .hint(hint)
        })
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input")
            .field("unattended", &self.unattended)
            .field("yes", &self.yes)
            .finish_non_exhaustive()
    }
}

/// The descriptor is read through the file system: taking it over as a number would need unsafe code.
fn path_of(fd: u32) -> PathBuf {
    PathBuf::from(format!("/dev/fd/{fd}"))
}

fn from_fd(fd: u32, path: &Path) -> Result<Passphrase, Failure> {
    if fd == 0 {
        files::take_stdin()?;
        return read(std::io::stdin().lock(), path);
    }
    let file = fs_err::File::open(path).map_err(|error| {
        let message = format!("file descriptor {fd} cannot be read");
        Failure::failed(Code::FileUnreadable.as_str(), message)
            .caused_by(&error)
            .hint(format!(
                "open it for this command, as in: {fd}< passphrase-file"
            ))
    })?;
    read(file, path)
}

/// Returns the passphrase in a file that only its owner reads, for work that nobody attends.
///
/// # Errors
/// As [`Input::passphrase`].
pub fn from_file(path: &Path) -> Result<Passphrase, Failure> {
    let file = fs_err::File::open(path).map_err(|error| Failure::reading(path, &error))?;
    output::protect_input(path);
    let metadata = file
        .metadata()
        .map_err(|error| Failure::reading(path, &error))?;
    if metadata.is_dir() {
        // Before its mode: a folder that only its owner enters would still hold no passphrase.
        let message = format!("{} is a folder", path.display());
        return Err(Failure::failed(Code::FileUnreadable.as_str(), message)
            .hint("name the file in it that holds the passphrase"));
    }
    if is_readable_by_others(&metadata) {
        let message = format!("{} can be read by others on this machine", path.display());
        let code = Code::PassphraseFileReadableByOthers.as_str();
        return Err(
            Failure::failed(code, message).hint(format!("run: chmod 600 {}", path.display()))
        );
    }
    read(file, path)
}

/// Looks at files and named pipes; a terminal or `/dev/null` keeps no secret.
#[cfg(unix)]
fn is_readable_by_others(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};

    !metadata.file_type().is_char_device() && metadata.mode() & 0o044 != 0
}

/// Elsewhere the folder's access list decides, which is not read here.
#[cfg(not(unix))]
fn is_readable_by_others(_: &std::fs::Metadata) -> bool {
    false
}

fn read(source: impl Read, path: &Path) -> Result<Passphrase, Failure> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_BYTES + 3));
    let limit = u64::try_from(MAX_BYTES + 3).unwrap_or(u64::MAX);
    let mut source = source.take(limit);
    source
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::reading(path, &error))?;
    // One line break at the end is the editor's, not the passphrase's.
    let text = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    let text = core::str::from_utf8(text).map_err(|_| malformed())?;
    Passphrase::new(Zeroizing::new(text.to_owned()))
}

fn malformed() -> Failure {
    let message = format!("the passphrase is no UTF-8 text of at most {MAX_BYTES} bytes");
    Failure::failed(Code::PassphraseMalformed.as_str(), message)
        .hint("check that the file holds a passphrase and nothing else")
}

#[cfg(test)]
mod tests {
    const BACKUP: &str = "--backup-passphrase-file";

    use std::io::Write as _;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::terminal::Script;

    fn file(bytes: &[u8], mode: u32) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let permissions = std::fs::Permissions::from_mode(mode);
        file.as_file().set_permissions(permissions).unwrap();
        file
    }

    fn args(file: Option<&Path>) -> GlobalArgs {
        GlobalArgs {
            passphrase_file: file.map(Path::to_owned),
            ..GlobalArgs::default()
        }
    }

    fn get(args: &GlobalArgs, script: Script, purpose: Purpose) -> Result<String, &'static str> {
        let mut input = Input::with_terminal(args, &Variables::default(), Box::new(script));
        let got = input.passphrase("the vault", purpose);
        got.map(|pass| pass.0.to_string())
            .map_err(|failure| failure.code)
    }

    #[test]
    fn a_file_loses_one_line_break_and_nothing_else() {
        for (bytes, wanted) in [
            (&b"two words"[..], "two words"),
            (b"two words\n", "two words"),
            (b"two words\r\n", "two words"),
            (b" two words \n\n", " two words \n"),
        ] {
            let file = file(bytes, 0o600);
            let got = get(&args(Some(file.path())), Script::default(), Purpose::Open);
            assert_eq!(got.as_deref(), Ok(wanted));
        }
    }

    #[test]
    fn files_that_hold_no_passphrase_are_refused() {
        for (bytes, code) in [
            (&b""[..], "passphrase.empty"),
            (b"\n", "passphrase.empty"),
            (b"\xff\n", "passphrase.malformed"),
            (&[b'a'; MAX_BYTES + 1], "passphrase.malformed"),
        ] {
            let file = file(bytes, 0o600);
            let got = get(&args(Some(file.path())), Script::default(), Purpose::Open);
            assert_eq!(got, Err(code));
        }
        let got = get(
            &args(Some(Path::new("/none"))),
            Script::default(),
            Purpose::Open,
        );
        assert_eq!(got, Err("file.unreadable"));
    }

    #[test]
    fn a_file_others_can_read_is_refused() {
        for (mode, allowed) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false)] {
            let file = file(b"words", mode);
            let got = get(&args(Some(file.path())), Script::default(), Purpose::Open);
            let wanted = if allowed {
                Ok("words")
            } else {
                Err("passphrase.file_readable_by_others")
            };
            assert_eq!(got.as_deref().map_err(|code| *code), wanted, "{mode:o}");
        }
    }

    #[test]
    fn a_descriptor_goes_before_the_file_and_the_file_before_the_variable() {
        use std::os::fd::AsRawFd as _;

        let (first, second, third) = (file(b"1", 0o600), file(b"2", 0o600), file(b"3", 0o600));
        let opened = std::fs::File::open(first.path()).unwrap();
        let variables = Variables::from_iter([(env::PASSPHRASE_FILE, third.path().as_os_str())]);
        let mut args = args(Some(second.path()));
        args.passphrase_fd = Some(u32::try_from(opened.as_raw_fd()).unwrap());
        let mut from = |wanted: &str, change: fn(&mut GlobalArgs)| {
            let script = Box::new(Script::answering(&["4"]));
            let mut input = Input::with_terminal(&args, &variables, script);
            let got = input.passphrase("x", Purpose::Open).unwrap();
            assert_eq!(got.secret_bytes(), wanted.as_bytes());
            change(&mut args);
        };
        from("1", |args| args.passphrase_fd = None);
        from("2", |args| args.passphrase_file = None);
        from("3", |_| ());
    }

    /// A pipe with a passphrase in it whose writing end is closed: it can be read once.
    fn pipe(text: &str) -> std::io::PipeReader {
        let (reader, mut writer) = std::io::pipe().unwrap();
        writer.write_all(text.as_bytes()).unwrap();
        reader
    }

    fn text(got: Result<Passphrase, Failure>) -> String {
        got.unwrap().0.to_string()
    }

    #[test]
    fn what_a_pipe_gave_once_is_handed_out_again() {
        use std::os::fd::AsRawFd as _;

        let pipe = pipe("two words\n");
        let number = u32::try_from(pipe.as_raw_fd()).unwrap();
        let args = GlobalArgs {
            passphrase_fd: Some(number),
            ..GlobalArgs::default()
        };
        let nobody = || Box::new(Script::default());
        let mut input = Input::with_terminal(&args, &Variables::default(), nobody());
        assert_eq!(
            text(input.passphrase("the vault", Purpose::Open)),
            "two words"
        );
        assert_eq!(
            text(input.passphrase("the backup", Purpose::Seal)),
            "two words"
        );
        // By its path it is the same pipe, also for a passphrase with a flag of its own.
        let path = path_of(number);
        let again = input.passphrase_from((Some(&path), BACKUP), "the backup", Purpose::Seal);
        assert_eq!(text(again), "two words");

        let pipe = self::pipe("by path");
        let path = path_of(u32::try_from(pipe.as_raw_fd()).unwrap());
        let mut input =
            Input::with_terminal(&self::args(Some(&path)), &Variables::default(), nobody());
        assert_eq!(
            text(input.passphrase("the vault", Purpose::Open)),
            "by path"
        );
        assert_eq!(
            text(input.passphrase("the backup", Purpose::Seal)),
            "by path"
        );
    }

    #[test]
    fn who_cannot_be_asked_is_told_the_flag_of_that_passphrase() {
        let quiet = GlobalArgs {
            no_input: true,
            ..GlobalArgs::default()
        };
        let terminal = Box::new(Script::default());
        let mut input = Input::with_terminal(&quiet, &Variables::default(), terminal);
        let own = input.passphrase_from((None, BACKUP), "the backup", Purpose::Open);
        let common = input.passphrase("the vault", Purpose::Open);
        for (failure, flag) in [
            (own.unwrap_err(), "--backup-passphrase-file FILE"),
            (common.unwrap_err(), "--passphrase-file FILE"),
        ] {
            assert_eq!(failure.code, "passphrase.missing");
            let hints = failure.hints.join(" ");
            assert!(hints.contains(flag), "{hints}");
        }
    }

    #[test]
    fn another_file_has_another_passphrase() {
        let (first, second) = (file(b"1", 0o600), file(b"2", 0o600));
        let args = args(Some(first.path()));
        let mut input =
            Input::with_terminal(&args, &Variables::default(), Box::new(Script::default()));
        assert_eq!(text(input.passphrase("the vault", Purpose::Open)), "1");
        let own = input.passphrase_from((Some(second.path()), BACKUP), "the backup", Purpose::Seal);
        assert_eq!(text(own), "2");
        assert_eq!(text(input.passphrase("the vault", Purpose::Open)), "1");
    }

    #[test]
    fn a_closed_descriptor_is_named() {
        let args = GlobalArgs {
            passphrase_fd: Some(999_999),
            ..GlobalArgs::default()
        };
        assert_eq!(
            get(&args, Script::default(), Purpose::Open),
            Err("file.unreadable")
        );
    }

    #[test]
    fn a_new_passphrase_is_typed_twice() {
        let ask = |answers: &[&str], purpose| get(&args(None), Script::answering(answers), purpose);
        assert_eq!(ask(&["a"], Purpose::Open).as_deref(), Ok("a"));
        assert_eq!(ask(&["a", "a"], Purpose::Seal).as_deref(), Ok("a"));
        assert_eq!(ask(&["a", "b"], Purpose::Seal), Err("passphrase.mismatch"));
        assert_eq!(ask(&["", ""], Purpose::Seal), Err("passphrase.empty"));
        assert_eq!(ask(&["a"], Purpose::Seal), Err("passphrase.missing"));
    }

    #[test]
    fn nobody_is_asked_who_is_not_there_or_does_not_want_it() {
        let quiet = GlobalArgs {
            no_input: true,
            ..GlobalArgs::default()
        };
        assert_eq!(
            get(&quiet, Script::answering(&["a"]), Purpose::Open),
            Err("passphrase.missing")
        );
        let mut input = Input::with_terminal(
            &args(None),
            &Variables::default(),
            Box::new(Script::default()),
        );
        let failure = input.passphrase("the vault", Purpose::Open).unwrap_err();
        assert_eq!(failure.code, "passphrase.missing");
        // Nobody was asked: a terminal that cannot be read would be reported in other words.
        assert!(failure.message.contains("nobody can be asked"));
        assert!(
            failure.hints[0].contains("--passphrase-file")
                && failure.hints[0].contains("--passphrase-fd")
        );
    }

    #[test]
    fn a_passphrase_is_not_printed() {
        let pass = Passphrase::new(Zeroizing::new("tell nobody".to_owned())).unwrap();
        assert!(!format!("{pass:?}").contains("tell"));
    }
}
