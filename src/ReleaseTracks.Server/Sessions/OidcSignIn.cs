using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using ReleaseTracks.Access;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Components;

namespace ReleaseTracks.Server.Sessions;

/// <summary>
/// Signing in with an identity provider: authorisation code with PKCE. It says who somebody is and which roles they
/// have; the session is one of ours, like every other.
/// </summary>
public sealed partial class OidcSignIn(IOptions<AccessOptions> access, PersonSessions sessions, FailedSignIns failed, ILogger<OidcSignIn> logger)
    : IConfigureNamedOptions<OpenIdConnectOptions>
{
    public const string SchemeName = "oidc";
    private static readonly string[] NameClaims = ["name", "preferred_username", "email", "sub"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private OidcOptions Provider => access.Value.Oidc;

    public void Configure(OpenIdConnectOptions options) => Configure(SchemeName, options);

    public void Configure(string? name, OpenIdConnectOptions options)
    {
        options.SignInScheme = SessionCookie.SchemeName;
        options.Authority = Provider.Authority;
        options.RequireHttpsMetadata = Provider.Authority.StartsWith(Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase);
        options.ClientId = Provider.ClientId;
        options.ClientSecret = Provider.ClientSecret;
        options.ResponseType = OpenIdConnectResponseType.Code;
        // Not the form that is the default: cookies would have to be SameSite=None to come with it.
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.CorrelationCookie.SameSite = options.NonceCookie.SameSite = SameSiteMode.Lax;
        options.CorrelationCookie.SecurePolicy = options.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.MapInboundClaims = false;
        options.GetClaimsFromUserInfoEndpoint = true;
        foreach (var claim in (string[])[Provider.RoleClaim, RoleClaims.Outermost(Provider.RoleClaim)])
            options.ClaimActions.MapJsonKey(claim, claim);
        options.BackchannelTimeout = Patience;
        options.Scope.Clear();
        foreach (var scope in AccessOptions.Words(Provider.Scope))
            options.Scope.Add(scope);
        options.Events.OnTicketReceived = ReceiveAsync;
        options.Events.OnRemoteFailure = FailAsync;
        options.Events.OnAccessDenied = context => SendBack(context, "denied");
    }

    private async Task ReceiveAsync(TicketReceivedContext context)
    {
        var user = context.Principal!;
        // The claim still knows which issuer signed it; the issuer's own claim is dropped on the way.
        var subject = user.FindFirst("sub") ?? throw new InvalidOperationException("The identity provider named no subject.");
        var roles = RoleMapping.Map(RoleClaims.Of(user, Provider.RoleClaim), Provider.Roles);
        if (await sessions.ByProviderAsync(subject.Issuer, subject.Value, NameOf(user), roles, context.HttpContext.RequestAborted) is { } person)
        {
            context.Principal = person;
            return;
        }

        failed.Note(context.HttpContext.Connection.RemoteIpAddress, SchemeName);
        await SendBack(context, "no-role");
    }

    private Task FailAsync(RemoteFailureContext context)
    {
        // The message quotes what came in the address, so only the kind of failure is logged.
        Log.Failed(logger, context.Failure?.GetType().Name ?? "unknown");
        failed.Note(context.HttpContext.Connection.RemoteIpAddress, SchemeName);
        return SendBack(context, "failed");
    }

    private static Task SendBack(HandleRequestContext<RemoteAuthenticationOptions> context, string why)
    {
        context.Response.Redirect($"{Urls.SignIn}?{why}");
        context.HandleResponse();
        return Task.CompletedTask;
    }

    private static string NameOf(ClaimsPrincipal user)
    {
        var name = NameClaims.Select(user.FindFirstValue).First(value => !string.IsNullOrWhiteSpace(value))!;
        return string.Concat(name.Where(c => !char.IsControl(c) && !char.IsSurrogate(c)).Take(Person.LongestName));
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "A sign-in through the identity provider failed ({Kind})")]
        public static partial void Failed(ILogger logger, string kind);
    }
}
