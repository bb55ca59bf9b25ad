using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using ReleaseTracks.Benchmarks.Http;
using ReleaseTracks.Benchmarks.Report;

namespace ReleaseTracks.Benchmarks.Streams;

/// <summary>
/// From asking for a rollback until the last of many stream clients has heard of it, the commit to disk included; against
/// a bare Kestrel endpoint that writes as many bytes to as many open answers and commits nothing.
/// </summary>
internal static class StreamBenchmark
{
    private const int Rounds = 10;
    private static readonly int[] Sizes = [1_000, 10_000];

    public static async Task<IReadOnlyList<Comparison>> MeasureAsync()
    {
        var rows = new List<Comparison>();
        foreach (var size in Sizes)
            rows.Add(await MeasureAsync(size));
        rows.Add(await TwoServersAsync());
        return rows;
    }

    private static async Task<Comparison> MeasureAsync(int clients)
    {
        var ours = await RollbacksAsync(clients);
        var bare = await BroadcastsAsync(clients);
        return Comparison.Of(
            $"rollback → {clients} stream clients, p99", ours.P99, "bare Kestrel, no commit", bare.P99, "ms",
            string.Create(CultureInfo.InvariantCulture, $"p50 {ours.P50:0} against {bare.P50:0} ms; {ours.Kilobytes:0} against {bare.Kilobytes:0} KB resident per client; {ours.Megabytes:0} MB in all"));
    }

    private static async Task<Heard> RollbacksAsync(int clients)
    {
        var data = Directory.CreateTempSubdirectory("rt-streams-");
        try
        {
            using var server = await ServerProcess.StartAsync(data.FullName);
            return await RollbacksAsync(clients, server, server);
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    /// <summary>On one Redis that syncs every write: the clients of the other server, against those of the one that is asked.</summary>
    private static async Task<Comparison> TwoServersAsync()
    {
        var data = Directory.CreateTempSubdirectory("rt-streams-");
        var port = ServerProcess.FreePort().ToString(CultureInfo.InvariantCulture);
        using var redis = Process.Start("redis-server", ["--port", port, "--dir", data.FullName, "--save", "", "--appendonly", "yes", "--appendfsync", "always", "--loglevel", "warning"]);
        try
        {
            string[] setting = ["--ReleaseTracks:Store:Redis", $"127.0.0.1:{port}"];
            using var asked = await ServerProcess.StartAsync(data.CreateSubdirectory("asked").FullName, null, setting);
            using var other = await ServerProcess.StartAsync(data.CreateSubdirectory("other").FullName, null, setting);
            var same = await RollbacksAsync(Sizes[0], asked, asked);
            var across = await RollbacksAsync(Sizes[0], asked, other);
            return Comparison.Of(
                $"rollback on one server → {Sizes[0]} stream clients of another, p99", across.P99, "of the same", same.P99, "ms",
                string.Create(CultureInfo.InvariantCulture, $"p50 {across.P50:0} against {same.P50:0} ms; Redis syncs every write"));
        }
        finally
        {
            redis.Kill();
            await redis.WaitForExitAsync();
            data.Delete(recursive: true);
        }
    }

    private static async Task<Heard> RollbacksAsync(int clients, ServerProcess asked, ServerProcess listened)
    {
        // Of this run: what was rolled back before cannot be again.
        var name = Guid.NewGuid().ToString("N");
        await ServerProcess.PutFeaturesAsync(asked.Client, Enumerable.Range(0, Rounds + 1).Select(i => $"{name}-{i}"));
        var key = (await PostAsync(asked.Client, "/api/v1/keys", new { name = "benchmark", kind = "sdk" })).GetProperty("secret").GetString()!;
        return await MeasureAsync(
            clients, listened.Url, key, () => listened.ResidentMegabytes,
            async round => (await PostAsync(asked.Client, $"/api/v1/features/{name}-{round}/rollback", new { track = "ai", reason = "benchmark" })).GetProperty("revision").GetInt64());
    }

    private static async Task<Heard> BroadcastsAsync(int clients)
    {
        await using var bare = await BareProcess.StartAsync(100);
        using var client = new HttpClient { BaseAddress = bare.Url };
        return await MeasureAsync(clients, bare.Url, "none", () => bare.ResidentMegabytes, async round =>
        {
            (await client.PostAsync(new Uri($"/broadcast?revision={round + 2}", UriKind.Relative), null)).EnsureSuccessStatusCode();
            return round + 2;
        });
    }

    private static async Task<Heard> MeasureAsync(int clients, Uri url, string key, Func<double> resident, Func<int, Task<long>> act)
    {
        var before = resident();
        using var crowd = await StreamCrowd.ConnectAsync(url, key, clients);
        var filled = resident();
        List<double> half = [], most = [];
        // The first is not counted: it compiles what the others use.
        for (var round = 0; round <= Rounds; round++)
        {
            var began = Stopwatch.GetTimestamp();
            var heard = await crowd.HearAsync(await act(round), began);
            if (round == 0)
                continue;
            half.Add(heard[heard.Length / 2]);
            most.Add(heard[(int)(heard.Length * 0.99)]);
        }

        return new(half.Order().ElementAt(Rounds / 2), most.Order().ElementAt(Rounds / 2), (filled - before) * 1024 / clients, filled);
    }

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        using var answer = await client.PostAsJsonAsync(path, body);
        return await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>Medians over the rounds in ms, and what the clients cost.</summary>
    private sealed record Heard(double P50, double P99, double Kilobytes, double Megabytes);
}
