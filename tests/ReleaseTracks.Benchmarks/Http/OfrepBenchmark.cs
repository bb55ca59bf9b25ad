using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace ReleaseTracks.Benchmarks.Http;

/// <summary>
/// OFREP single evaluation over HTTP against a bare endpoint that parses the same body and answers as many bytes, each
/// in its own process, in turns under the same load. Needs wrk. Run it built as Release.
/// </summary>
internal static class OfrepBenchmark
{
    private const string Path = "/ofrep/v1/evaluate/flags/smart-replies";
    private const string Body = """{"context":{"targetingKey":"user-123456","organisation":"acme","plan":"pro","country":"DE","seats":12}}""";

    private const string Changes = """
        [{"op":"feature.put","feature":{"key":"smart-replies","name":"Smart replies","ai":true,"variants":{"off":false,"on":true},"fallback":"off",
          "disclosure":{"version":1,"text":"Replies are suggested by AI.","uri":"https://product.example/ai"},
          "releases":{"ai":[{"variant":"on","weight":50},{"variant":"off","weight":50}]}}}]
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        var rounds = Number(args, "--rounds", 5);
        var seconds = Number(args, "--seconds", 10);
        var directory = Directory.CreateTempSubdirectory("rt-ofrep-");
        try
        {
            using var server = await ServerProcess.StartAsync(directory.FullName);
            var (key, size) = await PrepareAsync(server.Client);
            await using var baseline = await BaselineProcess.StartAsync(size);
            var script = System.IO.Path.Combine(directory.FullName, "post.lua");
            await File.WriteAllTextAsync(script, Script(key));

            Console.WriteLine($"wrk -t1 -c32 -d{seconds}s, {rounds} rounds in turns, {Body.Length} bytes in, {size} bytes out, {Environment.ProcessorCount} cores");
            var (ours, bare) = await MeasureAsync(new(server.Url, Path), new(baseline.Url, Path), script, rounds, seconds);
            Console.WriteLine($"ReleaseTracks  {ours}");
            Console.WriteLine($"bare Kestrel   {bare}");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ratio          {ours.RequestsPerSecond / bare.RequestsPerSecond:0.00}"));
            return 0;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<(WrkResult Ours, WrkResult Bare)> MeasureAsync(Uri server, Uri baseline, string script, int rounds, int seconds)
    {
        // Both are warm, and compiled for what they do, before anything counts.
        await WrkResult.RunAsync(server, script, seconds);
        await WrkResult.RunAsync(baseline, script, seconds);
        var ours = new List<WrkResult>();
        var bare = new List<WrkResult>();
        for (var round = 1; round <= rounds; round++)
        {
            ours.Add(await WrkResult.RunAsync(server, script, seconds));
            bare.Add(await WrkResult.RunAsync(baseline, script, seconds));
            Console.WriteLine($"round {round}: {ours[^1]}  |  {bare[^1]}");
        }

        return (WrkResult.Median(ours), WrkResult.Median(bare));
    }

    /// <summary>A split AI feature, an SDK key, a user on the AI track; answers with the key and the size of an answer.</summary>
    private static async Task<(string Key, int Size)> PrepareAsync(HttpClient client)
    {
        var plan = await SendAsync(client, HttpMethod.Post, "/api/v1/plans", $$"""{"title":"benchmark","reason":"benchmark","changes":{{Changes}}}""");
        var (path, hash) = ($"/api/v1/plans/{plan.GetProperty("id")}", plan.GetProperty("hash"));
        await SendAsync(client, HttpMethod.Post, $"{path}/approvals", $$"""{"hash":"{{hash}}","decision":"approve"}""");
        await SendAsync(client, HttpMethod.Post, $"{path}/apply", $$"""{"hash":"{{hash}}"}""");
        await SendAsync(client, HttpMethod.Put, "/api/v1/users/user-123456/enrollment", """{"track":"ai","disclosureVersion":1}""");
        var key = (await SendAsync(client, HttpMethod.Post, "/api/v1/keys", """{"name":"benchmark","kind":"sdk"}""")).GetProperty("secret").GetString()!;
        var answer = await SendAsync(client, HttpMethod.Post, Path, Body);
        return (key, Encoding.UTF8.GetByteCount(answer.GetRawText()));
    }

    private static async Task<JsonElement> SendAsync(HttpClient client, HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using var answer = await client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static string Script(string key) => $"""
        wrk.method = "POST"
        wrk.body = '{Body}'
        wrk.headers["Content-Type"] = "application/json"
        wrk.headers["Authorization"] = "Bearer {key}"
        """;

    private static int Number(string[] args, string name, int otherwise) =>
        Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
}
