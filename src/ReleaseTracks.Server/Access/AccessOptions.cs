using System.Net;
using Microsoft.Extensions.Options;
using ReleaseTracks.Objectives;
using ReleaseTracks.Plans;

namespace ReleaseTracks.Server.Access;

/// <summary>Section <c>ReleaseTracks:Access</c>.</summary>
public sealed class AccessOptions
{
    public const string Section = "ReleaseTracks:Access";

    /// <summary>Bearer token with every role, for automation. Empty: none, and a one-time link is printed instead.</summary>
    public string BootstrapToken { get; set; } = "";

    /// <summary>Bearer token that may read <c>/metrics</c> and nothing else, for Prometheus on another machine. Empty: none.</summary>
    public string MetricsToken { get; set; } = "";

    /// <summary>How long the one-time link of an invitation works, such as <c>7d</c>.</summary>
    public string InvitationLifetime { get; set; } = "7d";

    /// <summary>How long somebody stays signed in, however busy they are.</summary>
    public string SessionLifetime { get; set; } = "7d";

    /// <summary>Changes that one caller may make in a minute.</summary>
    public int WritesPerMinute { get; set; } = 10_000;

    /// <summary>Origins that may show the page <c>/me</c> inside theirs, such as <c>https://product.example</c>; several by spaces.</summary>
    public string EmbedOrigins { get; set; } = "";

    /// <summary>Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed: addresses or networks, several by spaces.</summary>
    public string TrustedProxies { get; set; } = "";

    public OidcOptions Oidc { get; } = new();

    public IReadOnlyList<string> EmbedOriginList => Words(EmbedOrigins);

    public IReadOnlyList<IPNetwork> TrustedProxyNetworks => [.. Words(TrustedProxies).Select(Network).OfType<IPNetwork>()];

    public TimeSpan InvitationSpan => Span(InvitationLifetime);

    public TimeSpan SessionSpan => Span(SessionLifetime);

    internal static string[] Words(string text) => text.Split([' ', ',', ';'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A single address is a network of one.</summary>
    internal static IPNetwork? Network(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;

    internal static TimeSpan Span(string text) => Durations.TryParse(text, out var span) ? span : TimeSpan.Zero;
}

public sealed class AccessOptionsValidator : IValidateOptions<AccessOptions>
{
    private const int ShortestToken = 16;

    public ValidateOptionsResult Validate(string? name, AccessOptions options)
    {
        string[] errors = [.. Errors(options), .. options.Oidc.Errors()];
        return errors.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IEnumerable<string> Errors(AccessOptions options)
    {
        const string section = AccessOptions.Section;
        if (options.BootstrapToken.Length is > 0 and < ShortestToken)
            yield return $"{section}:BootstrapToken must have at least {ShortestToken} characters, or be empty for a one-time link on the console.";
        if (options.MetricsToken.Length is > 0 and < ShortestToken)
            yield return $"{section}:MetricsToken must have at least {ShortestToken} characters, or be empty for none.";
        if (options.MetricsToken.Length > 0 && options.MetricsToken == options.BootstrapToken)
            yield return $"{section}:MetricsToken is the bootstrap token, which has every role; give Prometheus one of its own.";
        if (options.InvitationSpan <= TimeSpan.Zero)
            yield return $"{section}:InvitationLifetime must be a duration such as 7d.";
        if (options.SessionSpan <= TimeSpan.Zero)
            yield return $"{section}:SessionLifetime must be a duration such as 7d.";
        if (options.WritesPerMinute < 1)
            yield return $"{section}:WritesPerMinute must be at least 1.";
        foreach (var origin in options.EmbedOriginList.Where(origin => !IsOrigin(origin)))
            yield return $"{section}:EmbedOrigins has '{Text.Shown(origin)}'; give origins such as https://product.example, without a path.";
        foreach (var proxy in AccessOptions.Words(options.TrustedProxies).Where(proxy => AccessOptions.Network(proxy) is null))
            yield return $"{section}:TrustedProxies has '{Text.Shown(proxy)}'; give addresses or networks such as 10.0.0.0/8.";
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var origin) && (origin.Scheme is "https" or "http") && text == origin.GetLeftPart(UriPartial.Authority);
}
