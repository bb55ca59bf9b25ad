using Microsoft.AspNetCore.Components;
using ReleaseTracks.Server.Components;

namespace ReleaseTracks.Server.Sessions;

public partial class SignInPage
{
    [CascadingParameter]
    private HttpContext Http { get; set; } = null!;

    /// <summary>Why somebody was sent here again, by the name in the query.</summary>
    private (string Title, string Detail)? Notice => Http.Request.Query.Keys.Select(Explain).FirstOrDefault(notice => notice is not null);

    private string Example => $"{Http.Request.Scheme}://{Http.Request.Host}{Urls.SignIn}/…";

    private static (string Title, string Detail)? Explain(string key) => key switch
    {
        "used" => ("This link does not work any more.", "Each link signs in once and for a limited time; it was used, has run out, or was replaced by a newer one."),
        _ => null,
    };
}
