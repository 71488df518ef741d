//! Whether a credential is as its type allows (draft-ietf-oauth-sd-jwt-vc sections 5.6 and 5.7).

use std::collections::HashSet;

use super::{Disclosability, ResolvedType, TypeError};
use crate::proof::sd_jwt::{Disclosed, disclosed::Part, vc::VerifiedVc};

/// Most parts of a credential that a type's paths may lead to, all together.
const MAX_WORK: usize = 1 << 18;

/// How much of a credential whoever checks it sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "one sees all or not")]
pub enum Shown {
    /// Everything, as its holder does: a digest without a disclosure is a decoy, and what is absent
    /// was not issued.
    Everything,
    /// What the holder chose to show: what is absent may have been issued all the same.
    Part,
}

impl ResolvedType {
    /// Checks a credential against what holds for its type.
    ///
    /// # Errors
    /// [`TypeError`] when it is of another type, a claim has a form that a path does not fit, a claim is
    /// selectively disclosable or not against its type, or a mandatory one is known not to have been
    /// issued.
    pub fn check(&self, credential: &VerifiedVc, shown: Shown) -> Result<(), TypeError> {
        let vct = self.chain().first().map(String::as_str);
        if vct != Some(credential.registered().vct.as_str()) {
            return Err(TypeError::Type {
                vct: vct.unwrap_or_default().to_owned(),
            });
        }
        self.check_claims(credential.disclosed(), shown)
    }

    fn check_claims(&self, disclosed: &Disclosed, shown: Shown) -> Result<(), TypeError> {
        let concealable: HashSet<&[Part]> = disclosed
            .found()
            .iter()
            .map(|found| found.place.as_slice())
            .collect();
        let mut work = MAX_WORK;
        for claim in self.claims() {
            let found = claim.path.select(disclosed, &mut work)?;
            for part in &found.selected {
                // A claim is so by its own disclosure, not by that of what it stands in.
                let is_sd = part.value.is_none() || concealable.contains(part.place.as_slice());
                let fits = match claim.sd {
                    None | Some(Disclosability::Allowed) => true,
                    Some(Disclosability::Always) => is_sd,
                    Some(Disclosability::Never) => !is_sd,
                };
                if !fits {
                    return Err(TypeError::Disclosability {
                        path: claim.path.to_string(),
                    });
                }
            }
            // What may not be disclosable is not among what is withheld from where it would stand.
            let may_be_withheld = found.inside_withheld
                || (found.itself_withheld && claim.sd != Some(Disclosability::Never));
            let is_known_to_be_absent =
                found.selected.is_empty() && (shown == Shown::Everything || !may_be_withheld);
            if claim.mandatory == Some(true) && is_known_to_be_absent {
                return Err(TypeError::ClaimMissing {
                    path: claim.path.to_string(),
                });
            }
        }
        Ok(())
    }
}
