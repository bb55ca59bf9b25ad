using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using ReleaseTracks.Access;
using ReleaseTracks.Server.Http;
using ReleaseTracks.Server.Snapshots;

namespace ReleaseTracks.Server.Access;

/// <summary>
/// Bearer tokens: the bootstrap token, and SDK keys looked up by their public id in the current snapshot, so that a
/// revoked key stops working with the revision that revokes it. OFREP's <c>X-API-Key</c> is read as well.
/// </summary>
public sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    IOptions<AccessOptions> access,
    SnapshotHolder snapshots,
    KeyUse use) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "token";
    private const string Bearer = "Bearer ";

    public static string? Find(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return header[Bearer.Length..].Trim();
        var key = request.Headers["X-API-Key"].ToString();
        return key.Length > 0 ? key : null;
    }

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    private AuthenticateResult Authenticate()
    {
        if (Find(Request) is not { } token)
            return AuthenticateResult.NoResult();
        if (access.Value.BootstrapToken is { Length: > 0 } bootstrap && Secrets.Same(token, bootstrap))
            return Success(new(ActorKinds.Bootstrap, "bootstrap", "token"), "bootstrap", Roles.All);
        if (SdkKeys.Find(snapshots.Current, token) is { } key)
        {
            use.Saw(key.Id);
            return Success(new(ActorKinds.Sdk, key.Id, "key"), key.Name, [Roles.Sdk]);
        }

        return AuthenticateResult.Fail("The token is not known, or was revoked.");
    }

    private static AuthenticateResult Success(Actor actor, string name, IEnumerable<string> roles) =>
        AuthenticateResult.Success(new(Principals.Of(actor, name, roles, SchemeName), SchemeName));

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer realm=\"releasetracks\"";
        return Problems.Of(
            StatusCodes.Status401Unauthorized,
            "unauthenticated",
            "Who is calling is not known.",
            "Send `Authorization: Bearer` with the bootstrap token or an SDK key that is not revoked, or sign in.").ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Problems.Forbidden(
        "forbidden",
        "This caller may not do that.",
        "Use a credential with the role that the operation needs; the README lists them.").ExecuteAsync(Context);
}

/// <summary>The signed-in caller, as claims and back as the ledger's actor.</summary>
public static class Principals
{
    private const string KindClaim = "rt:kind";
    private const string MethodClaim = "rt:method";

    public static ClaimsPrincipal Of(Actor actor, string name, IEnumerable<string> roles, string scheme)
    {
        var identity = new ClaimsIdentity(scheme, ClaimTypes.Name, ClaimTypes.Role);
        identity.AddClaim(new(ClaimTypes.Name, name));
        identity.AddClaim(new(ClaimTypes.NameIdentifier, actor.Id));
        identity.AddClaim(new(KindClaim, actor.Kind));
        identity.AddClaim(new(MethodClaim, actor.Method));
        identity.AddClaims(roles.Select(role => new Claim(ClaimTypes.Role, role)));
        return new(identity);
    }

    public static Actor Actor(this ClaimsPrincipal user) => new(
        user.FindFirstValue(KindClaim) ?? ActorKinds.System,
        user.FindFirstValue(ClaimTypes.NameIdentifier) ?? "unknown",
        user.FindFirstValue(MethodClaim) ?? "unknown");
}
