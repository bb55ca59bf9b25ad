using Microsoft.Extensions.Options;
using ReleaseTracks.Objectives;

namespace ReleaseTracks.Server.Access;

/// <summary>Section <c>ReleaseTracks:Access</c>.</summary>
public sealed class AccessOptions
{
    public const string Section = "ReleaseTracks:Access";

    /// <summary>Bearer token with every role, for automation. Empty: none, and a one-time link is printed instead.</summary>
    public string BootstrapToken { get; set; } = "";

    /// <summary>How long the one-time link of an invitation works, such as <c>7d</c>.</summary>
    public string InvitationLifetime { get; set; } = "7d";

    /// <summary>How long somebody stays signed in, however busy they are.</summary>
    public string SessionLifetime { get; set; } = "7d";

    public TimeSpan InvitationSpan => Span(InvitationLifetime);

    public TimeSpan SessionSpan => Span(SessionLifetime);

    internal static TimeSpan Span(string text) => Durations.TryParse(text, out var span) ? span : TimeSpan.Zero;
}

public sealed class AccessOptionsValidator : IValidateOptions<AccessOptions>
{
    private const int ShortestToken = 16;

    public ValidateOptionsResult Validate(string? name, AccessOptions options)
    {
        string[] errors = [.. Errors(options)];
        return errors.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IEnumerable<string> Errors(AccessOptions options)
    {
        const string section = AccessOptions.Section;
        if (options.BootstrapToken.Length is > 0 and < ShortestToken)
            yield return $"{section}:BootstrapToken must have at least {ShortestToken} characters, or be empty for a one-time link on the console.";
        if (options.InvitationSpan <= TimeSpan.Zero)
            yield return $"{section}:InvitationLifetime must be a duration such as 7d.";
        if (options.SessionSpan <= TimeSpan.Zero)
            yield return $"{section}:SessionLifetime must be a duration such as 7d.";
    }
}
