using System.Net.Http.Headers;
using Microsoft.Extensions.Options;

namespace ReleaseTracks.Client;

/// <summary>The one HTTP client for the server. Every call bounds itself: a stream has no end, an answer has.</summary>
internal sealed class ServerHttp : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private const int MostAnswerBytes = 64 * 1024 * 1024;

    public ServerHttp(IOptions<ReleaseTracksOptions> options)
    {
        var settings = options.Value;
        Client = new(settings.Handler?.Invoke() ?? DefaultHandler())
        {
            BaseAddress = new(settings.Endpoint!.AbsoluteUri.TrimEnd('/') + "/"),
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MostAnswerBytes,
        };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", settings.Key);
        Client.DefaultRequestHeaders.UserAgent.Add(new("ReleaseTracks.Client", typeof(ServerHttp).Assembly.GetName().Version?.ToString(3)));
    }

    public HttpClient Client { get; }

    public void Dispose() => Client.Dispose();

    // No redirects: the key would go along.
    private static SocketsHttpHandler DefaultHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
    };
}
