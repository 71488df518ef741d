//! A home that was put back, or changed by hand.

use super::*;

fn published(folder: &Path) -> (Archive, Release) {
    let mut archive = union(folder);
    accredit(&mut archive, 20, day(2));
    sign_list(&mut archive, day(2));
    let released = archive.release(None, &Spans::default(), day(2)).unwrap();
    (archive, released)
}

fn opened(folder: &Path) -> &'static str {
    Archive::open(folder, day(9)).unwrap_err().code
}

fn only(folder: &Path) -> std::path::PathBuf {
    let entry = std::fs::read_dir(folder).unwrap().next().unwrap();
    entry.unwrap().path()
}

#[test]
fn a_home_that_lacks_what_it_had_is_not_used() {
    for gone in ["policies", "statements", "lists", "published.json"] {
        let folder = tempfile::tempdir().unwrap();
        published(folder.path());
        let path = folder.path().join(gone);
        let path = if path.is_dir() { only(&path) } else { path };
        std::fs::remove_file(path).unwrap();
        // Without the policy nothing behind it can be verified.
        let code = if gone == "policies" {
            "accreditor.damaged"
        } else {
            "accreditor.rolled_back"
        };
        assert_eq!(opened(folder.path()), code, "{gone}");
    }
    let nothing = tempfile::tempdir().unwrap();
    assert_eq!(opened(nothing.path()), "accreditor.missing");
}

#[test]
fn a_changed_file_is_refused() {
    for file in ["policies", "statements", "lists"] {
        let folder = tempfile::tempdir().unwrap();
        published(folder.path());
        let path = only(&folder.path().join(file));
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("2026-03-0", "2026-02-0")).unwrap();
        assert_eq!(opened(folder.path()), "accreditor.damaged", "{file}");
    }
}

#[test]
fn nothing_is_published_behind_what_is_published_and_an_old_home_is_brought_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = union(folder.path());
    let old = std::fs::read(folder.path().join("published.json")).unwrap();
    accredit(&mut archive, 20, day(2));
    sign_list(&mut archive, day(2));
    for _ in 0..3 {
        archive.release(None, &Spans::default(), day(2)).unwrap();
    }
    let released = archive.release(None, &Spans::default(), day(2)).unwrap();
    // As a copy from before the accreditation has it.
    std::fs::write(folder.path().join("published.json"), old).unwrap();
    let folders = ["statements", "lists"].map(|name| folder.path().join(name));
    for folder in &folders {
        std::fs::remove_dir_all(folder).unwrap();
    }
    let mut archive = Archive::open(folder.path(), day(3)).unwrap();
    accredit(&mut archive, 21, day(3));
    sign_list(&mut archive, day(3));
    let refused = archive.release(Some(&released.bundle), &Spans::default(), day(3));
    assert_eq!(refused.unwrap_err().code, "accreditor.rolled_back");
    // What has gone another way since cannot be brought together.
    let parted = recover(folder.path(), &released.bundle, &released.history, day(3));
    assert_eq!(parted.unwrap_err().code, "accreditor.rolled_back");
    for folder in &folders {
        std::fs::remove_dir_all(folder).unwrap();
    }
    let mut archive = recover(folder.path(), &released.bundle, &released.history, day(3)).unwrap();
    assert_eq!(archive.statements.len(), 1);
    let next = archive
        .release(Some(&released.bundle), &Spans::default(), day(3))
        .unwrap();
    assert_eq!(next.seq, released.seq + 1);
}

#[test]
fn another_accreditors_bundle_brings_nothing() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (_, released) = published(one.path());
    let officers = [1, 2].map(card);
    let passphrase = passphrase();
    let founding = Founding {
        name: "Other".to_owned(),
        place: Place::Key,
        officers: &officers,
        threshold: 2,
        passphrase: &passphrase,
    };
    found(other.path(), &founding, day(1), &mut Steps(70)).unwrap();
    let refused = recover(other.path(), &released.bundle, &released.history, day(3));
    assert_eq!(refused.unwrap_err().code, "accreditation.foreign");
}

#[test]
fn of_each_issuer_the_newest_bundle_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = union(folder.path());
    accredit(&mut archive, 20, day(2));
    let take = |seq, now| bundle(20, seq, now, |_| ());
    assert_eq!(collect(&archive, &[take(5, day(2))], day(2)), [Fate::Taken]);
    assert_eq!(collect(&archive, &[take(5, day(2))], day(2)), [Fate::Same]);
    assert_eq!(collect(&archive, &[take(4, day(3))], day(3)), [Fate::Older]);
    assert_eq!(
        collect(&archive, &[take(5, day(3))], day(3)),
        [Fate::Conflict]
    );
    assert_eq!(
        collect(&archive, &[take(6, day(4))], day(3)),
        [Fate::Untimely]
    );
    assert_eq!(
        collect(&archive, &[take(6, day(2))], day(10)),
        [Fate::Untimely]
    );
    assert_eq!(collect(&archive, &[take(6, day(3))], day(3)), [Fate::Taken]);
    assert_eq!(archive.members().unwrap()[0].bundle.seq(), 6);
}
