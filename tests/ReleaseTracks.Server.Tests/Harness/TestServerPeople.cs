using System.Net;
using System.Text.Json;

namespace ReleaseTracks.Server.Tests.Harness;

/// <summary>People and their browsers.</summary>
public static class TestServerPeople
{
    public static async Task<(string Id, string Link)> InviteAsync(this TestServer server, string name, params string[] roles)
    {
        var body = JsonSerializer.Serialize(new { name, roles });
        var person = await server.SendAsync(HttpMethod.Post, "/api/v1/people", body);
        return (person.GetProperty("id").GetString()!, person.GetProperty("signInUrl").GetString()!);
    }

    /// <summary>Invites somebody and opens the link; calls with their session, as the pages do.</summary>
    public static async Task<HttpClient> SignInAsync(this TestServer server, params string[] roles) =>
        await server.OpenAsync((await server.InviteAsync("Somebody", roles)).Link);

    /// <summary>Opens a one-time link, which must work.</summary>
    public static async Task<HttpClient> OpenAsync(this TestServer server, string link)
    {
        using var anonymous = server.Client(null);
        using var answer = await anonymous.GetAsync(new Uri(link, UriKind.RelativeOrAbsolute), TestContext.Current.CancellationToken);
        if (answer.StatusCode != HttpStatusCode.Redirect || !answer.Headers.TryGetValues("Set-Cookie", out var cookies))
            throw new InvalidOperationException($"The link did not sign in: {(int)answer.StatusCode} to {answer.Headers.Location}\n{server.Log}");
        return server.WithCookie(cookies.Single());
    }

    public static HttpClient WithCookie(this TestServer server, string setCookie)
    {
        var client = server.Client(null);
        client.DefaultRequestHeaders.Add("Cookie", setCookie.Split(';')[0]);
        client.DefaultRequestHeaders.Add("X-ReleaseTracks", "1");
        return client;
    }

    /// <summary>Every ledger entry of a type, oldest first.</summary>
    public static async Task<IReadOnlyList<JsonElement>> EntriesAsync(this TestServer server, string type)
    {
        var text = await server.Admin.GetStringAsync(new Uri("/api/v1/ledger?limit=10000", UriKind.Relative), TestContext.Current.CancellationToken);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).Where(entry => entry.GetProperty("type").GetString() == type)];
    }
}
