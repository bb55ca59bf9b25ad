using ReleaseTracks.Objectives;

namespace ReleaseTracks.Server.Prometheus;

/// <summary>Section <c>ReleaseTracks:Prometheus</c>. An empty URL means the built-in outcome store.</summary>
public sealed record PrometheusOptions
{
    public const string Section = "ReleaseTracks:Prometheus";

    public Uri? Url { get; init; }

    /// <summary>For one whole reading, all its queries together.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often Prometheus scrapes the product; data older than three of these is stale.</summary>
    public TimeSpan ScrapeInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>An answer above this is not read on: something else than Prometheus is talking.</summary>
    public long MaxResponseBytes { get; init; } = 64 * 1024 * 1024;

    /// <exception cref="InvalidOperationException">A value makes no sense; the message names its key.</exception>
    public static PrometheusOptions From(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        var defaults = new PrometheusOptions();
        return defaults with
        {
            Url = ReadUrl(section["Url"]),
            Timeout = Read(section, "Timeout", defaults.Timeout),
            ScrapeInterval = Read(section, "ScrapeInterval", defaults.ScrapeInterval),
        };
    }

    private static Uri? ReadUrl(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https") return url;
        throw new InvalidOperationException($"{Section}:Url must be an http or https address such as http://prometheus:9090.");
    }

    private static TimeSpan Read(IConfigurationSection section, string key, TimeSpan fallback)
    {
        var text = section[key];
        if (string.IsNullOrWhiteSpace(text)) return fallback;
        if (Durations.TryParse(text, out var duration) && duration > TimeSpan.Zero && duration <= TimeSpan.FromHours(1)) return duration;
        throw new InvalidOperationException($"{Section}:{key} must be a duration above zero, at most 1h, such as 5s.");
    }
}
