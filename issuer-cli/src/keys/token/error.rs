//! What can be wrong with a token or a key on it.

identity_core::codes! {
    /// A stable code of tokens.
    pub enum TokenCode {
        /// Several tokens fit the place that was named.
        TokenAmbiguous = "token.ambiguous",
        /// The token refused, for a reason that its module names.
        TokenFailed = "token.failed",
        /// Several keys of the token fit the place that was named.
        TokenKeyAmbiguous = "token.key_ambiguous",
        /// The key on the token is another than the one the home remembers.
        TokenKeyDiffers = "token.key_differs",
        /// The key could be taken off the token.
        TokenKeyExtractable = "token.key_extractable",
        /// The token has no such key.
        TokenKeyMissing = "token.key_missing",
        /// The place names no key by label, where one is to be made.
        TokenKeyUnnamed = "token.key_unnamed",
        /// The key is neither Ed25519 nor P-256, or its public half cannot be read.
        TokenKeyUnusable = "token.key_unusable",
        /// No token fits the place that was named.
        TokenMissing = "token.missing",
        /// The module is no PKCS #11 library that can be loaded.
        TokenModule = "token.module",
        /// Nobody could give the token's PIN where work runs unattended.
        TokenPinSourceMissing = "token.pin_source_missing",
        /// The token wants its PIN changed, or none was ever set.
        TokenPinUnset = "token.pin_unset",
        /// The token is locked after too many wrong PINs.
        TokenPinLocked = "token.pin_locked",
        /// The PIN is wrong.
        TokenPinWrong = "token.pin_wrong",
        /// This program was built without support for tokens.
        TokenUnsupported = "token.unsupported",
        /// The place of a key is no PKCS #11 URI that is understood here.
        TokenUriInvalid = "token.uri_invalid",
    }
}

/// Reports that a token or a key on it cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// Several tokens fit.
    #[error("several tokens fit: {found}")]
    Ambiguous {
        /// Their labels and serial numbers.
        found: String,
    },
    /// Something that the module says.
    #[error("the token refused: {0}")]
    Failed(String),
    /// Several keys fit.
    #[error("several keys of the token fit")]
    KeyAmbiguous,
    /// Another key has taken its place.
    #[error("the key on the token is not the one this home knows")]
    KeyDiffers,
    /// The key is not bound to the token.
    #[error("the key can be taken off the token, or read there")]
    KeyExtractable,
    /// There is no such key.
    #[error("the token has no such key")]
    KeyMissing,
    /// A key is to be made, and has no name.
    #[error("the place names no key")]
    KeyUnnamed,
    /// The key is of another kind, or unreadable.
    #[error("the key on the token is of no use here: {0}")]
    KeyUnusable(&'static str),
    /// There is no such token.
    #[error("no such token is there{found}")]
    Missing {
        /// `: ` and what is there instead, or nothing.
        found: String,
    },
    /// The module cannot be loaded.
    #[error("the PKCS #11 module {path} cannot be used: {reason}")]
    Module {
        /// Its path.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// The PIN was never set, or has to be changed first.
    #[error("the token's PIN has to be set first")]
    PinUnset,
    /// Too many wrong PINs.
    #[error("the token is locked after too many wrong PINs")]
    PinLocked,
    /// The PIN is wrong.
    #[error("this is not the token's PIN")]
    PinWrong,
    /// There is no support for tokens.
    #[error("this program was built without support for tokens")]
    Unsupported,
    /// The place is not understood.
    #[error("no place of a key on a token: {0}")]
    UriInvalid(String),
}

impl TokenError {
    /// Returns the stable code.
    pub const fn code(&self) -> TokenCode {
        match self {
            Self::Ambiguous { .. } => TokenCode::TokenAmbiguous,
            Self::Failed(_) => TokenCode::TokenFailed,
            Self::KeyAmbiguous => TokenCode::TokenKeyAmbiguous,
            Self::KeyDiffers => TokenCode::TokenKeyDiffers,
            Self::KeyExtractable => TokenCode::TokenKeyExtractable,
            Self::KeyMissing => TokenCode::TokenKeyMissing,
            Self::KeyUnnamed => TokenCode::TokenKeyUnnamed,
            Self::KeyUnusable(_) => TokenCode::TokenKeyUnusable,
            Self::Missing { .. } => TokenCode::TokenMissing,
            Self::Module { .. } => TokenCode::TokenModule,
            Self::PinUnset => TokenCode::TokenPinUnset,
            Self::PinLocked => TokenCode::TokenPinLocked,
            Self::PinWrong => TokenCode::TokenPinWrong,
            Self::Unsupported => TokenCode::TokenUnsupported,
            Self::UriInvalid(_) => TokenCode::TokenUriInvalid,
        }
    }

    /// Returns what to do about it.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Ambiguous { .. } => "add serial=NUMBER to the place, or take the others out",
            Self::Failed(_) => {
                "look at the token with the tools of its maker, such as pkcs11-tool -O"
            }
            Self::KeyAmbiguous => "add id=%NN to the place, or give the keys different labels",
            Self::KeyDiffers => {
                "put in the token that this home was made with, or restore its key there"
            }
            Self::KeyExtractable => {
                "use a key that was made on the token, with CKA_SENSITIVE and without CKA_EXTRACTABLE"
            }
            Self::KeyMissing => "look at what is on the token: pkcs11-tool -O --login",
            Self::KeyUnnamed => "add object=LABEL to the place",
            Self::KeyUnusable(_) => {
                "use an Ed25519 or a P-256 key with its public half on the token"
            }
            Self::Missing { .. } => "put the token in, and compare its label with: pkcs11-tool -L",
            Self::Module { .. } => {
                "name the library of the token's maker: module-path=/usr/lib/...so"
            }
            Self::PinUnset => "set the PIN with the tools of the token's maker",
            Self::PinLocked => {
                "unlock it with the security officer's PIN, by the tools of its maker"
            }
            Self::PinWrong => "try again with care: after some wrong PINs the token locks itself",
            Self::Unsupported => "build it with: cargo build --features issuer-cli/pkcs11",
            Self::UriInvalid(_) => {
                "write it as pkcs11:token=LABEL;object=KEY?module-path=/usr/lib/softhsm/libsofthsm2.so"
            }
        }
    }
}
