namespace ReleaseTracks.Access;

/// <summary>
/// Who did something and how they proved it. <see cref="Kind"/> is one of <see cref="ActorKinds"/>;
/// <see cref="Method"/> names the proof (for example <c>bearer</c> or <c>oidc</c>), never the credential itself.
/// </summary>
public sealed record Actor(string Kind, string Id, string Method);

/// <summary>The kinds of actor as they appear in the ledger.</summary>
public static class ActorKinds
{
    public const string Bootstrap = "bootstrap";
    public const string Sdk = "sdk";
    public const string Person = "person";
    public const string System = "system";
    public const string Agent = "agent";

    /// <summary>A user of the product, who decides about nobody but themself.</summary>
    public const string User = "user";
}
