using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Components;

namespace ReleaseTracks.Server.Sessions;

public partial class SignInPage
{
    [CascadingParameter]
    private HttpContext Http { get; set; } = null!;

    [Inject]
    private IOptions<AccessOptions> Access { get; set; } = null!;

    /// <summary>Why somebody was sent here again, by the name in the query.</summary>
    private (string Title, string Detail)? Notice => Http.Request.Query.Keys.Select(Explain).FirstOrDefault(notice => notice is not null);

    private string Example => $"{Http.Request.Scheme}://{Http.Request.Host}{Urls.SignIn}/…";

    private OidcOptions Provider => Access.Value.Oidc;

    private string ProviderName => new Uri(Provider.Authority).Host;

    private string? ProviderLink => !Provider.IsConfigured ? null
        : Http.Request.Query["returnUrl"].ToString() is var wanted && Urls.IsLocal(wanted) ? $"{Urls.SignInWithProvider}?returnUrl={Uri.EscapeDataString(wanted)}"
        : Urls.SignInWithProvider;

    private static (string Title, string Detail)? Explain(string key) => key switch
    {
        "used" => ("This link does not work any more.", "Each link signs in once and for a limited time; it was used, has run out, or was replaced by a newer one."),
        "no-role" => ("You may not sign in here.", "The identity provider knows you, but gives you none of the roles that count here, or you were removed. Ask an administrator."),
        "denied" => ("You were not signed in.", "The identity provider did not let you, or you turned back. Try again."),
        "failed" => ("Signing in did not work out.", "What came back from the identity provider could not be trusted, or took too long. Try again."),
        "provider-away" => ("The identity provider does not answer.", "Try again in a moment, or use a one-time link."),
        _ => null,
    };
}
