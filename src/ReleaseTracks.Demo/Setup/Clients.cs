using System.Net.Http.Headers;

namespace ReleaseTracks.Demo.Setup;

/// <summary>HTTP clients; each talks to one address and gives up by itself.</summary>
internal static class Clients
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static HttpClient Create(Uri address, string? token = null)
    {
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address, Timeout = Patience };
        if (token is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }
}
