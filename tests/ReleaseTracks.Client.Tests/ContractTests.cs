using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;
using ReleaseTracks.Client.Tests.Harness;
using ReleaseTracks.Features;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Client.Tests;

/// <summary>The real client against the real server, as a customer runs them.</summary>
public sealed class ContractTests : IAsyncLifetime
{
    private TestServer server = null!;
    private ClientApp app = null!;

    public async ValueTask InitializeAsync()
    {
        server = await TestServer.StartAsync();
        await server.PutFeatureAsync(TestServerCalls.SmartReplies);
        await server.EnrolAsync("ada", "ai", 1);
        app = await ClientApp.StartAsync(server, await server.CreateKeyAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task App_AiUserAndOthers_GetTheirVariantEverywhere()
    {
        Assert.Equal("on", await app.VariantAsync("smart-replies", "ada"));
        Assert.Equal("off", await app.VariantAsync("smart-replies", "bea"));
        Assert.Equal("on", app.Evaluator.Evaluate("smart-replies", "ada")?.Variant?.Name);
        Assert.Equal(TrackKey.Ai, app.Evaluator.Evaluate("smart-replies", "ada")?.Track);
        Assert.Equal("off", app.Evaluator.Evaluate("smart-replies", null)?.Variant?.Name);
        Assert.Null(app.Evaluator.Evaluate("unknown", "ada"));
    }

    [Fact]
    public async Task Rollback_SeenThroughTheStream_IsServed()
    {
        Assert.Equal("on", await app.VariantAsync("smart-replies", "ada"));
        await server.RollBackAsync("smart-replies");
        var started = Stopwatch.GetTimestamp();

        await app.ServesAsync("smart-replies", "ada", "off");

        TestContext.Current.TestOutputHelper?.WriteLine($"served after {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms");
        Assert.False(await app.Features.IsEnabledAsync("smart-replies", Context("ada", TrackKey.Ai), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task OptOut_SeenThroughTheStream_IsServed()
    {
        Assert.Equal("on", await app.VariantAsync("smart-replies", "ada"));
        await server.SendAsync(HttpMethod.Delete, "/api/v1/users/ada/enrollment");
        var started = Stopwatch.GetTimestamp();

        await app.ServesAsync("smart-replies", "ada", "off");

        TestContext.Current.TestOutputHelper?.WriteLine($"served after {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms");
    }

    [Fact]
    public async Task OptIn_OfAKnownUser_IsServed()
    {
        Assert.Equal("off", await app.VariantAsync("smart-replies", "bea"));
        await server.EnrolAsync("bea", "ai", 1);

        await app.ServesAsync("smart-replies", "bea", "on");
    }

    [Fact]
    public async Task Ceiling_SetByPlan_IsServed()
    {
        await server.SendAsync(HttpMethod.Put, "/api/v1/users/cem/enrollment", """{"track":"ai","disclosureVersion":1,"organisation":"acme"}""");
        await app.ServesAsync("smart-replies", "cem", "on");

        await server.ApplyAsync("""[{"op":"organisation.put","organisation":{"id":"acme","ceiling":"innovative"}}]""");

        await app.ServesAsync("smart-replies", "cem", "off");
        await app.ServesAsync("smart-replies", "ada", "on");
        Assert.Equal("off", (await app.Evaluator.EvaluateAsync("smart-replies", "ada", "acme"))?.Variant?.Name);
    }

    [Fact]
    public async Task Cohort_SetByPlan_IsTheServersCohort()
    {
        await server.ApplyAsync("""[{"op":"track.put","track":{"key":"innovative","cohortPercent":50}}]""");
        var users = Enumerable.Range(0, 40).Select(i => $"user-{i}").ToArray();
        await Eventually.TrueAsync(() => app.Snapshots.Current.State.Tracks[TrackKey.Innovative].Config.CohortPercent is 50, "the cohort is known", ClientApp.Bound);

        foreach (var user in users)
        {
            var theirs = (await server.SendAsync(HttpMethod.Get, $"/api/v1/users/{user}/enrollment")).GetProperty("track").GetString();
            var ours = await app.Evaluator.EvaluateAsync("smart-replies", user, null);
            Assert.Equal(theirs, ours?.Track.Wire());
        }
    }

    [Fact]
    public async Task Kill_Feature_IsOffInFeatureManagementAndHasNoVariant()
    {
        await server.KillAsync("smart-replies");

        await Eventually.TrueAsync(() => app.Evaluator.Evaluate("smart-replies", "ada") is { Variant: null }, "the kill is known", ClientApp.Bound);
        Assert.Null(await app.Features.GetVariantAsync("smart-replies", Context("ada", TrackKey.Ai), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ExportOfTheServer_IsWhatTheClientExports()
    {
        await server.PutFeatureAsync("""
            {"key":"staged","name":"Staged","variants":{"a":"x","b":"y","c":"z"},"fallback":"a",
             "releases":{"stable":[{"variant":"a","weight":90},{"variant":"b","weight":10}],"innovative":[{"variant":"b","weight":50},{"variant":"c","weight":50}]}}
            """);
        var theirs = await server.SendAsync(HttpMethod.Get, "/api/v1/snapshot?format=feature-management");
        await Eventually.TrueAsync(() => app.Evaluator.Evaluate("staged", "ada") is not null, "the feature is known", ClientApp.Bound);

        var ours = Plans.Json.Object(json => FeatureManagementJson.WriteMembers(json, app.Snapshots.Current.State.Served));

        Assert.True(JsonElement.DeepEquals(theirs, ours), theirs + "\n" + ours);
    }

    [Fact]
    public async Task LookupOfTheServer_GroupsOfUsers_ServeTheSameInAnyFeatureManagement()
    {
        await server.PutFeatureAsync("""
            {"key":"staged","name":"Staged","variants":{"off":false,"on":true},"fallback":"off",
             "releases":{"stable":[{"variant":"on","weight":10},{"variant":"off","weight":90}],"innovative":[{"variant":"on","weight":50},{"variant":"off","weight":50}]}}
            """);
        await server.EnrolAsync("ivo", "innovative");
        string[] users = [.. Enumerable.Range(0, 50).Select(i => $"user-{i}"), "ada", "ivo"];
        var answer = await server.SendAsync(HttpMethod.Post, "/api/v1/users/enrollments", JsonSerializer.Serialize(new { users }));
        await using var flags = Flags.Of((await server.SendAsync(HttpMethod.Get, "/api/v1/snapshot?format=feature-management")).GetRawText(), "staged");
        var manager = (IVariantFeatureManager)flags.GetService(typeof(IVariantFeatureManager))!;
        await Eventually.TrueAsync(() => app.Evaluator.Evaluate("staged", "ada") is not null, "the feature is known", ClientApp.Bound);

        foreach (var user in answer.GetProperty("users").EnumerateArray())
        {
            var id = user.GetProperty("user").GetString()!;
            var context = new TargetingContext { UserId = id, Groups = [.. user.GetProperty("groups").EnumerateArray().Select(group => group.GetString()!)] };
            Assert.Equal(await app.VariantAsync("staged", id), (await manager.GetVariantAsync("staged", context, TestContext.Current.CancellationToken)).Name);
        }
    }

    [Fact]
    public async Task Request_ServedByAi_SaysSoInItsHeader()
    {
        using var ai = await app.GetAsync("/variant/smart-replies", "ada");
        using var plain = await app.GetAsync("/variant/smart-replies", "bea");
        using var nobody = await app.GetAsync("/variant/smart-replies");

        Assert.Equal(["features=(\"smart-replies\";version=1)"], ai.Headers.GetValues("AI-Disclosure"));
        Assert.False(plain.Headers.Contains("AI-Disclosure"));
        Assert.False(nobody.Headers.Contains("AI-Disclosure"));
        Assert.Equal(HttpStatusCode.OK, nobody.StatusCode);
    }

    [Fact]
    public async Task EvaluateAll_ForTheUser_IsWhatEachIsAndSaysSoInTheHeader()
    {
        var (soon, now) = (await app.Evaluator.EvaluateAllAsync("ada", null), app.Evaluator.EvaluateAll("ada"));
        using var ai = await app.GetAsync("/variants", "ada");
        using var plain = await app.GetAsync("/variants", "bea");

        Assert.NotEmpty(soon);
        foreach (var result in soon)
            Assert.Same(await app.Evaluator.EvaluateAsync(result.Feature.Key, "ada", null), result);
        Assert.Equal(soon, now);
        Assert.Contains("smart-replies=on", await ai.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("smart-replies=off", await plain.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("\"smart-replies\";version=1", Assert.Single(ai.Headers.GetValues("AI-Disclosure")), StringComparison.Ordinal);
        Assert.False(plain.Headers.Contains("AI-Disclosure"));
    }

    [Fact]
    public async Task Outcomes_OfCalls_AreCountedByTheServer()
    {
        var served = await app.Evaluator.EvaluateAsync("smart-replies", "ada", null);
        for (var i = 0; i < 20; i++)
            await app.Outcomes.TrackAsync(served, () => Task.FromResult(1), TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<HttpRequestException>(() => app.Outcomes.TrackAsync<int>(served, () => throw new HttpRequestException("busy"), TestContext.Current.CancellationToken));

        await Eventually.TrueAsync(async () => await CountAsync("availability", "good") == 20 && await CountAsync("availability", "bad") == 1, "the server counted", ClientApp.Bound);
        Assert.Equal(20, await CountAsync("latency", "good"));
    }

    private static TargetingContext Context(string user, TrackKey track) => new() { UserId = user, Groups = [TargetingGroups.Of(track)] };

    private async Task<long> CountAsync(string indicator, string outcome)
    {
        var text = await server.Admin.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        var series = $"releasetracks_outcomes_total{{feature=\"smart-replies\",track=\"ai\",variant=\"on\",indicator=\"{indicator}\",outcome=\"{outcome}\"}} ";
        var line = text.Split('\n').FirstOrDefault(line => line.StartsWith(series, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line[series.Length..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
