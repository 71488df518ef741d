//! Against `SoftHSM2`. Where its tokens lie is said by the environment, which a test cannot change for
//! itself: each test runs its part in this program once more, as a process of its own.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use identity_core::key::{Algorithm, Signer as _};

use super::*;

const PLACES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
];
const MODULE: &str = "TOKEN_TEST_MODULE";
const PIN: Pin<'_> = Pin::Bytes(b"947213");

/// Makes a folder for tokens with one in it, and runs a part there.
fn with_softhsm(part: &str) {
    let Some(module) = PLACES.iter().find(|place| Path::new(place).exists()) else {
        let missing = "SoftHSM2 is not installed: apt-get install softhsm2";
        assert!(
            std::env::var_os("MANDATE_REQUIRE_PEERS").is_none(),
            "{missing}"
        );
        println!("SKIPPED: {missing}");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let tokens = folder.path().join("tokens");
    std::fs::create_dir(&tokens).unwrap();
    let conf = folder.path().join("softhsm2.conf");
    let text = format!("directories.tokendir = {}\n", tokens.display());
    std::fs::write(&conf, text).unwrap();
    for label in ["first", "second", "second"] {
        let made = Command::new("softhsm2-util")
            .args(["--init-token", "--free", "--label", label])
            .args(["--pin", "947213", "--so-pin", "313131"])
            .env("SOFTHSM2_CONF", &conf)
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
    }
    let run = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--ignored", "--nocapture"])
        .arg(format!("keys::token::tests::parts::{part}"))
        .env("SOFTHSM2_CONF", &conf)
        .env(MODULE, module)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    let errors = String::from_utf8_lossy(&run.stderr);
    assert!(
        run.status.success() && said.contains("1 passed"),
        "{said}\n{errors}"
    );
}

fn uri(path: &str) -> TokenUri {
    let module = PathBuf::from(std::env::var_os(MODULE).unwrap());
    let text = format!("pkcs11:{path}?module-path={}", module.display());
    text.parse().unwrap()
}

#[test]
fn keys_of_both_algorithms_sign_there_and_verify_here() {
    with_softhsm("both_algorithms");
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    with_softhsm("refusals");
}

#[test]
fn keys_are_told_apart() {
    with_softhsm("several_keys");
}

#[test]
fn a_key_that_can_leave_the_token_is_refused() {
    with_softhsm("extractable");
}

#[test]
fn a_module_that_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text.so");
    std::fs::write(&text, "no library").unwrap();
    for module in [text, folder.path().join("none.so")] {
        let uri: TokenUri = format!("pkcs11:token=x?module-path={}", module.display())
            .parse()
            .unwrap();
        for refused in [look(&uri).unwrap_err(), open(&uri, PIN).unwrap_err()] {
            assert_eq!(refused.code(), TokenCode::TokenModule);
            assert!(refused.to_string().contains(module.to_str().unwrap()));
        }
    }
}

mod parts {
    use cryptoki::{
        context::{CInitializeArgs, CInitializeFlags, Pkcs11},
        mechanism::Mechanism,
        object::Attribute,
        session::UserType,
        types::AuthPin,
    };

    use super::*;

    #[test]
    #[ignore = "run by keys_of_both_algorithms_sign_there_and_verify_here"]
    fn both_algorithms() {
        for (algorithm, label) in [(Algorithm::EdDsa, "ed"), (Algorithm::Es256, "p256")] {
            let uri = uri(&format!("token=first;object={label}"));
            let (made, is_new) = open_or_generate(&uri, algorithm, PIN).unwrap();
            assert!(is_new);
            assert_eq!(made.public_key().algorithm(), algorithm);
            let record = TokenRecord::new(uri.clone(), made.public_key());
            for message in [&b""[..], b"one", &vec![7; 100_000]] {
                let signature = made.try_sign(message).unwrap();
                made.public_key().verify(message, &signature).unwrap();
                assert!(made.public_key().verify(b"another", &signature).is_err());
            }
            // Again, as another command would.
            let (found, is_new) = open_or_generate(&uri, algorithm, PIN).unwrap();
            assert!(!is_new);
            assert_eq!(found.public_key(), made.public_key());
            let found = record.open(PIN).unwrap();
            let signature = found.try_sign(b"two").unwrap();
            made.public_key().verify(b"two", &signature).unwrap();
            // From all cores at once, as a batch does.
            std::thread::scope(|scope| {
                for n in 0..8_u8 {
                    let made = &made;
                    scope.spawn(move || {
                        for m in 0..8_u8 {
                            let signature = made.try_sign(&[n, m]).unwrap();
                            made.public_key().verify(&[n, m], &signature).unwrap();
                        }
                    });
                }
            });
        }
    }

