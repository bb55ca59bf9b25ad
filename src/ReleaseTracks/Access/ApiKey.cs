namespace ReleaseTracks.Access;

/// <summary>A key for a product or an automation. The secret itself is shown once and never stored, only its SHA-256.</summary>
public sealed record ApiKey(string Id, string Name, string Kind, string Prefix, string Hash, DateTimeOffset CreatedAt)
{
    public DateTimeOffset? RevokedAt { get; init; }

    public DateTimeOffset? RotatedAt { get; init; }

    /// <summary>SHA-256 of the secret before the last rotation, which works until <see cref="PreviousUntil"/>.</summary>
    public string? PreviousHash { get; init; }

    public DateTimeOffset? PreviousUntil { get; init; }

    public bool IsActive => RevokedAt is null;

    /// <summary>Whether the secret with this hash works: the present one, or for a while the one before a rotation.</summary>
    public bool Accepts(string hash, DateTimeOffset now) => IsActive && (hash == Hash || (hash == PreviousHash && now < PreviousUntil));
}
