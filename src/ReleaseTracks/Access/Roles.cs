namespace ReleaseTracks.Access;

/// <summary>Who may do what. Deny by default: an endpoint without a policy needs a viewer.</summary>
public static class Roles
{
    public const string Sdk = "sdk";
    public const string Viewer = "viewer";
    public const string Product = "product";
    public const string Sre = "sre";
    public const string Approver = "approver";
    public const string Admin = "admin";

    /// <summary>Of the token that Prometheus scrapes with: <c>/metrics</c> and nothing else, so no part of <see cref="All"/>.</summary>
    public const string Metrics = "metrics";

    public static IReadOnlyList<string> People { get; } = [Viewer, Product, Sre, Approver, Admin];

    public static IReadOnlyList<string> All { get; } = [Sdk, .. People];
}
