namespace ReleaseTracks.Server.Prometheus;

public static class PrometheusServices
{
    /// <summary>The one connection to Prometheus: no redirects (an answer must be Prometheus' own), no timeout of its own.</summary>
    public static HttpClient CreateHttpClient() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        UseCookies = false,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };
}
