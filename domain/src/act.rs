//! The closed vocabulary of acts: the words of the ledger.
use crate::words::words;

words! {
    /// What was done. Stored as these words; the timeline shows [`Act::sentence`].
    Act {
        /// A report's bytes are durable.
        ReportReceived = "report.received",
        /// Its events are stored.
        ReportParsed = "report.parsed",
        /// A person must look.
        ReportParked = "report.parked",
        /// Parsed again by a newer parser.
        ReportReparsed = "report.reparsed",
        /// Stored reports of a period were to be compared with what today's parsers read.
        RereadBegun = "reread.begun",
        /// The differences found were to be put in force.
        RereadApplied = "reread.applied",
        /// All that was to be read again was.
        RereadEnded = "reread.ended",
        /// A person stopped it.
        RereadStopped = "reread.stopped",
        /// A newer parser reads events of this case differently; the case keeps them as they are.
        CaseReread = "case.reread",
        /// Evidence was given to somebody outside.
        EvidencePassed = "evidence.passed",
        /// It arrived there.
        PassingSent = "passing.sent",
        /// It did not arrive yet.
        PassingDeferred = "passing.deferred",
        /// It could not be given.
        PassingFailed = "passing.failed",
        /// A person set a parked report aside.
        ReportDismissed = "report.dismissed",
        /// A person read a parked report and wrote down what it says.
        ReportAccepted = "report.accepted",
        /// The reporter was asked for what is missing.
        ReportAsked = "report.asked",
        /// The reporter answered by the form.
        ReportAnswered = "report.answered",
        /// A mail to a reporter is owed.
        LetterQueued = "letter.queued",
        /// The relay took it.
        LetterSent = "letter.sent",
        /// The relay said later.
        LetterDeferred = "letter.deferred",
        /// It could not be sent.
        LetterFailed = "letter.failed",
        /// It came back.
        LetterBounced = "letter.bounced",
        /// A channel has failed, or been silent, for too long.
        ChannelAlarm = "channel.alarm",
        /// A channel that had raised an alarm works again.
        ChannelMended = "channel.mended",
        /// A channel could not take something in.
        ChannelTurnedAway = "channel.turned_away",
        /// An own address was found on a block list.
        ListingFound = "listing.found",
        /// An own address is gone from a block list.
        ListingCleared = "listing.cleared",
        /// A person said whose an event was, or that it was nobody's.
        EventAttributed = "event.attributed",
        /// Later leases contradict an answer that was certain.
        AttributionDoubted = "attribution.doubted",
        /// The answer stands: a person looked at the contradiction, or the leases agree again.
        AttributionUpheld = "attribution.upheld",
        /// It was opened again: a person has to look once more.
        AttributionDoubtReopened = "attribution.doubt_reopened",
        /// The reporter was asked what one event lacks.
        EventAsked = "event.asked",
        /// He answered; the event was looked up again.
        EventAnswered = "event.answered",
        /// Events were set aside without a case.
        EventsDismissed = "events.dismissed",
        /// A case began.
        CaseOpened = "case.opened",
        /// New events joined.
        CaseJoined = "case.joined",
        /// Taken or given.
        CaseAssigned = "case.assigned",
        /// Back to the queue.
        CaseHandedBack = "case.handed_back",
        /// Hidden until a time.
        CaseSnoozed = "case.snoozed",
        /// Events of it were another customer's, another service's, or nobody's.
        CaseCorrected = "case.corrected",
        /// An internal note.
        CaseNoted = "case.noted",
        /// A message to the customer.
        CaseReplied = "case.replied",
        /// The customer stated something.
        CaseStated = "case.stated",
        /// The customer opened his page with an act (not a mere GET).
        CaseRead = "case.read",
        /// The answer is dealt with.
        CaseSettled = "case.settled",
        /// Done.
        CaseClosed = "case.closed",
        /// Not done after all.
        CaseReopened = "case.reopened",
        /// A notice was written and is owed.
        NoticeQueued = "notice.queued",
        /// The relay took it.
        NoticeSent = "notice.sent",
        /// The relay said later.
        NoticeDeferred = "notice.deferred",
        /// It could not be sent.
        NoticeFailed = "notice.failed",
        /// It came back.
        NoticeBounced = "notice.bounced",
        /// Taken back.
        NoticeCancelled = "notice.cancelled",
        /// A link was made for the customer.
        LinkMade = "link.made",
        /// A link was withdrawn.
        LinkRevoked = "link.revoked",
        /// A quarantine was ordered.
        QuarantineOrdered = "quarantine.ordered",
        /// A supervisor signed.
        QuarantineApproved = "quarantine.approved",
        /// A supervisor did not sign.
        QuarantineRefused = "quarantine.refused",
        /// The network was asked.
        QuarantineBegun = "quarantine.begun",
        /// The network holds it.
        QuarantineInForce = "quarantine.in_force",
        /// The network refused, or never answered.
        QuarantineFailed = "quarantine.failed",
        /// Tried again by a person.
        QuarantineRetried = "quarantine.retried",
        /// The network had lost it: asked again.
        QuarantineRepaired = "quarantine.repaired",
        /// Review date moved.
        QuarantineReviewed = "quarantine.reviewed",
        /// Withdrawn before it began.
        QuarantineCancelled = "quarantine.cancelled",
        /// To be taken away.
        QuarantineLifting = "quarantine.lifting",
        /// Confirmed gone.
        QuarantineLifted = "quarantine.lifted",
        /// A release was asked for.
        ReleaseAsked = "release.asked",
        /// Granted.
        ReleaseGranted = "release.granted",
        /// Refused.
        ReleaseRefused = "release.refused",
        /// The customer objected.
        DisputeOpened = "dispute.opened",
        /// A second person decided.
        DisputeDecided = "dispute.decided",
        /// Customers, contracts, services were imported.
        CustomersImported = "customers.imported",
        /// Leases were imported.
        LeasesImported = "leases.imported",
        /// Old leases were erased.
        LeasesErased = "leases.erased",
        /// A rule of deterministic CGNAT was added.
        CgnatRuleAdded = "cgnat_rule.added",
        /// A rule of deterministic CGNAT does not hold any more.
        CgnatRuleEnded = "cgnat_rule.ended",
        /// A person asked whose an address was, or what a customer held.
        AddressLookedUp = "lease.looked_up",
        /// A resolver answered what a person had it asked.
        ResolverAnswered = "resolver.answered",
        /// How a lease source is watched was changed.
        LeaseSourceChanged = "lease_source.changed",
        /// Names of hosts and accounts were imported.
        NamesImported = "names.imported",
        /// Terms were imported.
        TermsImported = "terms.imported",
        /// An account was made.
        UserAdded = "user.added",
        /// An account was changed (role, name, password).
        UserChanged = "user.changed",
        /// An account was closed.
        UserDisabled = "user.disabled",
        /// Signed in.
        SignedIn = "user.signed_in",
        /// A wrong password.
        SignInFailed = "user.sign_in_failed",
        /// Signed out.
        SignedOut = "user.signed_out",
        /// An API token was made.
        TokenAdded = "token.added",
        /// An API token was withdrawn.
        TokenRevoked = "token.revoked",
        /// A feed's profile was saved: a new feed, or a new version.
        FeedSaved = "feed.saved",
        /// A feed was taken out of use, or into use again.
        FeedRetired = "feed.retired",
        /// A feed's reports cannot be read as they were meant any more.
        FeedAlarmed = "feed.alarmed",
        /// A feed is read again, or somebody said that the alarm is dealt with.
        FeedCleared = "feed.cleared",
        /// An own range was added.
        RangeAdded = "range.added",
        /// An own range was removed.
        RangeRemoved = "range.removed",
        /// A reporter was switched, weighed or given feedback.
        ReporterChanged = "reporter.changed",
        /// A sender or reporter was marked: always not abuse.
        SenderMarked = "sender.marked",
        /// The mark was taken back.
        SenderUnmarked = "sender.unmarked",
        /// A reporter was not told, and why.
        FeedbackWithheld = "feedback.withheld",
    }
}
