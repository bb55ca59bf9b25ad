using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Plans;

[Collection(nameof(SharedServer))]
public sealed class PlanApiTests(SharedServer shared)
{
    [Fact]
    public async Task Propose_ValidChanges_AnswersWithTheWholePlan()
    {
        var answer = await shared.Admin.CallAsync("POST /api/v1/plans", Api.PutPlan("plan-whole"));

        var plan = answer.Json;
        Assert.Equal((201, "proposed", "raises"), (answer.Status, Text(plan, "state"), Text(plan, "exposure")));
        Assert.Equal($"/api/v1/plans/{Text(plan, "id")}", answer.Raw.Headers.Location!.ToString());
        Assert.Equal(64, Text(plan, "hash").Length);
        foreach (var member in (string[])["baseRevision", "diff", "blastRadius", "author", "createdAt", "expiresAt", "inverse", "changes", "approvals", "title", "reason"])
            Assert.True(plan.TryGetProperty(member, out _), member);
        var read = (await shared.Admin.CallAsync($"GET /api/v1/plans/{Text(plan, "id")}")).Json;
        Assert.Equal(Text(plan, "hash"), Text(read, "hash"));
        Assert.Equal(404, (await shared.Admin.CallAsync("GET /api/v1/features/plan-whole")).Status);
    }

    [Fact]
    public async Task Apply_ItsHash_ChangesTheStateOnceHoweverOftenItIsSent()
    {
        var (id, hash) = await ProposeAsync("plan-apply");

        var first = await ApplyAsync(id, hash);
        var again = await ApplyAsync(id, hash);

        Assert.Equal((200, 200), (first.Status, again.Status));
        Assert.Equal(first.Json.GetProperty("revision").GetInt64(), again.Json.GetProperty("revision").GetInt64());
        Assert.Equal("applied", Text((await shared.Admin.CallAsync($"GET /api/v1/plans/{id}")).Json, "state"));
        Assert.Equal(200, (await shared.Admin.CallAsync("GET /api/v1/features/plan-apply")).Status);
        var listed = (await shared.Admin.CallAsync("GET /api/v1/plans?state=applied")).Json.EnumerateArray().Select(plan => Text(plan, "id"));
        Assert.Contains(id, listed);
    }

    [Fact]
    public async Task Apply_AnotherHash_IsRefused()
    {
        var (id, _) = await ProposeAsync("plan-hash");

        var answer = await ApplyAsync(id, new string('0', 64));

        Assert.Equal((409, "wrong-hash"), (answer.Status, answer.Problem));
        Assert.Equal("approved", Text((await shared.Admin.CallAsync($"GET /api/v1/plans/{id}")).Json, "state"));
    }

    [Fact]
    public async Task Apply_WhatItTouchesHasMoved_IsStaleForEver()
    {
        var (id, hash) = await ProposeAsync("plan-stale");
        await shared.Server.PutFeatureAsync(Api.Feature("plan-stale", ""","owner":"other" """));

        var answer = await ApplyAsync(id, hash);

        Assert.Equal((409, "plan-stale"), (answer.Status, answer.Problem));
        Assert.Equal("stale", Text((await shared.Admin.CallAsync($"GET /api/v1/plans/{id}")).Json, "state"));
        Assert.Equal((409, "plan-stale"), ((await ApplyAsync(id, hash)).Status, (await ApplyAsync(id, hash)).Problem));
    }

    [Fact]
    public async Task Apply_SomethingElseHasMoved_IsFine()
    {
        var (id, hash) = await ProposeAsync("plan-fresh");
        await shared.Server.PutFeatureAsync(Api.Feature("plan-other"));

        Assert.Equal(200, (await ApplyAsync(id, hash)).Status);
    }

    [Fact]
    public async Task Apply_ManyAtOnce_AppliesExactlyOnce()
    {
        var (id, hash) = await ProposeAsync("plan-race");

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => ApplyAsync(id, hash)));

        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        Assert.Single(answers.Select(answer => answer.Json.GetProperty("revision").GetInt64()).Distinct());
        var ledger = (await shared.Admin.CallAsync("GET /api/v1/ledger?limit=10000")).Text.Split('\n');
        Assert.Single(ledger, line => line.Contains("plan.applied", StringComparison.Ordinal) && line.Contains(id, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GET /api/v1/plans/pl_0", null)]
    [InlineData("POST /api/v1/plans/pl_0/apply", """{"hash":"0000"}""")]
    public async Task Unknown_Plan_IsNotFound(string call, string? body) =>
        Assert.Equal("not-found", (await shared.Admin.CallAsync(call, body)).Problem);

    [Fact]
    public async Task List_UnknownState_SaysWhichThereAre()
    {
        var answer = await shared.Admin.CallAsync("GET /api/v1/plans?state=maybe");
        Assert.Equal((400, "invalid"), (answer.Status, answer.Problem));
        Assert.Contains("proposed", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_PastItsTime_IsExpired()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(new() { Time = time });
        var plan = (await server.Admin.CallAsync("POST /api/v1/plans", Api.PutPlan("f"))).Json;
        time.Advance(TimeSpan.FromHours(25));

        Assert.Equal("expired", Text((await server.Admin.CallAsync($"GET /api/v1/plans/{Text(plan, "id")}")).Json, "state"));
        var answer = await server.Admin.CallAsync($"POST /api/v1/plans/{Text(plan, "id")}/apply", $$"""{"hash":"{{Text(plan, "hash")}}"}""");
        Assert.Equal((409, "plan-expired"), (answer.Status, answer.Problem));
        Assert.Equal(404, (await server.Admin.CallAsync("GET /api/v1/features/f")).Status);
    }

    private async Task<(string Id, string Hash)> ProposeAsync(string feature)
    {
        var plan = (await shared.Admin.CallAsync("POST /api/v1/plans", Api.PutPlan(feature))).Json;
        Assert.Equal(1, plan.GetProperty("approvalsNeeded").GetInt32());
        var (id, hash) = (Text(plan, "id"), Text(plan, "hash"));
        await shared.Server.ApproveAsync(id, hash);
        return (id, hash);
    }

    private Task<Answer> ApplyAsync(string id, string hash) => shared.Admin.CallAsync($"POST /api/v1/plans/{id}/apply", $$"""{"hash":"{{hash}}"}""");

    private static string Text(JsonElement json, string member) => json.GetProperty(member).GetString()!;
}
