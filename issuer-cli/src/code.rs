//! Stable codes of the issuer: what its errors and refused rows are called.

identity_core::codes! {
    /// A stable code of the issuer.
    pub enum Code {
        /// The file is no backup of an issuer.
        BackupDamaged = "backup.damaged",

        /// Not one of a batch's enrolments led to a credential.
        BatchNothingIssued = "batch.nothing_issued",

        /// There is an issuer in this home already.
        IssuerExists = "issuer.exists",
        /// There is no issuer in this home.
        IssuerMissing = "issuer.missing",

        /// An entry of the journal is not what its successor or its own digest says.
        JournalBroken = "journal.broken",
        /// The journal's head is not signed by the journal's key.
        JournalHead = "journal.head",
        /// Journal and records tell different stories: of a credential, a mandate or a term, or of a slot.
        JournalRecordDiffers = "journal.record_differs",
        /// The journal lacks entries that were acknowledged.
        JournalTruncated = "journal.truncated",

        /// The key of a did:key is the DID: it cannot be replaced.
        KeyDidKeyCannotRotate = "key.did_key_cannot_rotate",

        /// The code does not fit into a QR code.
        LetterQr = "letter.qr",

        /// The date has another shape than 2015, 2015-03 or 2015-03-30, or the calendar has no such date.
        RosterDateInvalid = "roster.date_invalid",
        /// The row ends before it starts, its term's dates standing in for its own.
        RosterDatesReversed = "roster.dates_reversed",
        /// Another open membership of this person in this term counts.
        RosterDuplicateMandate = "roster.duplicate_mandate",
        /// Two entries with this id are two persons: their names or dates of birth cannot be one person's.
        RosterDuplicatePerson = "roster.duplicate_person",
        /// A value that every row needs is not there.
        RosterFieldMissing = "roster.field_missing",
        /// An id begins with two hyphens, as an option of the command line does.
        RosterIdInvalid = "roster.id_invalid",
        /// The file is neither a Popolo document nor a table with the columns needed.
        RosterMalformed = "roster.malformed",
        /// The membership is of an organisation that is no chamber, such as a committee.
        RosterNotAChamber = "roster.not_a_chamber",
        /// Not one row of the roster was taken, or it has none.
        RosterNothingTaken = "roster.nothing_taken",
        /// The membership is of another chamber than the issuer's.
        RosterOtherChamber = "roster.other_chamber",
        /// The membership names a person whom the file does not describe.
        RosterPersonUnknown = "roster.person_unknown",
        /// The row has another shape: wrong kinds of values, or another number of cells than the header.
        RosterRowMalformed = "roster.row_malformed",
        /// The row names a term that neither the file nor the register describes.
        RosterTermUnknown = "roster.term_unknown",
        /// A text is longer than a credential can show, or an id longer than 200 bytes.
        RosterTextTooLong = "roster.text_too_long",
        /// A text holds control characters or characters that reorder what is shown.
        RosterTextUnsafe = "roster.text_unsafe",
        /// The file is larger than any roster.
        RosterTooLarge = "roster.too_large",

        /// A file with a secret can be read by others.
        SecretsReadable = "secrets.readable",
        /// What was published is not current.
        StatusUnpublished = "status.unpublished",

        /// Another process holds the store.
        StoreBusy = "store.busy",
        /// What the store holds cannot be read as it was written.
        StoreDamaged = "store.damaged",
        /// The disk or the database refused.
        StoreFailed = "store.failed",
        /// There is no store here.
        StoreMissing = "store.missing",
        /// The store was written by a newer version.
        StoreTooNew = "store.too_new",
    }
}
