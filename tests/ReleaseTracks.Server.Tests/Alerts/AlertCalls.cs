using System.Text.Json;
using ReleaseTracks.Server.Alerts;
using ReleaseTracks.Server.Tests.Faults;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Alerts;

/// <summary>A server whose alerts may go to this machine, and what is asked of it.</summary>
internal static class AlertCalls
{
    public static Dictionary<string, string?> Settings { get; } = new(StringComparer.Ordinal)
    {
        // A rollback that nobody reports on is verified when reports would be stale.
        ["ReleaseTracks:Control:StaleAfter"] = "1s",
        [$"{AlertOptions.Section}:AllowedHosts"] = "127.0.0.1 localhost",
        [$"{AlertOptions.Section}:AllowPrivateNetworks"] = "true",
        [$"{AlertOptions.Section}:PublicUrl"] = "https://tracks.example",
        [$"{AlertOptions.Section}:Secrets:pager"] = AlertReceiver.Secret,
        [$"{AlertOptions.Section}:Secrets:bearer"] = "Bearer a-token-of-the-proxy",
    };

    /// <summary>The same for a server process, which does not let one wait for its rounds.</summary>
    public static string[] Switches { get; } = [.. Settings.Select(one => $"--{one.Key}={one.Value}"), "--ReleaseTracks:Control:Interval=200ms"];

    public static Task<TestServer> StartAsync(Action<Dictionary<string, string?>>? change = null)
    {
        var settings = new Dictionary<string, string?>(Settings, StringComparer.Ordinal);
        change?.Invoke(settings);
        return TestServer.StartAsync(new() { Settings = settings });
    }

    public static Task PutWebhookAsync(this TestServer server, string url, string key = "pager", string events = "rollback") =>
        server.ApplyAsync($"[{Webhook(url, key, events)}]");

    public static string Webhook(string url, string key = "pager", string events = "rollback") =>
        $$$"""{"op":"destination.put","destination":{"key":"{{{key}}}","kind":"webhook","url":"{{{url}}}","secret":"pager","events":["{{{events}}}"]}}""";

    /// <summary>Puts a feature and rolls it back, by the server's API.</summary>
    public static async Task PutAndRollBackAsync(this HttpClient client)
    {
        await client.ApplyAsync($$"""{"op":"feature.put","feature":{{TestServerCalls.SmartReplies}}}""");
        Assert.Equal(200, (await client.CallAsync("POST /api/v1/features/smart-replies/rollback", """{"track":"ai","reason":"test"}""")).Status);
    }

    public static async Task<JsonElement> DestinationAsync(this TestServer server, string key = "pager") =>
        (await server.SendAsync(HttpMethod.Get, "/api/v1/destinations")).EnumerateArray().Single(one => one.GetProperty("key").GetString() == key);

    /// <summary>Waits until the destination's last failure says this.</summary>
    public static Task<string> FailureAsync(this TestServer server, string text, string key = "pager") => Eventually.GetAsync(
        $"delivery to {key} fails with '{text}'",
        async () => (await server.DestinationAsync(key)).GetProperty("lastFailure").GetString() is { } failure && failure.Contains(text, StringComparison.Ordinal) ? failure : null,
        seconds: 60);

    /// <summary>Waits until the destination has heard everything.</summary>
    public static Task QuietAsync(this TestServer server, string key = "pager") => Eventually.TrueAsync(
        async () => await server.DestinationAsync(key) is var one && one.GetProperty("waiting").GetInt32() == 0 && one.GetProperty("lastSuccessAt").ValueKind == JsonValueKind.String,
        $"{key} has heard everything",
        TimeSpan.FromSeconds(60));
}
