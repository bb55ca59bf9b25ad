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
            await ServerProcess.PutFeaturesAsync(server.Client, Enumerable.Range(0, Rounds + 1).Select(i => $"feature-{i}"));
            var key = (await PostAsync(server.Client, "/api/v1/keys", new { name = "benchmark", kind = "sdk" })).GetProperty("secret").GetString()!;
            return await MeasureAsync(
                clients, server.Url, key, () => server.ResidentMegabytes,
                async round => (await PostAsync(server.Client, $"/api/v1/features/feature-{round}/rollback", new { track = "ai", reason = "benchmark" })).GetProperty("revision").GetInt64());
        }
        finally
        {
            data.Delete(recursive: true);
        }
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
