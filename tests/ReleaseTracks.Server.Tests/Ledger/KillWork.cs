using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace ReleaseTracks.Server.Tests.Ledger;

/// <summary>
/// Writes of every kind at once against a server that will be killed under them, and what was answered. What was not
/// answered may have happened or not; what was answered must be there for ever.
/// </summary>
internal sealed class KillWork(int seed)
{
    public const string Feature = "base";
    public const long Good = 997;
    public const long Bad = 3;
    private static readonly string[] Tracks = ["ai", "innovative", "stable"];
    private readonly Random random = new(seed);
    private int nextBatch;
    private int nextFeature;
    private int left;
    private Func<Task>? kill;

    /// <summary>Batches by id; true when the server said that it has them.</summary>
    public ConcurrentDictionary<string, bool> Batches { get; } = new(StringComparer.Ordinal);

    /// <summary>Features whose plan was applied, and the plan.</summary>
    public ConcurrentDictionary<string, string> Applied { get; } = new(StringComparer.Ordinal);

    /// <summary>Plans whose proposal was answered.</summary>
    public ConcurrentBag<string> Proposed { get; } = [];

    /// <summary>Per user the track last answered, and the one that was asked for since without an answer.</summary>
    public ConcurrentDictionary<string, (string? Known, string? Asked)> Users { get; } = new(StringComparer.Ordinal);

    /// <summary>Works until <paramref name="killAsync"/>, which it calls after a random number of completed writes.</summary>
    public async Task RunAsync(HttpClient client, Func<Task> killAsync)
    {
        (left, kill) = (random.Next(5, 60), killAsync);
        var seeds = Enumerable.Range(0, 2).Select(_ => random.Next()).ToArray();
        await Task.WhenAll(
            LoopAsync(() => PlanAsync(client)),
            LoopAsync(() => PlanAsync(client)),
            LoopAsync(() => ReportAsync(client, $"b{Interlocked.Increment(ref nextBatch)}")),
            LoopAsync(() => ReportAsync(client, $"b{Interlocked.Increment(ref nextBatch)}")),
            EnrolLoopAsync(client, "a", new Random(seeds[0])),
            EnrolLoopAsync(client, "z", new Random(seeds[1])));
    }

    /// <summary>True if it was counted now, false if it had been before.</summary>
    public async Task<bool> ReportAsync(HttpClient client, string batch)
    {
        Batches.TryAdd(batch, false);
        var answer = await SendAsync(client, HttpMethod.Post, "/api/v1/outcomes", new JsonObject
        {
            ["batchId"] = batch,
            ["outcomes"] = new JsonArray(new JsonObject
            {
                ["feature"] = Feature,
                ["track"] = "ai",
                ["variant"] = "on",
                ["indicator"] = "availability",
                ["good"] = Good,
                ["bad"] = Bad,
            }),
        });
        Batches[batch] = true;
        return answer["counted"]!.GetValue<bool>();
    }

    public static JsonObject Put(string key) => new()
    {
        ["title"] = key,
        ["changes"] = new JsonArray(new JsonObject
        {
            ["op"] = "feature.put",
            ["feature"] = new JsonObject
            {
                ["key"] = key,
                ["variants"] = new JsonObject { ["off"] = false, ["on"] = true },
                ["fallback"] = "off",
                ["releases"] = key == Feature ? JsonNode.Parse("""{"ai":[{"variant":"on","weight":100}]}""") : new JsonObject(),
            },
        }),
    };

    /// <summary>Proposes and applies; adds to what is known with each answer.</summary>
    public async Task PlanAsync(HttpClient client, string? feature = null)
    {
        var key = feature ?? $"f{Interlocked.Increment(ref nextFeature)}";
        var plan = await SendAsync(client, HttpMethod.Post, "/api/v1/plans", Put(key));
        var id = plan["id"]!.GetValue<string>();
        Proposed.Add(id);
        var hash = plan["hash"]!.GetValue<string>();
        if (plan["approvalsNeeded"]!.GetValue<int>() > 0)
            await SendAsync(client, HttpMethod.Post, $"/api/v1/plans/{id}/approvals", new JsonObject { ["hash"] = hash, ["decision"] = "approve" });
        await SendAsync(client, HttpMethod.Post, $"/api/v1/plans/{id}/apply", new JsonObject { ["hash"] = hash });
        Applied[key] = id;
    }

    private async Task EnrolLoopAsync(HttpClient client, string prefix, Random choice) => await LoopAsync(async () =>
    {
        var (user, track) = ($"{prefix}{choice.Next(50)}", Tracks[choice.Next(Tracks.Length)]);
        Users[user] = (Users.GetValueOrDefault(user).Known, track);
        var body = new JsonObject { ["track"] = track };
        if (track == "ai")
            body["disclosureVersion"] = 1;
        await SendAsync(client, HttpMethod.Put, $"/api/v1/users/{user}/enrollment", body);
        Users[user] = (track, null);
    });

    private async Task LoopAsync(Func<Task> write)
    {
        try
        {
            while (true)
            {
                await write();
                if (Interlocked.Decrement(ref left) == 0)
                    await kill!();
            }
        }
        catch (Exception ended) when (ended is HttpRequestException { StatusCode: null } or IOException)
        {
            // Killed.
        }
    }

    private static async Task<JsonNode> SendAsync(HttpClient client, HttpMethod method, string path, JsonObject body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        using var answer = await client.SendAsync(request, CancellationToken.None);
        var text = await answer.Content.ReadAsStringAsync(CancellationToken.None);
        if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.Created or HttpStatusCode.Accepted))
            Assert.Fail($"{method} {path}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }
}
