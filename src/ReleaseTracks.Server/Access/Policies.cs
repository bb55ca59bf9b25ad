using ReleaseTracks.Access;

namespace ReleaseTracks.Server.Access;

/// <summary>Names of the authorisation policies, one per column "Who" of the API.</summary>
public static class Policies
{
    public const string Evaluate = "evaluate";
    public const string Enrol = "enrol";
    public const string View = "view";
    public const string Propose = "propose";
    public const string Approve = "approve";
    public const string Act = "act";
    public const string Administer = "administer";

    /// <summary>Every role of a person can look.</summary>
    public static IReadOnlyDictionary<string, string[]> RolesOf { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        [Evaluate] = [Roles.Sdk],
        [Enrol] = [Roles.Sdk, Roles.Product],
        [View] = [.. Roles.People],
        [Propose] = [Roles.Product, Roles.Sre],
        [Approve] = [Roles.Approver, Roles.Sre],
        [Act] = [Roles.Product, Roles.Sre],
        [Administer] = [Roles.Admin],
    };
}
