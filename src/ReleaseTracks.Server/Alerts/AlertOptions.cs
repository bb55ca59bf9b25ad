using Microsoft.Extensions.Options;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Access;

namespace ReleaseTracks.Server.Alerts;

/// <summary>Section <c>ReleaseTracks:Alerts</c>.</summary>
public sealed class AlertOptions
{
    public const string Section = "ReleaseTracks:Alerts";

    /// <summary>
    /// Hosts that alerts may be sent to, several by spaces: <c>hooks.example</c>, <c>alertmanager:9093</c>,
    /// <c>*.example</c>. Empty: none. Destinations are changed by plan, which must not be a way to reach other machines.
    /// </summary>
    public string AllowedHosts { get; set; } = "";

    /// <summary>
    /// Whether an allowed host may be on a private network or on this machine. Link-local addresses and those where clouds
    /// hand out credentials are never sent to.
    /// </summary>
    public bool AllowPrivateNetworks { get; set; }

    /// <summary>Where people reach this server, such as <c>https://tracks.example</c>; alerts link there. Empty: no links.</summary>
    public string PublicUrl { get; set; } = "";

    /// <summary>
    /// By the name that destinations use. For a webhook <c>whsec_</c> and 24 to 64 bytes in Base64, which sign; for an
    /// Alertmanager the value of the Authorization header, such as <c>Bearer …</c>.
    /// </summary>
    public Dictionary<string, string> Secrets { get; } = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<string> AllowedHostList => AccessOptions.Words(AllowedHosts);

    /// <summary>Null for no links.</summary>
    public Uri? PublicAddress => PublicUrl.Length == 0 ? null : new(PublicUrl);

    public bool IsAllowed(Uri url) => AllowedHostList.Any(allowed => IsAllowed(allowed, url));

    private static bool IsAllowed(string allowed, Uri url)
    {
        var (host, port) = Split(allowed);
        if (port is { } only && only != url.Port)
            return false;
        return host.StartsWith("*.", StringComparison.Ordinal)
            ? url.IdnHost.EndsWith(host[1..], StringComparison.OrdinalIgnoreCase) && url.IdnHost.Length > host.Length - 1
            : string.Equals(host, url.HostNameType == UriHostNameType.IPv6 ? url.Host : url.IdnHost, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>An IPv6 address stands in brackets, as in a URL.</summary>
    internal static (string Host, int? Port) Split(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && !text.EndsWith(']') && int.TryParse(text.AsSpan(colon + 1), System.Globalization.NumberStyles.None, null, out var port)
            ? (text[..colon], port)
            : (text, null);
    }
}

public sealed class AlertOptionsValidator : IValidateOptions<AlertOptions>
{
    private const int ShortestSecret = 16;

    public ValidateOptionsResult Validate(string? name, AlertOptions options)
    {
        string[] errors = [.. Errors(options)];
        return errors.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IEnumerable<string> Errors(AlertOptions options)
    {
        const string section = AlertOptions.Section;
        foreach (var host in options.AllowedHostList.Where(host => !IsHost(host)))
            yield return $"{section}:AllowedHosts has '{Text.Shown(host)}'; give names such as hooks.example, *.example or alertmanager:9093, without scheme and path.";
        if (options.PublicUrl.Length > 0 && !(Uri.TryCreate(options.PublicUrl, UriKind.Absolute, out var url) && url.Scheme is "https" or "http"))
            yield return $"{section}:PublicUrl must be an address such as https://tracks.example, or empty for no links.";
        foreach (var (key, secret) in options.Secrets)
        {
            if (!Text.IsKey(key.ToLowerInvariant()))
                yield return $"{section}:Secrets has the name '{Text.Shown(key)}'; use letters, digits and hyphens.";
            else if (secret.Trim().Length < ShortestSecret)
                yield return $"{section}:Secrets:{key} must have at least {ShortestSecret} characters.";
        }
    }

    /// <summary>No lone star, which would allow everything that a plan can name.</summary>
    private static bool IsHost(string text)
    {
        var host = AlertOptions.Split(text).Host;
        var plain = host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host;
        return Uri.CheckHostName(plain.Trim('[', ']')) != UriHostNameType.Unknown;
    }
}
