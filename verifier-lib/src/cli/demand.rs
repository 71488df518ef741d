//! What is demanded of the evidence: the flags that `check` and `serve` share.

use core::time::Duration;

use clap::Args;
use identity_core::trust::{Policy, Preset};

/// What is demanded of the evidence.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(crate) struct Demand {
    /// What is at stake, which bounds the age of the evidence: chamber-vote, documents, gate, signature,
    /// public or electoral-period
    ///
    /// chamber-vote: status of 5 minutes at most, trust list of 24 hours. documents: 24 hours, 7 days. gate:
    /// 72 hours, 30 days. signature: as the evidence says itself; give the instant with --at. public: 7 days,
    /// 7 days. electoral-period: 12 hours, 1 hour. Without it, evidence counts until its next one is due.
    #[arg(long, value_name = "USE", value_parser = preset)]
    preset: Option<Preset>,
    /// How many officers must have approved a credential, where its accreditation asks for fewer
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    approvals: u32,
    /// Accept an issuer whose accreditation is suspended; the verdict says so
    #[arg(long)]
    accept_suspended: bool,
}

impl Demand {
    /// Returns the policy. Another preset, and another age of the status, replace those of the flags.
    pub(crate) fn policy(self, preset: Option<Preset>, max_age: Option<Duration>) -> Policy {
        let chosen = preset.or(self.preset);
        let mut policy = chosen.map_or_else(Policy::as_published, Preset::policy);
        policy.approvals = policy.approvals.max(self.approvals);
        policy.accept_suspended |= self.accept_suspended;
        policy.with_status_max_age(max_age)
    }
}

/// Reads the name of a preset.
fn preset(text: &str) -> Result<Preset, String> {
    text.parse::<Preset>().map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_of_ones_own_replaces_that_of_the_preset_and_nothing_else() {
        let demand = Demand {
            preset: Some(Preset::ChamberVote),
            approvals: 2,
            accept_suspended: false,
        };
        let policy = demand.policy(None, None);
        assert_eq!(policy.status_max_age, Some(Duration::from_secs(300)));
        assert_eq!((policy.approvals, policy.accept_suspended), (2, false));
        let hour = Some(Duration::from_secs(3_600));
        let aged = demand.policy(None, hour);
        assert_eq!(aged.status_max_age, hour);
        assert_eq!(aged.list_max_age, policy.list_max_age);
        assert_eq!(aged.hard_max_age, policy.hard_max_age);
        let other = demand.policy(Some(Preset::Gate), None);
        assert_eq!(other.status_max_age, Preset::Gate.policy().status_max_age);
        assert_eq!(other.approvals, 2);
        assert_eq!(Demand::default().policy(None, None), Policy::as_published());
    }
}
