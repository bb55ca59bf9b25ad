namespace ReleaseTracks.Server.Access;

/// <summary>Who may do what. Deny by default: an endpoint without a policy needs a viewer.</summary>
public static class Roles
{
    public const string Sdk = "sdk";
    public const string Viewer = "viewer";
    public const string Product = "product";
    public const string Sre = "sre";
    public const string Approver = "approver";
    public const string Admin = "admin";

    public static IReadOnlyList<string> People { get; } = [Viewer, Product, Sre, Approver, Admin];

    public static IReadOnlyList<string> All { get; } = [Sdk, .. People];
}

/// <summary>Names of the authorisation policies, one per column "Who" of the API.</summary>
public static class Policies
{
    public const string Evaluate = "evaluate";
    public const string Enrol = "enrol";
    public const string View = "view";
    public const string Propose = "propose";
    public const string Act = "act";
    public const string Administer = "administer";

    /// <summary>Every role of a person can look.</summary>
    public static IReadOnlyDictionary<string, string[]> RolesOf { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        [Evaluate] = [Roles.Sdk],
        [Enrol] = [Roles.Sdk, Roles.Product],
        [View] = [.. Roles.People],
        [Propose] = [Roles.Product, Roles.Sre],
        [Act] = [Roles.Product, Roles.Sre],
        [Administer] = [Roles.Admin],
    };
}
