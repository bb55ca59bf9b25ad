using ReleaseTracks.Plans;

namespace ReleaseTracks.Server.Access;

/// <summary>Section <c>ReleaseTracks:Access:Oidc</c>: the identity provider that people sign in with.</summary>
public sealed class OidcOptions
{
    public const string Section = $"{AccessOptions.Section}:Oidc";

    /// <summary>The issuer's address; empty: people sign in by one-time links only.</summary>
    public string Authority { get; set; } = "";

    public string ClientId { get; set; } = "";

    public string ClientSecret { get; set; } = "";

    /// <summary>The claim with somebody's roles, in the ID token or at the user info endpoint; with dots, within a claim, as <c>realm_access.roles</c>.</summary>
    public string RoleClaim { get; set; } = "roles";

    /// <summary>By role, the value of the claim that stands for it; a role without one is given by its own name.</summary>
    public Dictionary<string, string> Roles { get; } = new(StringComparer.Ordinal);

    /// <summary>What is asked for; some providers send roles only with a scope of their own.</summary>
    public string Scope { get; set; } = "openid profile";

    public bool IsConfigured => Authority.Length > 0;

    public IEnumerable<string> Errors()
    {
        if (!IsConfigured)
            yield break;
        if (!Uri.TryCreate(Authority, UriKind.Absolute, out var address) || !(address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
            yield return $"{Section}:Authority must be an https address, such as https://login.example.";
        if (ClientId.Length == 0)
            yield return $"{Section}:ClientId is empty; give the client that the provider knows this server as.";
        if (RoleClaim.Length == 0)
            yield return $"{Section}:RoleClaim is empty; name the claim that has people's roles.";
        foreach (var role in Roles.Keys.Where(role => !ReleaseTracks.Access.Roles.People.Contains(role, StringComparer.Ordinal)))
            yield return $"{Section}:Roles has '{Text.Shown(role)}'; known are {string.Join(", ", ReleaseTracks.Access.Roles.People)}.";
    }
}
