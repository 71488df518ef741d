//! Why the accreditor does not do what it was asked to.

use std::path::Path;

use cli_kit::Failure;
use identity_core::Code as CoreCode;

identity_core::codes! {
    /// A stable code of the accreditor.
    pub enum AccreditorCode {
        /// The document says that it was drawn up later than now.
        AccreditorAhead = "accreditor.ahead",
        /// Two copies of a document say different things.
        AccreditorCopiesDiffer = "accreditor.copies_differ",
        /// A file of the accreditor's home is not what was written there.
        AccreditorDamaged = "accreditor.damaged",
        /// There is an accreditor in this home already.
        AccreditorExists = "accreditor.exists",
        /// The trust list is not what the statements compile into.
        AccreditorListDiffers = "accreditor.list_differs",
        /// The trust list has expired, and no newer one is signed.
        AccreditorListExpired = "accreditor.list_expired",
        /// There is no accreditor in this home.
        AccreditorMissing = "accreditor.missing",
        /// The officers have not signed their first policy yet.
        AccreditorNotFounded = "accreditor.not_founded",
        /// Not one usable bundle was found.
        AccreditorNothingCollected = "accreditor.nothing_collected",
        /// The file is no officer's key or card.
        AccreditorOfficerFile = "accreditor.officer_file",
        /// The document is for another verb than this.
        AccreditorOtherPaper = "accreditor.other_paper",
        /// The document was drawn up too long ago, or something else was recorded since.
        AccreditorOutdated = "accreditor.outdated",
        /// The file is no document that officers sign.
        AccreditorPaperMalformed = "accreditor.paper_malformed",
        /// The document is recorded already.
        AccreditorRecordedAlready = "accreditor.recorded_already",
        /// The home is older than what was published from it.
        AccreditorRolledBack = "accreditor.rolled_back",
        /// No statement accredits that parliament.
        AccreditorUnknownParliament = "accreditor.unknown_parliament",
    }
}

pub(super) fn refuse(code: AccreditorCode, message: impl Into<String>) -> Failure {
    Failure::failed(code.as_str(), message)
}

/// Makes a failure of what the core refuses.
pub(super) fn core(code: CoreCode, error: &dyn std::error::Error) -> Failure {
    let failure = Failure::from_error(code.as_str(), error);
    match code {
        CoreCode::AccreditationTooFew | CoreCode::PolicyTooFew => failure
            .hint("hand in all the copies in one command, or have more officers sign: mandate-issuer accreditor approve FILE --officer-key KEY"),
        CoreCode::AccreditationStranger | CoreCode::PolicyStranger => {
            failure.hint("leave that copy out; who may sign is shown by: mandate-issuer accreditor officers list")
        }
        CoreCode::AccreditationSignature | CoreCode::PolicySignature => {
            failure.hint("a copy was changed after somebody signed it: leave it out, or have it signed anew")
        }
        _ => failure.hint("see: mandate-issuer accreditor --help"),
    }
}

pub(super) fn damaged(path: &Path) -> Failure {
    let message = format!("{} is not what was written there", path.display());
    refuse(AccreditorCode::AccreditorDamaged, message)
        .hint("put a copy of the home back; what was published can be read with: mandate-issuer accreditor export")
}

#[cfg(test)]
mod tests {
    use super::AccreditorCode;

    #[test]
    fn codes_are_said_once() {
        let mut texts: Vec<_> = AccreditorCode::ALL.iter().map(|c| c.as_str()).collect();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), AccreditorCode::ALL.len());
    }
}
