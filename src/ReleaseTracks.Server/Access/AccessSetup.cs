using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using ReleaseTracks.Server.Sessions;

namespace ReleaseTracks.Server.Access;

public static class AccessSetup
{
    private const string Either = "token-or-cookie";

    public static void AddAccess(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AccessOptions>().Bind(configuration.GetSection(AccessOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AccessOptions>, AccessOptionsValidator>();
        services.AddSingleton<KeyUse>();
        services.AddHostedService(provider => provider.GetRequiredService<KeyUse>());
        services.AddSingleton<TokenCallers>();
        services.AddSingleton<PeopleService>();
        services.AddSingleton<KeyService>();
        services.AddAuthentication(Either)
            .AddPolicyScheme(Either, null, options => options.ForwardDefaultSelector = http => SchemeFor(http.Request))
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.SchemeName, null)
            .AddSessions(configuration);
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireRole(Policies.RolesOf[Policies.View]).Build())
            .AddPolicies();
    }

    /// <summary>A token that is sent counts, even where there is a cookie too; without either, pages ask for a cookie.</summary>
    private static string SchemeFor(HttpRequest request)
    {
        var isApi = request.Path.StartsWithSegments("/api") || request.Path.StartsWithSegments("/ofrep");
        return TokenAuthentication.IsSent(request) || (isApi && !SessionCookie.IsSent(request)) ? TokenAuthentication.SchemeName : SessionCookie.SchemeName;
    }

    private static void AddPolicies(this AuthorizationBuilder builder)
    {
        foreach (var (policy, roles) in Policies.RolesOf)
            builder.AddPolicy(policy, rule => rule.RequireRole(roles));
    }
}
