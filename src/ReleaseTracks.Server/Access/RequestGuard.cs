using ReleaseTracks.Server.Http;
using ReleaseTracks.Server.Sessions;

namespace ReleaseTracks.Server.Access;

/// <summary>Keeps foreign pages from using the session of somebody whose browser has both open.</summary>
public static class RequestGuard
{
    /// <summary>
    /// A write with a cookie must carry <c>X-ReleaseTracks: 1</c>: a foreign page can make the browser send the cookie,
    /// but not a header of its own. Forms and the WebSocket of the pages cannot send one either; there the origin
    /// decides, which SameSite does not cover: another port or subdomain is the same site.
    /// </summary>
    public static void UseRequestGuard(this IApplicationBuilder app) => app.Use((http, next) =>
        !IsByCookie(http) ? next(http)
        : IsWrite(http.Request) && http.Request.Path.StartsWithSegments("/api") && http.Request.Headers["X-ReleaseTracks"] != "1" ? Problems.Forbidden(
            "csrf", "The request may come from a foreign page.", "Send the header X-ReleaseTracks: 1 with writes that use a session cookie.").ExecuteAsync(http)
        : (IsWrite(http.Request) || http.Request.Headers.Upgrade.Count > 0) && IsForeign(http.Request) ? Problems.Forbidden(
            "foreign-origin", "The request comes from a foreign page.", "Open the pages of this server at its own address.").ExecuteAsync(http)
        : next(http));

    private static bool IsByCookie(HttpContext http) => http.User.Identity?.AuthenticationType == SessionCookie.SchemeName;

    /// <summary>Over HTTP/2 a WebSocket begins with CONNECT, which is a write here too.</summary>
    private static bool IsWrite(HttpRequest request) =>
        !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !HttpMethods.IsOptions(request.Method);

    /// <summary>Browsers always send the origin here. Behind a proxy that ends TLS, ours is https though we see http.</summary>
    private static bool IsForeign(HttpRequest request)
    {
        if (request.Headers.Origin.ToString() is not { Length: > 0 } sent)
            return false;
        return !Uri.TryCreate(sent, UriKind.Absolute, out var origin)
            || (request.IsHttps && origin.Scheme != Uri.UriSchemeHttps)
            || !Uri.TryCreate($"{origin.Scheme}://{request.Host}", UriKind.Absolute, out var own)
            || !string.Equals(origin.Authority, own.Authority, StringComparison.OrdinalIgnoreCase);
    }
}
