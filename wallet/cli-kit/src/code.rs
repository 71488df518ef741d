//! The codes of failures that belong to no room of the core: files, passphrases, input, usage.

identity_core::codes! {
    /// A stable code of the command lines.
    pub enum Code {
        /// A file that must not exist yet is there already.
        FileExists = "file.exists",
        /// A sealed file was sealed at a cost beyond what is accepted.
        FileSealedCost = "file.sealed_cost",
        /// A sealed file is damaged or cut short.
        FileSealedDamaged = "file.sealed_damaged",
        /// The file is no sealed file, or one of another kind.
        FileSealedForeign = "file.sealed_foreign",
        /// A sealed file is of a version this program does not know.
        FileSealedVersion = "file.sealed_version",
        /// The key at hand is not the one the file was sealed with.
        FileSealedWrongKey = "file.sealed_wrong_key",
        /// The file is larger than this program reads.
        FileTooLarge = "file.too_large",
        /// The file could not be read.
        FileUnreadable = "file.unreadable",
        /// The file could not be written.
        FileUnwritable = "file.unwritable",

        /// No home directory is known for the program's data.
        HomeUnknown = "home.unknown",

        /// A question has to be answered, and nobody can be asked.
        InputNeeded = "input.needed",
        /// A person answered no.
        InputRefused = "input.refused",

        /// The program met a fault of its own.
        InternalPanic = "internal.panic",
        /// The system gave no random bytes.
        InternalRandomness = "internal.randomness",

        /// The result would be written over a file that the command reads.
        OutputIsInput = "output.is_input",
        /// The result would be written into the program's own home.
        OutputOwnHome = "output.own_home",
        /// Standard output could not be written.
        OutputUnwritable = "output.unwritable",

        /// The passphrase is empty.
        PassphraseEmpty = "passphrase.empty",
        /// The passphrase file can be read by other people on this machine.
        PassphraseFileReadableByOthers = "passphrase.file_readable_by_others",
        /// The passphrase is no UTF-8 text, or is too long.
        PassphraseMalformed = "passphrase.malformed",
        /// The new passphrase was not typed the same way twice.
        PassphraseMismatch = "passphrase.mismatch",
        /// A passphrase is needed, and none was given.
        PassphraseMissing = "passphrase.missing",
        /// The passphrase is not the one the file was sealed with.
        PassphraseWrong = "passphrase.wrong",

        /// The command line is not understood.
        UsageInvalid = "usage.invalid",
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn codes_are_in_order_and_said_once() {
        let texts: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert!(texts.is_sorted(), "{texts:?}");
        for pair in texts.windows(2) {
            assert_ne!(pair[0], pair[1]);
        }
    }
}
