using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using ReleaseTracks.Access;
using ReleaseTracks.Server.Http;

namespace ReleaseTracks.Server.Access;

/// <summary>Bearer tokens as an authentication scheme; <see cref="TokenCallers"/> says whose they are.</summary>
public sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, TokenCallers callers)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "token";

    public static bool IsSent(HttpRequest request) => TokenCallers.TokenOf(request).Length > 0;

    /// <summary>The answer to a request without a credential that is known.</summary>
    public static Task RefuseUnknownAsync(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer realm=\"releasetracks\"";
        return Problems.Of(
            StatusCodes.Status401Unauthorized,
            "unauthenticated",
            "Who is calling is not known.",
            "Send `Authorization: Bearer` with the bootstrap token or an SDK key that is not revoked, or sign in.").ExecuteAsync(http);
    }

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    private AuthenticateResult Authenticate()
    {
        var token = TokenCallers.TokenOf(Request);
        if (token.IsEmpty)
            return AuthenticateResult.NoResult();
        return callers.Find(token) is { } caller
            ? Success(caller.Actor, caller.Name, caller.Roles)
            : AuthenticateResult.Fail("The token is not known, or was revoked.");
    }

    private static AuthenticateResult Success(Actor actor, string name, IEnumerable<string> roles) =>
        AuthenticateResult.Success(new(Principals.Of(actor, name, roles, SchemeName), SchemeName));

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => RefuseUnknownAsync(Context);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => RefuseForbiddenAsync(Context);

    /// <summary>The answer to a caller who is known and may not.</summary>
    public static Task RefuseForbiddenAsync(HttpContext http) => Problems.Forbidden(
        "forbidden",
        "This caller may not do that.",
        "Use a credential with the role that the operation needs; the README lists them.").ExecuteAsync(http);
}
