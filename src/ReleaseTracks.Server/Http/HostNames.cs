using Microsoft.AspNetCore.HostFiltering;

namespace ReleaseTracks.Server.Http;

/// <summary>
/// Which names of this server a request may use. Left open, a foreign page could have its own name resolve to this
/// machine and read what the server tells callers without a credential.
/// </summary>
public static class HostNames
{
    private const string Setting = "AllowedHosts";
    private static readonly string[] Loopback = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>Unless <c>AllowedHosts</c> names them: loopback and the hosts of <c>Urls</c>.</summary>
    public static void AddHostNames(this IServiceCollection services, IConfiguration configuration)
    {
        if (string.IsNullOrWhiteSpace(configuration[Setting]))
            services.Configure<HostFilteringOptions>(options => options.AllowedHosts = [.. Default(Bound(configuration))]);
    }

    /// <summary>Every name, if any address listens on every interface: which names lead there only the operator knows.</summary>
    public static IReadOnlyList<string> Default(IEnumerable<string> urls)
    {
        string[] bound = [.. urls.Select(url => BindingAddress.Parse(url).Host)];
        return bound.Any(host => host is "*" or "+" or "0.0.0.0" or "[::]") ? ["*"] : [.. Loopback.Union(bound, StringComparer.OrdinalIgnoreCase)];
    }

    private static IEnumerable<string> Bound(IConfiguration configuration) =>
        (configuration["urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Concat(configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>());
}
