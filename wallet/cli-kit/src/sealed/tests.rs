use super::*;

const WEAK: Cost = Cost {
    memory_kib: 8,
    passes: 1,
    lanes: 1,
};

fn rng() -> impl CryptoRng {
    rand_core::UnwrapErr(getrandom::SysRng)
}

fn pass(text: &str) -> Passphrase {
    Passphrase::new(Zeroizing::new(text.to_owned())).unwrap()
}

fn sealed() -> Vec<u8> {
    seal(b"the secret", &pass("right"), WEAK, &mut rng()).unwrap()
}

/// Repairs the digest over the header, as a forger would.
fn repair(bytes: &mut [u8]) {
    let digest = Sha256::digest(&bytes[..DIGEST_AT]);
    bytes[DIGEST_AT..HEADER].copy_from_slice(&digest[..DIGEST]);
}

#[test]
fn what_is_sealed_opens_and_shows_nothing() {
    let bytes = sealed();
    assert_eq!(
        open(&bytes, &pass("right")).unwrap().as_slice(),
        b"the secret"
    );
    assert!(!bytes.windows(6).any(|window| window == b"secret"));
    assert_ne!(bytes, sealed(), "salt and nonce are fresh");
    let empty = seal(b"", &pass("right"), Cost::STANDARD, &mut rng()).unwrap();
    assert_eq!(open(&empty, &pass("right")).unwrap().as_slice(), b"");
}

#[test]
fn a_wrong_passphrase_is_called_that() {
    assert_eq!(
        open(&sealed(), &pass("Right")),
        Err(SealedError::WrongPassphrase)
    );
}

#[test]
fn every_flipped_bit_is_named_as_what_it_is() {
    let good = sealed();
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut bytes = good.clone();
            bytes[at] ^= 1 << bit;
            let error = open(&bytes, &pass("right")).unwrap_err();
            let named = match at {
                0..15 => matches!(error, SealedError::Foreign { .. }),
                15 if bytes[at].is_ascii_digit() => error == SealedError::Version,
                _ => matches!(error, SealedError::Damaged { .. }),
            };
            assert!(named, "byte {at}, bit {bit}: {error}");
        }
    }
}

#[test]
fn every_cut_is_damage() {
    let good = sealed();
    for length in FAMILY.len()..good.len() {
        let error = open(&good[..length], &pass("right")).unwrap_err();
        assert_eq!(error.code(), Code::FileSealedDamaged, "{length}");
    }
    let mut longer = good;
    longer.push(0);
    let error = open(&longer, &pass("right")).unwrap_err();
    assert_eq!(error.code(), Code::FileSealedDamaged);
    assert_eq!(
        open(b"", &pass("x")).unwrap_err().code(),
        Code::FileSealedForeign
    );
}

#[test]
fn a_forged_header_does_not_open() {
    // The digest is no defence against a forger: what it lets through, the tag or the key refuses.
    let good = sealed();
    for at in MAGIC.len()..DIGEST_AT {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        repair(&mut bytes);
        assert!(open(&bytes, &pass("right")).is_err(), "byte {at}");
    }
    // The nonce is not an input of the key: only the tag sees it.
    let mut bytes = good;
    bytes[MAGIC.len() + 13 + SALT] ^= 1;
    repair(&mut bytes);
    let error = open(&bytes, &pass("right")).unwrap_err();
    assert!(matches!(error, SealedError::Damaged { .. }));
}

#[test]
fn a_header_cannot_exhaust_who_opens_it() {
    let at = MAGIC.len() + 1;
    for (place, number) in [
        (at, 1024 * 1024 + 1),
        (at, u32::MAX),
        (at, 7),
        (at + 4, 17),
        (at + 4, 0),
        (at + 8, 17),
        (at + 8, 0),
        (at + 8, 2),
    ] {
        let mut bytes = sealed();
        bytes[place..place + 4].copy_from_slice(&number.to_be_bytes());
        repair(&mut bytes);
        assert_eq!(
            open(&bytes, &pass("right")),
            Err(SealedError::Cost),
            "{number}"
        );
    }
    assert!(Cost::new(1024 * 1024, 16, 16).is_ok());
    assert!(Cost::new(8, 1, 1).is_ok());
    assert_eq!(Cost::new(1024, 1, 17), Err(SealedError::Cost));
    assert_eq!(Cost::new(15, 1, 2), Err(SealedError::Cost));
}

#[test]
fn a_later_version_is_called_that() {
    let later = [FAMILY, b"12\n", b"whatever it holds"].concat();
    assert_eq!(open(&later, &pass("x")), Err(SealedError::Version));
    for damaged in [&b"12"[..], b"\n", b"12345\n", b"1x\n"] {
        let error = open(&[FAMILY, damaged].concat(), &pass("x")).unwrap_err();
        assert_eq!(error.code(), Code::FileSealedDamaged, "{damaged:?}");
    }
}

#[test]
fn a_machine_key_opens_what_it_sealed_and_nothing_else() {
    let bytes = seal_with_key(b"status key", &[7; 32], &mut rng()).unwrap();
    assert_eq!(
        open_with_key(&bytes, &[7; 32]).unwrap().as_slice(),
        b"status key"
    );
    assert_eq!(open_with_key(&bytes, &[8; 32]), Err(SealedError::WrongKey));
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(open_with_key(&changed, &[7; 32]).is_err(), "byte {at}");
    }
    let error = open(&bytes, &pass("x")).unwrap_err();
    assert_eq!(error.code(), Code::FileSealedForeign);
    let error = open_with_key(&sealed(), &[7; 32]).unwrap_err();
    assert_eq!(error.code(), Code::FileSealedForeign);
}

#[test]
fn an_unknown_kind_is_foreign() {
    for (how, number) in [(0, 0), (3, 0), (2, 1)] {
        let mut bytes = seal_with_key(b"x", &[7; 32], &mut rng()).unwrap();
        bytes[MAGIC.len()] = how;
        bytes[MAGIC.len() + 4] = number;
        repair(&mut bytes);
        let error = open_with_key(&bytes, &[7; 32]).unwrap_err();
        assert_eq!(error.code(), Code::FileSealedForeign);
    }
}

#[test]
fn a_failure_names_the_file_and_what_to_do() {
    let failure = SealedError::WrongPassphrase.failure(std::path::Path::new("vault.mandate"));
    assert_eq!(failure.code, "passphrase.wrong");
    assert_eq!(
        failure.to_human(),
        "error: cannot open vault.mandate\n  caused by: the passphrase is wrong\n\n\
         hint: try again; the file is not damaged\n"
    );
}
