using ReleaseTracks.Plans;
using ReleaseTracks.Server.Plans;
using ReleaseTracks.Server.Tests.Harness;
using static ReleaseTracks.Server.Tests.Plans.PlanRig;

namespace ReleaseTracks.Server.Tests.Plans;

/// <summary>What time and other changes do to plans, and who writes it down.</summary>
public sealed class PlanTimeTests
{
    [Fact]
    public async Task Stale_Plan_IsReplannedWithoutItsApprovals()
    {
        await using var rig = await StartAsync();
        rig.Invite("ada", "bob");
        var plan = await rig.ProposeAsync(Put("a"), Ada);
        await rig.ApproveAsync(plan, Bob);
        var other = await rig.ProposeAsync(Put("a", ""","owner":"other" """), Bob);
        await rig.ApproveAsync(other, Ada);
        Assert.True((await rig.ApplyAsync(other, Bob)).Done);

        var stale = await rig.ApplyAsync(plan, Ada);
        Assert.Equal(PlanRefusal.Stale, stale.Refusal);
        Assert.Contains($"POST /api/v1/plans/{plan.Plan.Id}/replan", stale.Detail, StringComparison.Ordinal);
        Assert.Equal(PlanRefusal.Stale, (await rig.ApproveAsync(plan, Eve)).Refusal);

        var again = await rig.Plans.ReplanAsync(plan.Plan.Id, Bob, new(), TestContext.Current.CancellationToken);
        Assert.Equal((PlanState.Proposed, Bob), (again.Plan!.State, again.Plan.Plan.Author));
        Assert.Empty(again.Plan.Approvals);
        Assert.NotEqual(plan.Plan.Hash, again.Plan.Plan.Hash);
        Assert.Equal(plan.Plan.Id, again.Plan.Plan.Document.GetProperty("replans").GetString());
        Assert.Equal(rig.State.Revision - 1, again.Plan.Plan.BaseRevision);
    }

    [Fact]
    public async Task Replan_NoLongerPossibleOrApplied_SaysWhy()
    {
        await using var rig = await StartAsync(approvals: 0);
        var put = await rig.ProposeAsync(Put("a"), Ada);
        await rig.ApplyAsync(put, Ada);
        Assert.Equal(PlanRefusal.NotOpen, (await rig.Plans.ReplanAsync(put.Plan.Id, Ada, new(), TestContext.Current.CancellationToken)).Refusal);
        Assert.Equal(PlanRefusal.NotFound, (await rig.Plans.ReplanAsync("pl_0", Ada, new(), TestContext.Current.CancellationToken)).Refusal);

        var (first, second) = (await rig.ProposeAsync("""[{"op":"feature.archive","feature":"a"}]""", Ada), await rig.ProposeAsync("""[{"op":"feature.archive","feature":"a"}]""", Ada));
        await rig.ApplyAsync(first, Ada);
        var errors = new InputErrors();
        Assert.Null((await rig.Plans.ReplanAsync(second.Plan.Id, Ada, errors, TestContext.Current.CancellationToken)).Plan);
        Assert.Equal("changes[0].feature", Assert.Single(errors.All).Path);
    }

    [Fact]
    public async Task Replan_TrackWideClear_IsExpandedOnce()
    {
        await using var rig = await StartAsync(approvals: 0);
        await rig.ApplyAsync(await rig.ProposeAsync(Put("a"), Ada), Ada);
        await rig.CloseTrackAsync("a");
        var plan = await rig.ProposeAsync("""[{"op":"rollback.clear","track":"ai"}]""", Ada);
        Assert.Equal(2, plan.Plan.Changes.Length);
        var again = await rig.Plans.ReplanAsync(plan.Plan.Id, Ada, new(), TestContext.Current.CancellationToken);
        Assert.Equal(2, again.Plan!.Plan.Changes.Length);
    }

    [Fact]
    public async Task Expired_Plan_IsVoidWithItsApprovals_AndTheLedgerSaysSo()
    {
        var time = Clock();
        await using var rig = await StartAsync(time: time);
        rig.Invite("ada", "bob");
        var plan = await rig.ProposeAsync(Put("a"), Ada);
        await rig.ApproveAsync(plan, Bob);
        time.Advance(TimeSpan.FromHours(25));

        Assert.Equal(PlanRefusal.Expired, (await rig.ApplyAsync(plan, Ada)).Refusal);
        Assert.Equal(PlanRefusal.Expired, (await rig.ApproveAsync(plan, Eve)).Refusal);
        await Eventually.TrueAsync(() => rig.Now(plan).State == PlanState.Expired, "the plan is expired");
        Assert.Equal(["plan.proposed", "plan.approved", "plan.expired"], await rig.EntriesAsync(plan));
    }

    [Fact]
    public async Task Keeper_NobodyAsks_WritesDownExpiredAndStalePlans()
    {
        var time = Clock();
        await using var rig = await StartAsync(time: time);
        rig.Invite("ada", "bob");
        var (stale, expired) = (await rig.ProposeAsync(Put("a"), Ada), await rig.ProposeAsync(Put("b"), Ada));
        var other = await rig.ProposeAsync(Put("a", ""","owner":"other" """), Ada);
        await rig.ApproveAsync(other, Bob);
        Assert.True((await rig.ApplyAsync(other, Ada)).Done);
        time.Advance(PlanKeeper.Interval);
        await Eventually.TrueAsync(() => rig.Now(stale).State == PlanState.Stale, "the plan is stale", TimeSpan.FromSeconds(60));
        Assert.Contains("feature/a changed at revision", rig.Now(stale).StateReason, StringComparison.Ordinal);
        time.Advance(TimeSpan.FromHours(25));
        await Eventually.TrueAsync(() => rig.Now(expired).State == PlanState.Expired, "the plan is expired", TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Restart_AppliedButNotReadBack_IsReadBackOnce()
    {
        using var directory = new TemporaryDirectory();
        string id;
        // Its clock stands still, so that nobody comes to finish what was left open.
        await using (var rig = await StartAsync(approvals: 0, time: Clock(), dataPath: directory.Path))
            id = await rig.ApplyUnreadAsync(Put("a"));

        await using var again = await StartAsync(dataPath: directory.Path);
        await Eventually.TrueAsync(() => again.State.Plans.Find(id)!.ReadBack == PlanReadBack.Verified, "the plan is read back", TimeSpan.FromSeconds(60));
        Assert.Equal(["plan.proposed", "plan.applied", "plan.verified"], await again.EntriesAsync(again.State.Plans.Find(id)!));
    }

    [Fact]
    public async Task NoApprovals_Configured_IsSaidAtTheStart()
    {
        await using var rig = await StartAsync(approvals: 0);
        Assert.Contains("ReleaseTracks:Plans:Approvals is 0", rig.Server.Log.ToString(), StringComparison.Ordinal);
        var plan = await rig.ProposeAsync(Put("a"), Ada);
        Assert.True((await rig.ApplyAsync(plan, Ada)).Done);
    }
}
