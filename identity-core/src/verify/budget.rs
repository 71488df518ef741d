//! The budget: how much work one untrusted input may cost.

use core::num::NonZeroUsize;

use crate::Code;

/// Counts down the work that one presentation may cost; running out ends verification.
///
/// Complexity attacks (thousands of proofs, disclosures nested without end, a status list that
/// inflates to gigabytes) then cost the attacker more than the verifier.
#[derive(Clone, Debug)]
pub struct Budget {
    bytes: usize,
    signatures: usize,
    disclosures: usize,
    list_bytes: usize,
    ld: usize,
}

/// Reports which part of the budget ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too much work: the budget for {what} is used up")]
#[non_exhaustive]
pub struct BudgetExhausted {
    /// What ran out: `bytes`, `signatures`, `disclosures`, `status list bytes` or
    /// `JSON-LD steps`.
    pub what: &'static str,
}

impl Budget {
    /// The budget for one presentation: 1 MiB of input, 64 signatures, 1,024 disclosures,
    /// 64 MiB of status lists after decompression, 2^18 steps of JSON-LD and its canonical form.
    pub const fn presentation() -> Self {
        Self {
            bytes: 1 << 20,
            signatures: 64,
            disclosures: 1024,
            list_bytes: 64 << 20,
            ld: 1 << 18,
        }
    }

    /// The budget for one issuer's bundle: 256 MiB of input and of status lists, 4,096 signatures for the
    /// log of its DID, its officers and delegations.
    pub const fn bundle() -> Self {
        Self {
            bytes: 256 << 20,
            signatures: 4096,
            disclosures: 0,
            list_bytes: 256 << 20,
            ld: 1 << 18,
        }
    }

    /// The budget for the log of one did:webvh DID and its witnesses' proofs: 16 MiB of input and 4,096
    /// signatures.
    pub const fn did_log() -> Self {
        Self {
            bytes: 16 << 20,
            signatures: 4096,
            disclosures: 0,
            list_bytes: 0,
            ld: 0,
        }
    }

    /// The budget for the trust bundle of many parliaments: 64 MiB as it is stored, 512 MiB after
    /// decompression with its logs and status lists, 2^18 signatures.
    pub const fn network() -> Self {
        Self {
            bytes: 512 << 20,
            signatures: 1 << 18,
            disclosures: 0,
            list_bytes: 512 << 20,
            ld: 1 << 18,
        }
    }

    /// Returns an equal share of what is left, for one of several threads.
    pub(crate) const fn share(&self, threads: NonZeroUsize) -> Self {
        let n = threads.get();
        Self {
            bytes: self.bytes / n,
            signatures: self.signatures / n,
            disclosures: self.disclosures / n,
            list_bytes: self.list_bytes / n,
            ld: self.ld / n,
        }
    }

    /// Spends `n` bytes of input.
    ///
    /// # Errors
    /// [`BudgetExhausted`] when fewer than `n` are left.
    pub fn spend_bytes(&mut self, n: usize) -> Result<(), BudgetExhausted> {
        spend(&mut self.bytes, n, "bytes")
    }

    /// Spends one signature check.
    ///
    /// # Errors
    /// [`BudgetExhausted`] when none is left.
    pub fn spend_signature(&mut self) -> Result<(), BudgetExhausted> {
        spend(&mut self.signatures, 1, "signatures")
    }

    /// Spends `n` disclosures.
    ///
    /// # Errors
    /// [`BudgetExhausted`] when fewer than `n` are left.
    pub fn spend_disclosures(&mut self, n: usize) -> Result<(), BudgetExhausted> {
        spend(&mut self.disclosures, n, "disclosures")
    }

    /// Spends `n` bytes of a status list after decompression.
    ///
    /// # Errors
    /// [`BudgetExhausted`] when fewer than `n` are left.
    pub fn spend_list_bytes(&mut self, n: usize) -> Result<(), BudgetExhausted> {
        spend(&mut self.list_bytes, n, "status list bytes")
    }

    /// Spends `n` steps of JSON-LD: values read, terms defined, statements made and hashes taken.
    ///
    /// # Errors
    /// [`BudgetExhausted`] when fewer than `n` are left.
    pub fn spend_ld(&mut self, n: usize) -> Result<(), BudgetExhausted> {
        spend(&mut self.ld, n, "JSON-LD steps")
    }

    /// Returns how many bytes of status lists may still be decompressed.
    pub const fn list_bytes_left(&self) -> usize {
        self.list_bytes
    }
}

impl BudgetExhausted {
    /// Returns [`Code::BudgetExhausted`].
    pub const fn code(&self) -> Code {
        Code::BudgetExhausted
    }
}

fn spend(left: &mut usize, n: usize, what: &'static str) -> Result<(), BudgetExhausted> {
    *left = left.checked_sub(n).ok_or(BudgetExhausted { what })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spent_is_gone() {
        let mut budget = Budget::presentation();
        assert_eq!(budget.spend_disclosures(1024), Ok(()));
        assert_eq!(
            budget.spend_disclosures(1),
            Err(BudgetExhausted {
                what: "disclosures"
            })
        );
        assert_eq!(budget.spend_signature(), Ok(()));
    }

    /// What can be spent of each kind, and no more.
    fn left(budget: &Budget) -> [usize; 5] {
        type Spend = fn(&mut Budget, usize) -> Result<(), BudgetExhausted>;
        let signatures: Spend = |budget, n| (0..n).try_for_each(|_| budget.spend_signature());
        let kinds: [(Spend, usize); 5] = [
            (Budget::spend_bytes, budget.bytes),
            (signatures, budget.signatures),
            (Budget::spend_disclosures, budget.disclosures),
            (Budget::spend_list_bytes, budget.list_bytes),
            (Budget::spend_ld, budget.ld),
        ];
        kinds.map(|(spend, most)| {
            assert_eq!(spend(&mut budget.clone(), most), Ok(()));
            assert!(spend(&mut budget.clone(), most + 1).is_err());
            most
        })
    }

    #[test]
    fn each_budget_is_what_its_documentation_says() {
        const MIB: usize = 1_048_576;
        let ld = 262_144;
        let expected = [
            (Budget::presentation(), [MIB, 64, 1024, 64 * MIB, ld]),
            (Budget::bundle(), [256 * MIB, 4096, 0, 256 * MIB, ld]),
            (Budget::did_log(), [16 * MIB, 4096, 0, 0, 0]),
            (Budget::network(), [512 * MIB, 262_144, 0, 512 * MIB, ld]),
        ];
        for (budget, expected) in expected {
            assert_eq!(left(&budget), expected);
        }
    }

    #[test]
    fn several_threads_have_no_more_than_one() {
        let mut budget = Budget::presentation();
        budget.spend_signature().unwrap();
        let share = budget.share(NonZeroUsize::new(4).unwrap());
        let quarter = [1 << 18, 15, 256, 16 << 20, 1 << 16];
        assert_eq!(left(&share), quarter);
    }
}
