namespace ReleaseTracks.Ledger;

/// <summary>What can happen. The names are stored for ever: never rename one.</summary>
public static class EntryTypes
{
    /// <summary>The first entry: which ledger this is, and whose signatures count.</summary>
    public const string LedgerOpened = "ledger.opened";
    public const string LedgerKeyAdded = "ledger.key-added";

    /// <summary>The tracks of a fresh install.</summary>
    public const string DefaultsInstalled = "defaults.installed";
    public const string PlanProposed = "plan.proposed";
    public const string PlanApplied = "plan.applied";
    public const string PlanApproved = "plan.approved";
    public const string PlanRejected = "plan.rejected";
    public const string PlanCancelled = "plan.cancelled";
    public const string PlanStale = "plan.stale";
    public const string PlanExpired = "plan.expired";

    /// <summary>Somebody tried to apply a plan, and a rule said no.</summary>
    public const string PlanRefused = "plan.refused";

    /// <summary>What is served was read back and is what was approved, or is not.</summary>
    public const string PlanVerified = "plan.verified";
    public const string PlanUnverified = "plan.unverified";
    public const string RollbackCommitted = "rollback.committed";
    public const string RollbackVerified = "rollback.verified";
    public const string RollbackUnverified = "rollback.unverified";
    public const string RollbackStepTicked = "rollback.step-ticked";

    /// <summary>A condition began or ended for rows of the budgets; written while some destination asks to hear of it.</summary>
    public const string AlertRaised = "alert.raised";
    public const string AlertResolved = "alert.resolved";
    public const string FeatureKilled = "feature.killed";
    public const string KeyCreated = "key.created";
    public const string KeyRotated = "key.rotated";
    public const string KeyRevoked = "key.revoked";

    /// <summary>A one-time link was made, for somebody new or anew.</summary>
    public const string PersonInvited = "person.invited";

    /// <summary>Somebody who came by the console's link or an identity provider, not by an invitation.</summary>
    public const string PersonAdded = "person.added";
    public const string PersonChanged = "person.changed";
    public const string PersonRemoved = "person.removed";
    public const string PersonSignedIn = "person.signed-in";
    public const string PersonSignedOut = "person.signed-out";

    /// <summary>How many attempts failed and from where, at most once a minute: an attacker must not fill the ledger.</summary>
    public const string SignInFailed = "sign-in.failed";
}
