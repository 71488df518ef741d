//! The history behind a trust bundle: what was said once, for whoever asks why.
//!
//! ```text
//! mandate.network-history/1
//! policy 812
//! {"schema":"mandate.officer-policy/1",…}
//! did-log 2210
//! {"versionId":"1-Qm…",…}
//! statement 1410
//! {"@context":[…],"type":["VerifiableCredential","ParliamentAccreditation"],…}
//! list 93120
//! {"schema":"mandate.trust-list/1",…}
//! ```
//!
//! It is written as the trust bundle is. No verdict needs it, so that it does not weigh on those who load
//! one: the statements behind the list, and the lists before it, each with its officers' signatures.

use super::{
    NetworkError,
    container::{put, take, unpack},
};
use crate::{status::inflate, verify::Budget};

const FIRST: &str = "mandate.network-history/1\n";

/// The parts of a history, none of them verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "an accreditor that leaves a part out must not compile"
)]
pub struct History {
    /// The accreditor's officer policies, the first version first, as JSON.
    pub policies: Vec<String>,
    /// The log of the accreditor's DID, where it has one.
    pub did_log: Option<String>,
    /// The statements, as JSON.
    pub statements: Vec<String>,
    /// The trust lists, the first one first, as JSON.
    pub lists: Vec<String>,
}

impl History {
    /// Returns the file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut text = FIRST.to_owned();
        for policy in &self.policies {
            put(&mut text, "policy", policy);
        }
        if let Some(log) = &self.did_log {
            put(&mut text, "did-log", log);
        }
        for statement in &self.statements {
            put(&mut text, "statement", statement);
        }
        for list in &self.lists {
            put(&mut text, "list", list);
        }
        inflate::to_zlib(text.as_bytes())
    }

    /// Reads a file: parts in the order in which they are written.
    ///
    /// # Errors
    /// [`NetworkError`] when it is not of that shape, or larger than the budget.
    pub fn from_bytes(bytes: &[u8], budget: &mut Budget) -> Result<Self, NetworkError> {
        const KINDS: [&str; 4] = ["policy", "did-log", "statement", "list"];
        let text = unpack(bytes, budget)?;
        let mut rest = text.strip_prefix(FIRST).ok_or_else(|| {
            NetworkError::malformed("it does not begin with mandate.network-history/1")
        })?;
        let mut history = Self::default();
        let mut last = 0;
        while !rest.is_empty() {
            let (kind, content, after) = take(rest)?;
            let at = KINDS.iter().position(|known| *known == kind);
            let at =
                at.ok_or_else(|| NetworkError::malformed("it has a part of an unknown kind"))?;
            if at < last || (at == 1 && history.did_log.is_some()) {
                return Err(NetworkError::malformed("its parts are out of order"));
            }
            last = at;
            rest = after;
            let content = content.to_owned();
            match at {
                0 => history.policies.push(content),
                1 => history.did_log = Some(content),
                2 => history.statements.push(content),
                _ => history.lists.push(content),
            }
        }
        if history.policies.is_empty() {
            return Err(NetworkError::malformed("a part is missing"));
        }
        Ok(history)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;

    fn read(bytes: &[u8]) -> Result<History, Code> {
        History::from_bytes(bytes, &mut Budget::network()).map_err(|error| error.code())
    }

    #[test]
    fn a_history_is_read_as_it_was_written() {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let history = History {
            policies: texts(&["{\"version\":1}", "{\"version\":2}"]),
            did_log: Some("{}\n{}\n".to_owned()),
            statements: texts(&["{\"a\":\"\\n\"}", "{}"]),
            lists: texts(&["{\"seq\":1}"]),
        };
        assert_eq!(read(&history.to_bytes()), Ok(history));
    }

    #[test]
    fn another_file_a_cut_one_and_one_out_of_order_are_refused() {
        let packed = |text: &str| inflate::to_zlib(text.as_bytes());
        let policy = "policy 2\n{}\n";
        assert!(read(&packed(&format!("{FIRST}{policy}"))).is_ok());
        for wrong in [
            format!("mandate.network/1\n{policy}"),
            FIRST.to_owned(),
            format!("{FIRST}list 2\n{{}}\n{policy}"),
            format!("{FIRST}{policy}other 2\n{{}}\n"),
            format!("{FIRST}{policy}did-log 1\nx\ndid-log 1\nx\n"),
            format!("{FIRST}policy 3\n{{}}\n"),
        ] {
            let refused = read(&packed(&wrong));
            assert_eq!(refused, Err(Code::NetworkMalformed), "{wrong:?}");
        }
        let whole = packed(&format!("{FIRST}{policy}"));
        assert_eq!(read(&whole[..whole.len() - 1]), Err(Code::NetworkMalformed));
        let mut small = Budget::network();
        small
            .spend_list_bytes(small.list_bytes_left() - 10)
            .unwrap();
        let refused = History::from_bytes(&whole, &mut small).unwrap_err();
        assert_eq!(refused.code(), Code::BudgetExhausted);
    }
}
