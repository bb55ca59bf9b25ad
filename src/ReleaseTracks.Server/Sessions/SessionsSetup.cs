using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;
using ReleaseTracks.Server.Access;

namespace ReleaseTracks.Server.Sessions;

public static class SessionsSetup
{
    public static void AddSessions(this AuthenticationBuilder authentication, IConfiguration configuration)
    {
        var services = authentication.Services;
        authentication.AddCookie();
        services.ConfigureOptions<SessionCookie>();
        if (!string.IsNullOrEmpty(configuration[$"{OidcOptions.Section}:{nameof(OidcOptions.Authority)}"]))
        {
            authentication.AddOpenIdConnect(OidcSignIn.SchemeName, _ => { });
            services.ConfigureOptions<OidcSignIn>();
        }

        services.AddSingleton<PersonSessions>();
        services.AddSingleton<SignInLinks>();
        services.AddSingleton<FailedSignIns>();
        services.AddHostedService(provider => provider.GetRequiredService<FailedSignIns>());
        services.AddScoped<AuthenticationStateProvider, CircuitSession>();
        services.AddCascadingAuthenticationState();
        services.AddSingleton<SessionKeyStore>();
        services.AddDataProtection().SetApplicationName("ReleaseTracks");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(options =>
            options.XmlRepository = provider.GetRequiredService<SessionKeyStore>()));
    }
}
