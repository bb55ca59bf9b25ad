using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using ReleaseTracks.Server.Access;

namespace ReleaseTracks.Server.Http;

/// <summary>What browsers are told about every answer that goes the general way.</summary>
public static class SecurityHeaders
{
    /// <summary>The one page that products may show inside their own.</summary>
    private const string Embeddable = "/me";

    /// <summary>
    /// No script but our own files, so that text somebody smuggled in stays text. Styles may be inline: Blazor and
    /// MudBlazor set them on elements. The WebSocket of the pages is covered by <c>connect-src 'self'</c>.
    /// </summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "base-uri 'self'; form-action 'self'; frame-ancestors ";

    /// <summary>
    /// When the answer starts, because the handler of a fault clears what was set before. Evaluation, which browsers do
    /// not show, does without.
    /// </summary>
    public static void UseSecurityHeaders(this WebApplication app)
    {
        var embedders = string.Join(' ', app.Services.GetRequiredService<IOptions<AccessOptions>>().Value.EmbedOriginList);
        var (plain, embeddable) = (Policy + "'none'", Policy + (embedders.Length > 0 ? embedders : "'none'"));
        app.UseHsts();
        app.Use((http, next) =>
        {
            var policy = http.Request.Path.StartsWithSegments(Embeddable, StringComparison.OrdinalIgnoreCase) ? embeddable : plain;
            http.Response.OnStarting(() => Set(http.Response.Headers, policy));
            return next(http);
        });
    }

    /// <summary>
    /// Believes the address and scheme that named proxies report, and nobody else's: otherwise anybody could choose the
    /// source that failed sign-ins are counted for.
    /// </summary>
    public static void UseTrustedProxies(this WebApplication app)
    {
        var proxies = app.Services.GetRequiredService<IOptions<AccessOptions>>().Value.TrustedProxyNetworks;
        if (proxies.Count == 0)
            return;
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
            options.KnownIPNetworks.Add(proxy);
        app.UseForwardedHeaders(options);
    }

    private static Task Set(IHeaderDictionary headers, string policy)
    {
        headers.ContentSecurityPolicy = policy;
        headers.XContentTypeOptions = "nosniff";
        // The page after a one-time link must not tell other hosts where it came from. Not no-referrer: forms would then
        // be sent with the origin `null`, which looks like a foreign page.
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        return Task.CompletedTask;
    }
}
