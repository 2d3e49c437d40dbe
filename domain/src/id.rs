//! Identifiers: UUID v7, so that they sort by the time of their making; one type per noun, so that they cannot be mixed up.
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id, later than every id made before it on this machine.
            #[expect(clippy::new_without_default, reason = "a default id would be a surprise")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// A member of staff.
    UserId;
    /// A key of the HTTP interface.
    TokenId;
    /// Who pays.
    CustomerId;
    /// The agreement with its terms version.
    ContractId;
    /// A line, server or account.
    ServiceId;
    /// A clause of a terms version.
    ClauseId;
    /// "This address belonged to this service from A to B."
    LeaseId;
    /// What a resolver is asked: the same question has the same.
    ResolverQuestionId;
    /// What a person asked about addresses, with his reason.
    LookUpId;
    /// That a name belongs to a service.
    ServiceNameId;
    /// A rule by which a CGNAT gives ports to inside addresses.
    CgnatRuleId;
    /// A range of the provider's own addresses.
    RangeId;
    /// A feed that people mapped.
    FeedId;
    /// A delivered message or file.
    ReportId;
    /// One observation.
    EventId;
    /// A dated answer to "whose was it then?".
    AttributionId;
    /// Events that were laid to the wrong customer.
    CorrectionId;
    /// The unit of work.
    CaseId;
    /// A text in a case: note, statement or reply.
    MessageId;
    /// A message owed to a recipient.
    NoticeId;
    /// A restriction of one service.
    QuarantineId;
    /// A decision to lift.
    ReleaseId;
    /// A customer's objection.
    DisputeId;
    /// The customer's secret address.
    LinkId;
    /// A mail owed to a reporter.
    LetterId;
    /// What a reporter was asked.
    QuestionId;
    /// Stored reports of a period, read again.
    RereadId;
    /// Evidence given to somebody outside.
    PassingId;
    /// A job of the outbox.
    JobId;
    /// An own address on a block list.
    ListingId;
}
