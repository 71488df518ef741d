use std::os::unix::fs::PermissionsExt as _;

use super::*;
use crate::GlobalArgs;
use crate::printer::Kept;

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn a_file_over_the_limit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f");
    std::fs::write(&path, b"12345").unwrap();
    assert_eq!(read_bounded(&path, 5).unwrap().as_slice(), b"12345");
    assert_eq!(read_bounded(&path, 4).unwrap_err().code, "file.too_large");
    assert_eq!(
        read_bounded(folder.path(), 4).unwrap_err().code,
        "file.unreadable"
    );
    // A file without an end, such as a device, is not read for ever.
    assert_eq!(
        read_bounded(Path::new("/dev/zero"), 4).unwrap_err().code,
        "file.too_large"
    );
}

#[test]
fn the_mode_is_exact_and_nothing_else_is_left() {
    let folder = tempfile::tempdir().unwrap();
    for (access, wanted) in [(Access::Private, 0o600), (Access::Public, 0o644)] {
        let path = folder.path().join("f");
        for bytes in [&b"old"[..], b"new"] {
            write_atomic(&path, bytes, access, Durability::Synced).unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), bytes);
        }
        assert_eq!(mode(&path), wanted);
        assert_eq!(names(folder.path()), ["f"]);
    }
}

#[test]
fn a_new_file_does_not_overwrite() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f");
    create_new(&path, b"one", Access::Private, Durability::Cached).unwrap();
    let again = create_new(&path, b"two", Access::Private, Durability::Cached);
    assert_eq!(again.unwrap_err().code, "file.exists");
    assert_eq!(std::fs::read(&path).unwrap(), b"one");
    assert_eq!(mode(&path), 0o600);
    assert_eq!(names(folder.path()), ["f"]);
}

#[test]
fn what_is_interrupted_before_the_rename_leaves_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f");
    write_atomic(&path, b"old", Access::Private, Durability::Synced).unwrap();
    let (temporary, _unfinished) =
        prepare(folder.path(), b"new", Access::Private, Durability::Synced).unwrap();
    // As a kill would: the temporary file stays, under another name.
    temporary.keep().unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"old");
    assert_eq!(names(folder.path()).len(), 2);
    write_atomic(&path, b"new", Access::Private, Durability::Synced).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"new");
}

#[test]
fn a_failed_write_names_the_path_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("none/f");
    let failure = write_atomic(&inside, b"x", Access::Public, Durability::Cached).unwrap_err();
    assert_eq!(failure.code, "file.unwritable");
    assert!(failure.message.contains("none/f"));
    // A folder in the way.
    let blocked = folder.path().join("d");
    std::fs::create_dir(&blocked).unwrap();
    let failure = write_atomic(&blocked, b"x", Access::Public, Durability::Cached).unwrap_err();
    assert_eq!(failure.code, "file.unwritable");
    assert_eq!(names(folder.path()), ["d"]);
}

#[test]
fn a_device_is_written_to_and_not_replaced() {
    write_atomic(
        Path::new("/dev/null"),
        b"x",
        Access::Public,
        Durability::Synced,
    )
    .unwrap();
    assert!(!std::fs::metadata("/dev/null").unwrap().is_file());
}

#[test]
fn a_dash_is_standard_output() {
    let (args, out) = (GlobalArgs::default(), Kept::default());
    let mut printer =
        Printer::with_streams(&args, Box::new(out.clone()), Box::new(Kept::default()));
    write_output(&mut printer, Path::new("-"), b"bytes", Access::Private).unwrap();
    assert_eq!(out.text(), "bytes");
}

#[test]
fn standard_input_is_read_for_one_purpose() {
    let taken = AtomicBool::new(false);
    assert_eq!(claim(&taken), Ok(()));
    assert_eq!(claim(&taken).unwrap_err().exit, ExitCode::Usage);
}

#[test]
fn a_home_is_for_its_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/b/home");
    make_private_dir(&path).unwrap();
    assert_eq!(mode(&path), 0o700);
    make_private_dir(&path).unwrap();
    let file = folder.path().join("f");
    std::fs::write(&file, b"").unwrap();
    assert!(make_private_dir(&file).is_err());
}

#[test]
fn the_flag_goes_before_the_variable_and_the_variable_before_the_data_directory() {
    let program = Program::wallet("1", &[]);
    let all = [
        (env::WALLET_HOME, "/v"),
        (env::XDG_DATA_HOME, "/x"),
        (env::HOME, "/h"),
    ];
    let with = |skip: usize| all.into_iter().skip(skip).collect::<Variables>();
    let at = |flag: Option<&str>, skip| home(&program, flag.map(Path::new), &with(skip));
    assert_eq!(at(Some("f"), 0).unwrap(), Path::new("f"));
    assert_eq!(at(None, 0).unwrap(), Path::new("/v"));
    assert_eq!(at(None, 1).unwrap(), Path::new("/x/mandate/wallet"));
    let relative = Variables::from_iter([(env::XDG_DATA_HOME, "x"), (env::HOME, "/h")]);
    let got = home(&program, None, &relative).unwrap();
    assert_eq!(got, Path::new("/h/.local/share/mandate/wallet"));
    assert_eq!(at(None, 3).unwrap_err().code, "home.unknown");
    let other = Program::issuer("1", &[]);
    assert_eq!(
        home(&other, None, &with(0)).unwrap(),
        Path::new("/x/mandate/issuer")
    );
}
