using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Rollbacks;

[Collection(nameof(SharedServer))]
public sealed class RollbackApiTests(SharedServer shared)
{
    [Fact]
    public async Task Rollback_ByHand_HoldsAtOnceAndOnlyOnce()
    {
        await shared.Server.PutFeatureAsync(Api.Feature("rb-hand"));
        await shared.Server.EnrolAsync("rb-user", "ai", 1);

        var first = await shared.Admin.CallAsync("POST /api/v1/features/rb-hand/rollback", """{"track":"ai","reason":"looks wrong"}""");
        var again = await shared.Admin.CallAsync("POST /api/v1/features/rb-hand/rollback", """{"track":"ai","reason":"still wrong"}""");

        Assert.Equal((200, 200), (first.Status, again.Status));
        Assert.Equal(first.Text, again.Text);
        var served = (await shared.Admin.CallAsync("GET /api/v1/users/rb-user/enrollment")).Json.GetProperty("features").EnumerateArray()
            .Single(feature => feature.GetProperty("key").GetString() == "rb-hand");
        Assert.Equal(("off", "rolled-back"), (served.GetProperty("variant").GetString(), served.GetProperty("cause").GetString()));
        var id = first.Json.GetProperty("rollbackId").GetString();
        var rollback = (await shared.Admin.CallAsync($"GET /api/v1/rollbacks/{id}")).Json;
        Assert.Equal(("feature", "rb-hand", "ai", "manual"), (
            rollback.GetProperty("scope").GetString(), rollback.GetProperty("feature").GetString(),
            rollback.GetProperty("track").GetString(), rollback.GetProperty("cause").GetString()));
        Assert.Equal("looks wrong", rollback.GetProperty("reasons")[0].GetString());
        Assert.Single((await shared.Admin.CallAsync("GET /api/v1/rollbacks")).Json.EnumerateArray(), one => one.GetProperty("feature").GetString() == "rb-hand");
    }

    [Fact]
    public async Task Rollback_ManyAtOnce_IsOneRollback()
    {
        await shared.Server.PutFeatureAsync(Api.Feature("rb-race"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ =>
            shared.Admin.CallAsync("POST /api/v1/features/rb-race/rollback", """{"track":"ai","reason":"all at once"}""")));

        Assert.Single(answers.Select(answer => answer.Text).Distinct());
    }

    [Fact]
    public async Task Kill_DisablesEveryTrackAtOnceAndOnlyOnce()
    {
        await shared.Server.PutFeatureAsync(Api.Feature("rb-kill", ""","owner":"o" """));

        var first = await shared.Admin.CallAsync("POST /api/v1/features/rb-kill/kill", """{"reason":"legal"}""");
        var again = await shared.Admin.CallAsync("POST /api/v1/features/rb-kill/kill");

        Assert.Equal((200, first.Text), (again.Status, again.Text));
        var feature = (await shared.Admin.CallAsync("GET /api/v1/features/rb-kill")).Json;
        Assert.True(feature.GetProperty("killed").GetBoolean());
        Assert.All(feature.GetProperty("tracks").EnumerateArray(), track => Assert.Equal("killed", track.GetProperty("state").GetString()));
        await shared.Server.ApplyAsync("""[{"op":"feature.revive","feature":"rb-kill"}]""");
        Assert.False((await shared.Admin.CallAsync("GET /api/v1/features/rb-kill")).Json.GetProperty("killed").GetBoolean());
    }

    [Fact]
    public async Task Playbook_Ticked_NamesWhoAndIsInTheLedger()
    {
        await shared.Server.PutFeatureAsync(Api.Feature("rb-steps"));
        var id = (await shared.Admin.CallAsync("POST /api/v1/features/rb-steps/rollback", """{"track":"ai","reason":""}""")).Json.GetProperty("rollbackId").GetString();

        var ticked = await shared.Admin.CallAsync($"PUT /api/v1/rollbacks/{id}/playbook/2", """{"done":true}""");
        var again = await shared.Admin.CallAsync($"PUT /api/v1/rollbacks/{id}/playbook/2", """{"done":true}""");
        var back = await shared.Admin.CallAsync($"PUT /api/v1/rollbacks/{id}/playbook/2", """{"done":false}""");

        Assert.Equal((200, ticked.Text), (ticked.Status, again.Text));
        Assert.Equal([false, true, false, false], ticked.Json.GetProperty("playbook").EnumerateArray().Select(step => step.GetProperty("done").GetBoolean()));
        Assert.Equal("bootstrap", ticked.Json.GetProperty("playbook")[1].GetProperty("doneBy").GetProperty("id").GetString());
        Assert.All(back.Json.GetProperty("playbook").EnumerateArray(), step => Assert.False(step.GetProperty("done").GetBoolean()));
        Assert.Equal((404, "not-found"), await RefusedAsync($"PUT /api/v1/rollbacks/{id}/playbook/5", """{"done":true}"""));
        Assert.Equal((404, "not-found"), await RefusedAsync($"PUT /api/v1/rollbacks/{id}/playbook/0", """{"done":true}"""));
        Assert.Equal((400, "invalid"), await RefusedAsync($"PUT /api/v1/rollbacks/{id}/playbook/1", """{"done":"yes"}"""));
        Assert.Equal((400, "invalid"), await RefusedAsync($"PUT /api/v1/rollbacks/{id}/playbook/1", "{}"));
    }

    private async Task<(int, string?)> RefusedAsync(string call, string body)
    {
        var answer = await shared.Admin.CallAsync(call, body);
        return (answer.Status, answer.Problem);
    }

    [Theory]
    [InlineData("PUT /api/v1/rollbacks/rb_0/playbook/1", """{"done":true}""", 404, "not-found")]
    [InlineData("POST /api/v1/features/rb-none/rollback", """{"track":"ai","reason":""}""", 404, "not-found")]
    [InlineData("POST /api/v1/features/rb-none/kill", "{}", 404, "not-found")]
    [InlineData("POST /api/v1/features/rb-none/rollback", """{"track":"beta","reason":""}""", 400, "invalid")]
    [InlineData("POST /api/v1/features/rb-none/rollback", "{}", 400, "invalid")]
    [InlineData("GET /api/v1/rollbacks/rb_0", null, 404, "not-found")]
    public async Task Rollback_OfWhatIsNotThere_IsRefused(string call, string? body, int status, string problem)
    {
        var answer = await shared.Admin.CallAsync(call, body);
        Assert.Equal((status, problem), (answer.Status, answer.Problem));
    }
}
