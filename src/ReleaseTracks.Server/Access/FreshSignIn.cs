using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;
using ReleaseTracks.Objectives;

namespace ReleaseTracks.Server.Access;

/// <summary>Section <c>ReleaseTracks:Access</c>, the part about what an old session may no longer do.</summary>
public sealed class FreshSignInOptions
{
    /// <summary>How old a sign-in may be to approve or apply, such as <c>12h</c>.</summary>
    public string FreshSignIn { get; set; } = "12h";

    public TimeSpan Limit => Durations.TryParse(FreshSignIn, out var span) ? span : TimeSpan.Zero;

    public bool IsValid => Limit > TimeSpan.Zero;

    public static string Rule => $"{AccessOptions.Section}:FreshSignIn must be a duration such as 12h.";
}

/// <summary>
/// Whoever approves or applies has signed in lately. A token proves itself with every request, so it is always fresh; a
/// session that does not say when it began is not.
/// </summary>
public sealed class FreshSignIn(IOptions<FreshSignInOptions> options, TimeProvider time)
{
    /// <summary>When the session began, in Unix seconds.</summary>
    public const string Claim = "rt:signed-in-at";

    public bool IsFresh(ClaimsPrincipal user)
    {
        if (user.Identity?.AuthenticationType != CookieAuthenticationDefaults.AuthenticationScheme)
            return user.Identity?.IsAuthenticated == true;
        return long.TryParse(user.FindFirstValue(Claim), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            && time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds) <= options.Value.Limit;
    }

    /// <summary>What to say to whoever is not.</summary>
    public string Detail => $"Approving and applying need a sign-in younger than {options.Value.FreshSignIn}. Sign out, sign in, and send it again.";
}
