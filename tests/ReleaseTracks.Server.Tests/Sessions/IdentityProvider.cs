using System.Collections.Concurrent;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace ReleaseTracks.Server.Tests.Sessions;

/// <summary>
/// A real OpenID provider on a port of its own: OpenIddict, which signs in whoever comes as <see cref="Subject"/>. It
/// insists on its client, the client's secret, PKCE and the registered address.
/// </summary>
public sealed class IdentityProvider : IAsyncLifetime
{
    public const string ClientId = "releasetracks";
    public const string ClientSecret = "secret-of-the-client";
    private WebApplication app = null!;

    /// <summary>By another host name than the server's, which makes it another site to a browser.</summary>
    public string Authority => app.Urls.First().Replace("127.0.0.1", "localhost", StringComparison.Ordinal);

    public string Subject { get; set; } = "user-1";

    public string Name { get; set; } = "Ada";

    public string[] Roles { get; set; } = [];

    /// <summary>As Keycloak gives them: within another claim.</summary>
    public string[] NestedRoles { get; set; } = [];

    /// <summary>Refuses consent.</summary>
    public bool Denies { get; set; }

    public ConcurrentQueue<OpenIddictRequest> Asked { get; } = [];

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddOpenIddict().AddServer(Configure);
        builder.Services.AddAuthentication();
        app = builder.Build();
        app.UseRouting();
        app.UseAuthentication();
        await app.StartAsync(TestContext.Current.CancellationToken);
        // Its first answer takes a busy machine long, which is not what the tests are about.
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(Authority + "/.well-known/openid-configuration"), TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>As if nobody had ever come.</summary>
    public void Forget()
    {
        (Name, Roles, NestedRoles, Denies) = ("Ada", [], [], false);
        Asked.Clear();
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private void Configure(OpenIddictServerBuilder server)
    {
        server.SetAuthorizationEndpointUris("authorize").SetTokenEndpointUris("token");
        server.AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange();
        server.RegisterScopes(Scopes.Profile);
        server.EnableDegradedMode();
        server.AddEphemeralEncryptionKey().AddEphemeralSigningKey();
        server.UseAspNetCore().DisableTransportSecurityRequirement();
        server.AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(context =>
        {
            Asked.Enqueue(context.Request);
            if (context.ClientId != ClientId || context.RedirectUri?.EndsWith("/signin-oidc", StringComparison.Ordinal) != true)
                context.Reject(Errors.InvalidClient, "Not a client of this provider.");
            return default;
        }));
        server.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(context =>
        {
            if (context.ClientId != ClientId || context.ClientSecret != ClientSecret)
                context.Reject(Errors.InvalidClient, "Not a client of this provider.");
            return default;
        }));
        server.AddEventHandler<HandleAuthorizationRequestContext>(handler => handler.UseInlineHandler(context =>
        {
            if (Denies)
            {
                context.Reject(Errors.AccessDenied, "The user said no.");
                return default;
            }

            var identity = new ClaimsIdentity("provider");
            identity.AddClaim(new(Claims.Subject, Subject));
            identity.AddClaim(new(Claims.Name, Name));
            identity.SetClaims("roles", [.. Roles]);
            identity.SetClaim("realm_access", JsonSerializer.SerializeToElement(new { roles = NestedRoles }));
            identity.SetDestinations(_ => [Destinations.IdentityToken]);
            context.SignIn(new ClaimsPrincipal(identity).SetScopes(context.Request.GetScopes()));
            return default;
        }));
    }
}
