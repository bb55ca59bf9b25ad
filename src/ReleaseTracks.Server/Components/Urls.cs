namespace ReleaseTracks.Server.Components;

/// <summary>Every link between pages comes from here; a page that moves is changed in one place.</summary>
public static class Urls
{
    public const string Board = "/";
    public const string SignIn = "/sign-in";
    public const string SignInWithProvider = "/sign-in/oidc";
    public const string SignOut = "/sign-out";
    public const string SignOutEverywhere = SignOut + "?everywhere";
    public const string Forbidden = "/no-permission";
    public const string NotFound = "/not-found";
    public const string Fault = "/fault";

    /// <summary>Where the board shows one feature.</summary>
    public static string Feature(string key) => $"{Board}#{FeatureAnchor(key)}";

    public static string FeatureAnchor(string key) => "feature-" + key;

    /// <summary>Signing in, and then to where somebody wanted to go.</summary>
    public static string SignInFor(string wanted) =>
        wanted == Board || !IsLocal(wanted) ? SignIn : $"{SignIn}?returnUrl={Uri.EscapeDataString(wanted)}";

    /// <summary>An address on this server and nowhere else. Browsers take <c>//host</c> and <c>/\host</c> for another one.</summary>
    public static bool IsLocal(string? address) =>
        address is ['/', ..] && !(address.Length > 1 && address[1] is '/' or '\\') && !address.Any(char.IsControl);
}
