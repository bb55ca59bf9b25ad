using System.Globalization;
using System.Text;
using System.Text.Json;
using ReleaseTracks.Benchmarks.Report;

namespace ReleaseTracks.Benchmarks.Http;

/// <summary>
/// OFREP over HTTP, one flag and all flags, against a bare endpoint that parses the same body and answers as many bytes,
/// each in its own process, in turns under the same load. Needs wrk. Run it built as Release.
/// </summary>
internal static class OfrepBenchmark
{
    private const int Rounds = 3;
    private const int Seconds = 5;
    private const string Body = """{"context":{"targetingKey":"user-123456","organisation":"acme","plan":"pro","country":"DE","seats":12}}""";

    public static async Task<IReadOnlyList<Comparison>> MeasureAsync() =>
    [
        await MeasureAsync("OFREP, one flag of 20", 20, $"/ofrep/v1/evaluate/flags/{Key(7)}"),
        await MeasureAsync("OFREP, all of 20 flags", 20, "/ofrep/v1/evaluate/flags"),
        await MeasureAsync("OFREP, all of 350 flags", 350, "/ofrep/v1/evaluate/flags"),
    ];

    private static async Task<Comparison> MeasureAsync(string what, int flags, string path)
    {
        var directory = Directory.CreateTempSubdirectory("rt-ofrep-");
        try
        {
            using var server = await ServerProcess.StartAsync(directory.FullName);
            var (key, size) = await PrepareAsync(server.Client, flags, path);
            await using var bare = await BareProcess.StartAsync(size);
            var script = Path.Combine(directory.FullName, "post.lua");
            await File.WriteAllTextAsync(script, Script(key));
            var (ours, theirs) = await MeasureAsync(server, bare, path, script);
            return Comparison.Of(
                what, ours.RequestsPerSecond, $"bare Kestrel, {size} bytes", theirs.RequestsPerSecond, "requests/s",
                $"p50 {ours.P50} against {theirs.P50}, p99 {ours.P99} against {theirs.P99}; {Micro(ours)} against {Micro(theirs)} µs CPU each");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<(WrkResult Ours, WrkResult Bare)> MeasureAsync(ServerProcess server, BareProcess bare, string path, string script)
    {
        // Both are warm, and compiled for what they do, before anything counts.
        await WrkResult.RunAsync(new(server.Url, path), script, Seconds, () => server.Cpu);
        await WrkResult.RunAsync(new(bare.Url, path), script, Seconds, () => bare.Cpu);
        var (ours, theirs) = (new List<WrkResult>(), new List<WrkResult>());
        for (var round = 0; round < Rounds; round++)
        {
            ours.Add(await WrkResult.RunAsync(new(server.Url, path), script, Seconds, () => server.Cpu));
            theirs.Add(await WrkResult.RunAsync(new(bare.Url, path), script, Seconds, () => bare.Cpu));
        }

        return (WrkResult.Median(ours), WrkResult.Median(theirs));
    }

    /// <summary>Split AI features, an SDK key, a user on the AI track; answers with the key and the size of an answer.</summary>
    private static async Task<(string Key, int Size)> PrepareAsync(HttpClient client, int flags, string path)
    {
        await ServerProcess.PutFeaturesAsync(client, Enumerable.Range(0, flags).Select(Key));
        await SendAsync(client, HttpMethod.Put, "/api/v1/users/user-123456/enrollment", """{"track":"ai","disclosureVersion":1}""");
        var key = JsonDocument.Parse(await SendAsync(client, HttpMethod.Post, "/api/v1/keys", """{"name":"benchmark","kind":"sdk"}""")).RootElement.GetProperty("secret").GetString()!;
        return (key, Encoding.UTF8.GetByteCount(await SendAsync(client, HttpMethod.Post, path, Body)));
    }

    private static async Task<string> SendAsync(HttpClient client, HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using var answer = await client.SendAsync(request);
        return await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
    }

    private static string Key(int i) => $"feature-{i}";

    private static string Micro(WrkResult result) => result.CpuPerRequest.TotalMicroseconds.ToString("0", CultureInfo.InvariantCulture);

    private static string Script(string key) => $"""
        wrk.method = "POST"
        wrk.body = '{Body}'
        wrk.headers["Content-Type"] = "application/json"
        wrk.headers["Authorization"] = "Bearer {key}"
        """;
}
