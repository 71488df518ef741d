//! The catalogue of credential types and their claims (`spec/10-credential-types.md`).

use core::{fmt, str::FromStr};

use super::{
    ClaimForm::{BasedOn, Boolean, Date, Digest, Natural, Person, Place, Text, Texts},
    ClaimSpec, CredentialError,
};

/// A credential type that a secretariat issues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A seat on a committee.
    CommitteeMembership,
    /// A delegate's accreditation to an assembly.
    DelegateAccreditation,
    /// A member's mandate: a seat in a chamber for a term.
    MemberMandate,
    /// An office within the chamber: speaker, deputy, quaestor, clerk.
    OfficeHolder,
    /// A staff member's accreditation.
    StaffAccreditation,
}

const NAME: ClaimSpec = ClaimSpec::required("name", Person, "name");
const ROLE: ClaimSpec = ClaimSpec::required("role", Text, "role");
const BODY: ClaimSpec = ClaimSpec::required("body", Text, "committee or body");
const START: ClaimSpec = ClaimSpec::required("start", Date, "first day");
const END: ClaimSpec = ClaimSpec::optional("end", Date, "last day");
const BASED_ON: ClaimSpec =
    ClaimSpec::optional("basedOn", BasedOn, "link to the mandate").visible();

const MEMBER_MANDATE: &[ClaimSpec] = &[
    NAME,
    ROLE,
    ClaimSpec::required("mandateStart", Date, "first day of the mandate"),
    ClaimSpec::optional("mandateEnd", Date, "last day of the mandate"),
    ClaimSpec::optional("constituency", Place, "constituency"),
    ClaimSpec::optional("group", Place, "parliamentary group or party"),
    ClaimSpec::optional("election", Text, "election"),
    ClaimSpec::optional("photoDigest", Digest, "digest of the photograph"),
    ClaimSpec::optional("email", Text, "e-mail address"),
    ClaimSpec::optional("languages", Texts, "languages"),
    ClaimSpec::optional("substituteFor", Text, "whom the member substitutes"),
    ClaimSpec::optional("sworn", Date, "day of the oath"),
    ClaimSpec::optional("seat", Text, "seat"),
];

const OFFICE_HOLDER: &[ClaimSpec] = &[NAME, ROLE, BODY, START, END, BASED_ON];

const COMMITTEE_MEMBERSHIP: &[ClaimSpec] = &[
    NAME,
    ROLE,
    BODY,
    ClaimSpec::required("votingRight", Boolean, "right to vote"),
    START,
    END,
    BASED_ON,
];

const STAFF_ACCREDITATION: &[ClaimSpec] = &[
    NAME,
    ROLE,
    ClaimSpec::optional("unit", Text, "unit"),
    ClaimSpec::optional("memberServed", Text, "member served"),
    ClaimSpec::optional("clearance", Text, "clearance"),
    ClaimSpec::optional("areas", Texts, "areas"),
];

const DELEGATE_ACCREDITATION: &[ClaimSpec] = &[
    NAME,
    ClaimSpec::required("assembly", Text, "assembly"),
    ClaimSpec::required("capacity", Text, "capacity"),
    ClaimSpec::optional("votes", Natural, "number of votes"),
    START,
    END,
    BASED_ON,
];

impl Kind {
    /// Every type, in the order of the specification.
    pub const ALL: [Self; 5] = [
        Self::MemberMandate,
        Self::OfficeHolder,
        Self::CommitteeMembership,
        Self::StaffAccreditation,
        Self::DelegateAccreditation,
    ];

    /// Returns the name, such as `MemberMandate`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CommitteeMembership => "CommitteeMembership",
            Self::DelegateAccreditation => "DelegateAccreditation",
            Self::MemberMandate => "MemberMandate",
            Self::OfficeHolder => "OfficeHolder",
            Self::StaffAccreditation => "StaffAccreditation",
        }
    }

    /// Returns the type identifier of an SD-JWT VC (`vct`), such as `urn:mandate:MemberMandate:1`.
    pub const fn vct(self) -> &'static str {
        match self {
            Self::CommitteeMembership => "urn:mandate:CommitteeMembership:1",
            Self::DelegateAccreditation => "urn:mandate:DelegateAccreditation:1",
            Self::MemberMandate => "urn:mandate:MemberMandate:1",
            Self::OfficeHolder => "urn:mandate:OfficeHolder:1",
            Self::StaffAccreditation => "urn:mandate:StaffAccreditation:1",
        }
    }

    /// Finds the type of an SD-JWT VC.
    pub fn from_vct(vct: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.vct() == vct)
    }

    /// Returns the claims, in the order in which they are shown to people.
    pub const fn claims(self) -> &'static [ClaimSpec] {
        match self {
            Self::CommitteeMembership => COMMITTEE_MEMBERSHIP,
            Self::DelegateAccreditation => DELEGATE_ACCREDITATION,
            Self::MemberMandate => MEMBER_MANDATE,
            Self::OfficeHolder => OFFICE_HOLDER,
            Self::StaffAccreditation => STAFF_ACCREDITATION,
        }
    }

    /// Finds a claim.
    pub fn claim(self, name: &str) -> Option<&'static ClaimSpec> {
        self.claims().iter().find(|claim| claim.name == name)
    }

    /// Returns what holding such a credential means, for people.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::CommitteeMembership => "that you sit on a committee",
            Self::DelegateAccreditation => "that you are a delegate",
            Self::MemberMandate => "that you hold a mandate",
            Self::OfficeHolder => "that you hold an office",
            Self::StaffAccreditation => "that you are accredited as staff",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = CredentialError;

    fn from_str(name: &str) -> Result<Self, CredentialError> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == name);
        found.ok_or_else(|| CredentialError::TypeUnknown {
            found: name.chars().take(64).collect(),
        })
    }
}
