//! Exit codes: the same numbers, with the same meaning, in all three programs.

/// How a program ends.
///
/// The numbers are part of the contract (`spec/exit-codes.md`). A closed standard output changes none
/// of them: what is printed is dropped, what was decided stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ExitCode {
    /// 0: done, or valid.
    Done,
    /// 1: it failed; a file could not be read, a vault is damaged, a store is busy.
    Failed,
    /// 130: a person interrupted it.
    Interrupted,
    /// 70: a fault in the program itself.
    Internal,
    /// 10: the presentation or credential is not valid.
    NotValid,
    /// 11: revoked, suspended or ended.
    Revoked,
    /// 12: it could not be decided.
    Undecided,
    /// 2: wrong use of the command line.
    Usage,
}

impl ExitCode {
    /// Returns the number the process ends with.
    pub const fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NotValid => 10,
            Self::Revoked => 11,
            Self::Undecided => 12,
            Self::Internal => 70,
            Self::Interrupted => 130,
        }
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.number())
    }
}

#[cfg(test)]
mod tests {
    use super::ExitCode::{
        Done, Failed, Internal, Interrupted, NotValid, Revoked, Undecided, Usage,
    };

    #[test]
    fn the_numbers_are_those_of_the_contract() {
        let all = [
            Done,
            Failed,
            Usage,
            NotValid,
            Revoked,
            Undecided,
            Internal,
            Interrupted,
        ];
        assert_eq!(
            all.map(super::ExitCode::number),
            [0, 1, 2, 10, 11, 12, 70, 130]
        );
    }
}
