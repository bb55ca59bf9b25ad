using System.Collections.Immutable;

namespace ReleaseTracks.Access;

/// <summary>
/// Somebody who signs in: with an invitation, or through an identity provider. Sessions that began before
/// <see cref="SessionsSince"/> are over.
/// </summary>
public sealed record Person(string Id, string Name, ImmutableArray<string> Roles, DateTimeOffset CreatedAt)
{
    /// <summary>SHA-256 of the invitation that is still open; null once it was used.</summary>
    public string? Invitation { get; init; }

    public DateTimeOffset? InvitationExpiresAt { get; init; }

    public DateTimeOffset? SessionsSince { get; init; }

    public DateTimeOffset? RemovedAt { get; init; }

    public bool IsActive => RemovedAt is null;

    /// <summary>Invited people count from the invitation on: otherwise an author could approve alone until it is opened.</summary>
    public bool MayApprove => IsActive && (Roles.Contains(Access.Roles.Approver, StringComparer.Ordinal) || Roles.Contains(Access.Roles.Sre, StringComparer.Ordinal));
}
