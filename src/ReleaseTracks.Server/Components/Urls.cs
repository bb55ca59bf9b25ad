namespace ReleaseTracks.Server.Components;

/// <summary>Every link between pages comes from here; a page that moves is changed in one place.</summary>
public static class Urls
{
    public const string Board = "/";
    public const string SignIn = "/sign-in";
    public const string SignOut = "/sign-out";
    public const string NotFound = "/not-found";
    public const string Fault = "/fault";

    /// <summary>Where the board shows one feature.</summary>
    public static string Feature(string key) => $"{Board}#{FeatureAnchor(key)}";

    public static string FeatureAnchor(string key) => "feature-" + key;
}
