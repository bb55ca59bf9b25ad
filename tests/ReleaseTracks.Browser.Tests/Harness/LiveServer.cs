using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ReleaseTracks.Access;
using ReleaseTracks.Server;
using ReleaseTracks.Server.Plans;
using ReleaseTracks.Server.Sessions;
using ReleaseTracks.Server.Snapshots;

namespace ReleaseTracks.Browser.Tests.Harness;

/// <summary>The real server on a free port with its own empty data directory, and its API as a product would call it.</summary>
public sealed class LiveServer : IAsyncDisposable
{
    // Whoever signed in through the console's link could approve, so the token may not approve its own plans any more.
    private static readonly Actor Colleague = new(ActorKinds.System, "colleague", "in-process");
    private const string Token = "bootstrap-token-for-tests";
    private readonly WebApplication app;
    private readonly DirectoryInfo data;
    private readonly HttpClient http;
    private int batch;

    private LiveServer(WebApplication app, DirectoryInfo data)
    {
        (this.app, this.data) = (app, data);
        Url = app.Urls.First();
        http = new() { BaseAddress = new(Url) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
    }

    public string Url { get; }

    public string NewSignInLink() => Url + app.Services.GetRequiredService<SignInLinks>().Create();

    public static async Task<LiveServer> StartAsync(params string[] settings)
    {
        var data = Directory.CreateTempSubdirectory("releasetracks-browser-");
        var app = ServerApp.Create(
        [
            "--urls", "http://127.0.0.1:0",
            "--data-path", data.FullName,
            $"--ReleaseTracks:Access:BootstrapToken={Token}",
            "--ReleaseTracks:Control:Interval=500ms",
            .. settings,
        ], builder => builder.Logging.SetMinimumLevel(LogLevel.Error));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app, data);
    }

    public async Task ApplyAsync(params object[] changes)
    {
        var plan = await PostAsync("/api/v1/plans", new { title = "Test", reason = "Test", changes });
        var (id, hash) = (plan.GetProperty("id").GetString()!, plan.GetProperty("hash").GetString()!);
        if (plan.GetProperty("approvalsNeeded").GetInt32() > 0)
            await app.Services.GetRequiredService<PlanService>().ApproveAsync(id, hash, "", Colleague, TestContext.Current.CancellationToken);
        await PostAsync($"/api/v1/plans/{id}/apply", new { hash });
    }

    /// <summary>Lets features move on at once; a real product lets them soak.</summary>
    public async Task HurryAsync()
    {
        foreach (var track in (await GetAsync("/api/v1/tracks")).EnumerateArray())
        {
            var config = JsonObject.Create(track)!;
            foreach (var live in new[] { "revision", "closedBy", "enrolledUsers", "verdict" })
                config.Remove(live);
            config["limits"] = new JsonObject { ["soakTime"] = "0s", ["soakVolume"] = 0, ["rollbackCooldown"] = "0s" };
            await ApplyAsync(new { op = "track.put", track = config });
        }
    }

    /// <summary>An AI feature that is on for everybody on the AI track.</summary>
    public async Task AddFeatureAsync(string key, string name, string track = "ai", double weight = 100)
    {
        await ApplyAsync(
            new
            {
                op = "feature.put",
                feature = new
                {
                    key,
                    name,
                    owner = "messaging",
                    ai = true,
                    variants = new Dictionary<string, bool> { ["off"] = false, ["on"] = true },
                    fallback = "off",
                    disclosure = new { version = 1, text = "An AI model writes these." },
                },
            },
            Release(key, "ai", weight));
        if (track == "ai")
            return;
        // One track at a time, as the rules want it.
        await HurryAsync();
        await ApplyAsync(Release(key, "innovative", weight));
        if (track == "stable")
            await ApplyAsync(Release(key, "stable", weight));
    }

    private static object Release(string feature, string track, double weight) => new
    {
        op = "release.set",
        feature,
        track,
        allocation = weight < 100
            ? new object[] { new { variant = "on", weight }, new { variant = "off", weight = 100 - weight } }
            : [new { variant = "on", weight }],
    };