    #[test]
    #[ignore = "run by what_does_not_fit_is_refused_by_name"]
    fn refusals() {
        let good = uri("token=first;object=key");
        let refused = |place: &str, pin: Pin<'_>| open(&uri(place), pin).unwrap_err();
        assert_eq!(
            refused("token=first;object=key", PIN),
            TokenError::KeyMissing
        );
        assert_eq!(
            refused("token=third;object=key", PIN).code(),
            TokenCode::TokenMissing
        );
        let text = refused("token=third;object=key", PIN).to_string();
        assert!(text.contains("first (serial "), "{text}");
        assert_eq!(
            refused("token=first;serial=0;object=key", PIN).code(),
            TokenCode::TokenMissing
        );
        assert_eq!(
            refused("token=second;object=key", PIN).code(),
            TokenCode::TokenAmbiguous
        );
        assert!(!look(&good).unwrap());
        // In this process nobody is logged in yet to the token, whose PIN is therefore asked for.
        let (_, is_new) = open_or_generate(&good, Algorithm::EdDsa, PIN).unwrap();
        assert!(is_new);
        // A place without a label fits the one key that there is.
        let unnamed = uri("token=first");
        let (_, is_new) = open_or_generate(&unnamed, Algorithm::EdDsa, PIN).unwrap();
        assert!(!is_new);
        assert_eq!(
            open_or_generate(&uri("token=first;id=%05"), Algorithm::EdDsa, PIN).unwrap_err(),
            TokenError::KeyUnnamed
        );
        let another = identity_core::key::SecretKey::from_secret_bytes(Algorithm::EdDsa, &[1; 32]);
        let record = TokenRecord::new(good, another.unwrap().public_key());
        assert_eq!(record.open(PIN).unwrap_err(), TokenError::KeyDiffers);
    }

    #[test]
    #[ignore = "run by a_wrong_pin_opens_nothing"]
    fn wrong_pin() {
        let uri = uri("token=first;object=key");
        for wrong in [&b"000000"[..], b"", b"1", b"\xff\xff\xff\xff"] {
            let refused = open_or_generate(&uri, Algorithm::EdDsa, Pin::Bytes(wrong));
            assert_eq!(refused.unwrap_err(), TokenError::PinWrong);
        }
        open_or_generate(&uri, Algorithm::EdDsa, PIN).unwrap();
    }

    /// Opens a session past our own code, to make what a careless tool would.
    fn raw() -> cryptoki::session::Session {
        let module = Pkcs11::new(std::env::var_os(MODULE).unwrap()).unwrap();
        let _ = module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK));
        let slots = module.get_slots_with_initialized_token().unwrap();
        let slot = slots
            .into_iter()
            .find(|slot| module.get_token_info(*slot).unwrap().label() == "first");
        let session = module.open_rw_session(slot.unwrap()).unwrap();
        let pin = AuthPin::new("947213".into());
        session.login(UserType::User, Some(&pin)).unwrap();
        session
    }

    fn make(session: &cryptoki::session::Session, id: u8, private: &[Attribute]) {
        let name = [Attribute::Label(b"key".to_vec()), Attribute::Id(vec![id])];
        let mut public = vec![
            Attribute::Token(true),
            Attribute::Verify(true),
            Attribute::EcParams(point::ED25519_BY_OID.to_vec()),
        ];
        public.extend(name.iter().cloned());
        let mut template = vec![Attribute::Token(true), Attribute::Sign(true)];
        template.extend(private.iter().cloned());
        template.extend(name);
        let mechanism = Mechanism::EccEdwardsKeyPairGen;
        // SoftHSM knows one of the two names of the curve, by version.
        if session
            .generate_key_pair(&mechanism, &public, &template)
            .is_err()
        {
            public[2] = Attribute::EcParams(point::ED25519_BY_NAME.to_vec());
            session
                .generate_key_pair(&mechanism, &public, &template)
                .unwrap();
        }
    }

    #[test]
    #[ignore = "run by keys_are_told_apart"]
    fn several_keys() {
        let session = raw();
        let bound = [Attribute::Sensitive(true), Attribute::Extractable(false)];
        make(&session, 1, &bound);
        make(&session, 2, &bound);
        let both = uri("token=first;object=key");
        assert_eq!(open(&both, PIN).unwrap_err(), TokenError::KeyAmbiguous);
        let refused = open_or_generate(&both, Algorithm::EdDsa, PIN).unwrap_err();
        assert_eq!(refused, TokenError::KeyAmbiguous);
        let key = |id: u8| open(&uri(&format!("token=first;object=key;id=%0{id}")), PIN).unwrap();
        let (one, two) = (key(1), key(2));
        assert_ne!(one.public_key(), two.public_key());
        // The public half that was found is the private one's: signing checks it.
        for key in [one, two] {
            key.try_sign(b"message").unwrap();
        }
    }

    #[test]
    #[ignore = "run by a_key_that_can_leave_the_token_is_refused"]
    fn extractable() {
        let session = raw();
        make(
            &session,
            1,
            &[Attribute::Sensitive(true), Attribute::Extractable(true)],
        );
        make(
            &session,
            2,
            &[Attribute::Sensitive(false), Attribute::Extractable(false)],
        );
        for id in [1, 2] {
            let uri = uri(&format!("token=first;object=key;id=%0{id}"));
            assert_eq!(open(&uri, PIN).unwrap_err(), TokenError::KeyExtractable);
        }
    }
}

#[test]
fn a_wrong_pin_opens_nothing() {
    with_softhsm("wrong_pin");
}
