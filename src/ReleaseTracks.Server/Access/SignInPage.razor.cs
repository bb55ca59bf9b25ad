using Microsoft.AspNetCore.Components;
using ReleaseTracks.Server.Components;

namespace ReleaseTracks.Server.Access;

public partial class SignInPage
{
    /// <summary>Present, even without a value, when a link was opened that is not valid any more.</summary>
    private string? Used => Http.Request.Query.ContainsKey("used") ? "" : null;

    private string Example => $"{Http.Request.Scheme}://{Http.Request.Host}{Urls.SignIn}/…";

    [CascadingParameter]
    private HttpContext Http { get; set; } = null!;
}
