using ReleaseTracks.Plans;
using ReleaseTracks.Server.Plans;
using ReleaseTracks.Server.Tests.Http;
using ReleaseTracks.Tracks;
using static ReleaseTracks.Server.Tests.Plans.PlanRig;

namespace ReleaseTracks.Server.Tests.Plans;

/// <summary>What went wrong in other tools with approvals, each as a test of ours.</summary>
public sealed class KnownFailureTests
{
    private const string Wider = """[{"op":"release.set","feature":"a","track":"ai","allocation":[{"variant":"on","weight":100}]}]""";

    /// <summary>fluxcd/flagger #1801: no rollback while a canary waits for approval.</summary>
    [Fact]
    public async Task Flagger1801_RollbackWhileWaitingForApproval_ActsAtOnceAndEndsThePlan()
    {
        await using var rig = await StartAsync();
        await ReleaseAsync(rig, 20);
        rig.Invite("ada", "bob");
        var plan = await rig.ProposeAsync(Wider, Ada);
        await rig.ApproveAsync(plan, Bob);

        Assert.True((await rig.RollBackAsync("a"))!.Changed);
        Assert.False(rig.State.Find("a")!.Exposes(TrackKey.Ai));
        var applied = await rig.ApplyAsync(plan, Ada);
        Assert.Equal(PlanRefusal.Stale, applied.Refusal);
        Assert.False(rig.State.Find("a")!.Exposes(TrackKey.Ai));
    }

    /// <summary>Flagsmith #8367: with approvals on, the API still changed the flag directly.</summary>
    [Fact]
    public async Task Flagsmith8367_ApprovalsCannotBeBypassedThroughTheApi()
    {
        await using var rig = await StartAsync();
        rig.Invite("ada", "bob");
        var admin = rig.Server.Admin;
        var plan = (await admin.CallAsync("POST /api/v1/plans", Api.PutPlan("a"))).Json;
        var (path, hash) = ($"/api/v1/plans/{plan.GetProperty("id").GetString()}", plan.GetProperty("hash").GetString());

        Assert.Equal("own-plan", (await admin.CallAsync($"POST {path}/approvals", $$"""{"hash":"{{hash}}","decision":"approve"}""")).Problem);
        var refused = await admin.CallAsync($"POST {path}/apply", $$"""{"hash":"{{hash}}"}""");
        Assert.Equal((409, "not-approved", "not-author"), (refused.Status, refused.Problem, refused.Json.GetProperty("rule").GetString()));
        foreach (var call in (string[])["PUT /api/v1/features/a", "POST /api/v1/features", "POST /api/v1/features/a", "PATCH /api/v1/features/a", $"PUT {path}", $"PATCH {path}"])
            Assert.InRange((await admin.CallAsync(call, Api.Feature("a"))).Status, 404, 405);
        Assert.Equal(404, (await admin.CallAsync("GET /api/v1/features/a")).Status);
    }

    /// <summary>Flagsmith #4465: a change request was edited after it was approved.</summary>
    [Fact]
    public async Task Flagsmith4465_WhatWasApprovedCannotBeEdited_AnotherPlanNeedsItsOwnApproval()
    {
        await using var rig = await StartAsync();
        await ReleaseAsync(rig, 20);
        rig.Invite("ada", "bob");
        var small = await rig.ProposeAsync(Wider.Replace("[{\"variant\":\"on\",\"weight\":100}]", "[{\"variant\":\"on\",\"weight\":30},{\"variant\":\"off\",\"weight\":70}]", StringComparison.Ordinal), Ada);
        await rig.ApproveAsync(small, Bob);
        var large = await rig.ProposeAsync(Wider, Ada);

        var swapped = await rig.Plans.ApplyAsync(small.Plan.Id, large.Plan.Hash, Ada, TestContext.Current.CancellationToken);
        Assert.Equal(PlanRefusal.WrongHash, swapped.Refusal);
        Assert.Equal(PlanRefusal.NotApproved, (await rig.ApplyAsync(large, Ada)).Refusal);
        Assert.True((await rig.ApplyAsync(small, Ada)).Done);
        Assert.Equal(30, rig.State.Find("a")!.Config.Releases[TrackKey.Ai][0].Weight);
        Assert.Equal(PlanRefusal.Stale, (await rig.ApproveAsync(large, Bob)).Refusal);
    }

    /// <summary>growthbook #4310: "rolled-back" is reported, the rule stays. Every apply is read back, and a difference is an alarm.</summary>
    [Fact]
    public async Task Growthbook4310_ServedIsNotWhatWasApproved_IsAnAlarm()
    {
        await using var rig = await StartAsync(approvals: 0);
        var plan = await rig.ProposeForgedAsync(Put("a"), text => text.Replace("\"to\":100,\"variant\":\"on\"", "\"to\":100,\"variant\":\"off\"", StringComparison.Ordinal));
        var applied = await rig.Plans.ApplyAsync(plan.Id, plan.Hash, Eve, TestContext.Current.CancellationToken);

        Assert.Equal((true, PlanReadBack.Unverified), (applied.Done, applied.Plan!.ReadBack));
        Assert.Contains("feature/a: it is not as the plan says.", applied.Plan.StateReason, StringComparison.Ordinal);
        Assert.Contains(plan.Id, rig.Server.Log.ToString(), StringComparison.Ordinal);
        Assert.Contains("releasetracks_plans_unverified_total 1", (await rig.Server.Admin.CallAsync("GET /metrics")).Text, StringComparison.Ordinal);
        Assert.Contains("plan.unverified", await rig.EntriesAsync(applied.Plan));
    }

    /// <summary>growthbook PR #6984 and #6986: a rollback anchor that was missing. The inverse of a plan restores what was there.</summary>
    [Fact]
    public async Task GrowthbookPr6984_TakingAPlanBack_RestoresWhatWasServed()
    {
        // The control loop stands still: once it has seen that the feature has no traffic, nobody may widen it.
        await using var rig = await StartAsync(approvals: 0, time: Clock());
        await ReleaseAsync(rig, 20);
        var before = rig.State.Find("a")!.Config.Releases[TrackKey.Ai];
        var plan = await rig.ProposeAsync(Wider, Ada);
        Assert.True((await rig.ApplyAsync(plan, Ada)).Done);
        var back = await rig.ProposeAsync(plan.Plan.Document.GetProperty("inverse").GetRawText(), Ada);
        Assert.Equal("lowers", back.Plan.Document.GetProperty("exposure").GetString());
        Assert.Equal(PlanReadBack.Verified, (await rig.ApplyAsync(back, Ada)).Plan!.ReadBack);
        Assert.Equal(before.AsEnumerable(), rig.State.Find("a")!.Config.Releases[TrackKey.Ai]);
    }

    private static async Task ReleaseAsync(PlanRig rig, int percent)
    {
        var put = Put("a").Replace("\"weight\":100", $"\"weight\":{percent}}},{{\"variant\":\"off\",\"weight\":{100 - percent}", StringComparison.Ordinal);
        var plan = await rig.ProposeAsync(put, Eve);
        await rig.ApproveAsync(plan, Eve);
        Assert.True((await rig.ApplyAsync(plan, Eve)).Done);
    }
}