    /// <summary>Outcomes of the feature on the AI track and of its fallback on Stable, by the three indicators of AI.</summary>
    public Task ReportAsync(string feature, long good, long bad) => PostAsync("/api/v1/outcomes", new
    {
        batchId = $"batch-{Interlocked.Increment(ref batch)}",
        outcomes = new[] { "availability", "quality", "harm" }.SelectMany(indicator => new object[]
        {
            new { feature, track = "ai", variant = "on", indicator, good = indicator == "availability" ? good : good + bad, bad = indicator == "availability" ? bad : 0 },
            new { feature, track = "stable", variant = "off", indicator, good = 10 * (good + bad), bad = 0 },
        }),
    });

    /// <summary>Good outcomes of availability and latency wherever the feature is on.</summary>
    public Task ReportPlainAsync(string feature) => PostAsync("/api/v1/outcomes", new
    {
        batchId = $"batch-{Interlocked.Increment(ref batch)}",
        outcomes = new[] { "stable", "innovative", "ai" }.SelectMany(track => new[] { "availability", "latency", "quality", "harm" }
            .Select(indicator => new { feature, track, variant = "on", indicator, good = 4000, bad = track == "ai" && indicator == "availability" ? 31 : 1 })),
    });

    /// <summary>Fails interval after interval, as real traffic would, until somebody has seen it: one bad batch proves nothing.</summary>
    public Task FailAsync(string feature, Func<Task<bool>> seen) => RepeatAsync(() => ReportAsync(feature, 6, 19), seen);

    /// <summary>The AI track's users on the fallback, as a product reports after a rollback: without it nothing is verified.</summary>
    public Task FallBackAsync(string feature, Func<Task<bool>> seen) => RepeatAsync(
        () => PostAsync("/api/v1/outcomes", new
        {
            batchId = $"batch-{Interlocked.Increment(ref batch)}",
            outcomes = new[] { new { feature, track = "ai", variant = "off", indicator = "availability", good = 20, bad = 0 } },
        }),
        seen);

    /// <summary>The state of the newest rollback; null before there is one.</summary>
    public async Task<string?> RollbackStateAsync()
    {
        var rollbacks = await SendAsync(HttpMethod.Get, "/api/v1/rollbacks", null);
        return rollbacks.GetArrayLength() > 0 ? rollbacks[0].GetProperty("state").GetString() : null;
    }

    private static async Task RepeatAsync(Func<Task> report, Func<Task<bool>> seen)
    {
        using var interval = new PeriodicTimer(TimeSpan.FromMilliseconds(300), TimeProvider.System);
        for (var round = 0; round < 100; round++)
        {
            await report();
            if (await seen())
                return;
            await interval.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        Assert.Fail("Reported for long, and nobody saw what it should lead to.");
    }

    /// <summary>The one-time link for somebody new.</summary>
    public async Task<string> InviteAsync(string name, params string[] roles) =>
        (await PostAsync("/api/v1/people", new { name, roles })).GetProperty("signInUrl").GetString()!;

    public async Task RemoveNewestPersonAsync()
    {
        var people = await SendAsync(HttpMethod.Get, "/api/v1/people", null);
        await SendAsync(HttpMethod.Delete, $"/api/v1/people/{people[people.GetArrayLength() - 1].GetProperty("id").GetString()}", null);
    }

    /// <summary>The page of one of the product's users, as the product would open it.</summary>
    public async Task<string> MeLinkAsync(string user) =>
        (await PostAsync($"/api/v1/users/{user}/me-ticket", new { })).GetProperty("url").GetString()!;

    public Task EnrolAsync(string user, string track) =>
        SendAsync(HttpMethod.Put, $"/api/v1/users/{user}/enrollment", track == "ai" ? new { track, disclosureVersion = 1 } : new { track });

    public Task<JsonElement> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<JsonElement> PostAsync(string path, object body) => SendAsync(HttpMethod.Post, path, body);

    public Task<JsonElement> PutAsync(string path, object body) => SendAsync(HttpMethod.Put, path, body);


    /// <summary>How many entries the ledger has.</summary>
    public long Revision => Get<SnapshotHolder>().Current.Revision;

    public T Get<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        data.Delete(recursive: true);
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }
}
