using System.Collections.Immutable;

namespace ReleaseTracks.Access;

/// <summary>
/// Somebody who signs in: with an invitation, or through an identity provider. Only the sessions listed here are good,
/// so whatever takes one off the list ends it everywhere.
/// </summary>
public sealed record Person(string Id, string Name, ImmutableArray<string> Roles, DateTimeOffset CreatedAt)
{
    public const int LongestName = 200;

    /// <summary>Beyond this the oldest session ends.</summary>
    public const int MostSessions = 50;

    /// <summary>The identity provider that says who this is and which roles they have; null for people invited here.</summary>
    public string? Issuer { get; init; }

    /// <summary>SHA-256 of the invitation that is still open; null once it was used.</summary>
    public string? Invitation { get; init; }

    public DateTimeOffset? InvitationExpiresAt { get; init; }

    /// <summary>Oldest first.</summary>
    public ImmutableArray<Session> Sessions { get; init; } = [];

    public DateTimeOffset? RemovedAt { get; init; }

    public bool IsActive => RemovedAt is null;

    /// <summary>Invited people count from the invitation on: otherwise an author could approve alone until it is opened.</summary>
    public bool MayApprove => Has(Access.Roles.Approver) || Has(Access.Roles.Sre);

    public bool Has(string role) => IsActive && Roles.Contains(role, StringComparer.Ordinal);

    public Session? FindSession(string id) => Sessions.FirstOrDefault(session => session.Id == id);
}

/// <summary>One sign-in of a person: when, and how they proved who they are.</summary>
public sealed record Session(string Id, DateTimeOffset At, string Method);
