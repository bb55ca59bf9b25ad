namespace ReleaseTracks.Server.Access;

/// <summary>Section <c>ReleaseTracks:Access</c>.</summary>
public sealed class AccessOptions
{
    public const string Section = "ReleaseTracks:Access";
    private const int ShortestToken = 16;

    /// <summary>Bearer token with every role, for automation. Empty: none, and a one-time link is printed instead.</summary>
    public string BootstrapToken { get; set; } = "";

    public bool IsValid => BootstrapToken.Length is 0 or >= ShortestToken;

    public static string Rule => $"{Section}:BootstrapToken must have at least {ShortestToken} characters, or be empty for a one-time link on the console.";
}
