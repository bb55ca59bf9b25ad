using ReleaseTracks.Access;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Plans;
using static ReleaseTracks.Server.Tests.Plans.PlanRig;

namespace ReleaseTracks.Server.Tests.Plans;

public sealed class PlanServiceTests
{
    [Fact]
    public async Task Raising_TwoPeople_AuthorProposesAndAnotherApproves()
    {
        await using var rig = await StartAsync();
        rig.Invite("ada", "bob");
        var plan = await rig.ProposeAsync(Put("a"), Ada);

        Assert.Equal((PlanRefusal.NotApproved, "not-author"), await RefusalAsync(rig.ApplyAsync(plan, Ada)));
        Assert.Equal(PlanRefusal.OwnPlan, (await rig.ApproveAsync(plan, Ada)).Refusal);
        Assert.Equal(PlanState.Approved, (await rig.ApproveAsync(plan, Bob)).Plan!.State);
        var applied = await rig.ApplyAsync(plan, Ada);

        Assert.True(applied.Done, applied.Detail);
        Assert.Equal((PlanState.Applied, PlanReadBack.Verified), (applied.Plan!.State, applied.Plan.ReadBack));
        Assert.True(rig.State.Find("a")!.Exposes(ReleaseTracks.Tracks.TrackKey.Ai));
        Assert.Equal(["plan.proposed", "plan.refused", "plan.approved", "plan.applied", "plan.verified"], await rig.EntriesAsync(plan));
    }

    [Fact]
    public async Task Quorum_OfTwo_CountsEachPersonOnce()
    {
        await using var rig = await StartAsync(approvals: 2);
        rig.Invite("ada", "bob", "eve");
        var plan = await rig.ProposeAsync(Put("a"), Ada);

        await rig.ApproveAsync(plan, Bob);
        await rig.ApproveAsync(plan, Bob);
        await rig.ApproveAsync(plan, Bob with { Method = "oidc" });
        Assert.Equal(PlanRefusal.NotApproved, (await rig.ApplyAsync(plan, Ada)).Refusal);
        Assert.Single(rig.Now(plan).Approvals);
        await rig.ApproveAsync(plan, Eve);
        Assert.True((await rig.ApplyAsync(plan, Ada)).Done);
    }

    [Fact]
    public async Task Solo_OnlyWhileAlone_AndMarked()
    {
        await using var rig = await StartAsync();
        rig.Invite("ada");
        var plan = await rig.ProposeAsync(Put("a"), Ada);
        var approved = await rig.ApproveAsync(plan, Ada);
        Assert.True(Assert.Single(approved.Plan!.Approvals).Solo);

        rig.Invite("bob");
        Assert.Equal(PlanRefusal.NotApproved, (await rig.ApplyAsync(plan, Ada)).Refusal);
        Assert.Equal(PlanRefusal.OwnPlan, (await rig.ApproveAsync(plan, Ada)).Refusal);
        await rig.ApproveAsync(plan, Bob);
        Assert.True((await rig.ApplyAsync(plan, Ada)).Done);
    }

    [Fact]
    public async Task Bootstrap_ApprovesSomebodyElsesPlan_CountsAsOne()
    {
        await using var rig = await StartAsync();
        rig.Invite("ada", "bob");
        var plan = await rig.ProposeAsync(Put("a"), Ada);
        await rig.ApproveAsync(plan, new(ActorKinds.Bootstrap, "bootstrap", "token"));
        Assert.True((await rig.ApplyAsync(plan, Ada)).Done);
        var own = await rig.ProposeAsync(Put("b"), new(ActorKinds.Bootstrap, "bootstrap", "token"));
        Assert.Equal(PlanRefusal.OwnPlan, (await rig.ApproveAsync(own, new(ActorKinds.Bootstrap, "bootstrap", "one-time-link"))).Refusal);
    }

    [Fact]
    public async Task Rejected_Plan_IsOverForEverybody()
    {
        await using var rig = await StartAsync();
        rig.Invite("ada", "bob", "eve");
        var plan = await rig.ProposeAsync(Put("a"), Ada);
        await rig.ApproveAsync(plan, Bob);
        Assert.Equal(PlanRefusal.OwnPlan, (await rig.RejectAsync(plan, Ada)).Refusal);
        Assert.Equal(PlanState.Rejected, (await rig.RejectAsync(plan, Eve)).Plan!.State);
        Assert.Equal(PlanRefusal.NotOpen, (await rig.ApproveAsync(plan, Bob)).Refusal);
        Assert.Equal(PlanRefusal.NotOpen, (await rig.ApplyAsync(plan, Ada)).Refusal);
        Assert.Equal(["plan.proposed", "plan.approved", "plan.rejected"], await rig.EntriesAsync(plan));
    }

    [Fact]
    public async Task Cancel_AuthorOrAdmin_NobodyElse()
    {
        await using var rig = await StartAsync();
        rig.Invite("ada", "bob");
        var (first, second) = (await rig.ProposeAsync(Put("a"), Ada), await rig.ProposeAsync(Put("b"), Ada));
        Assert.Equal(PlanRefusal.NotYours, (await rig.CancelAsync(first, Bob)).Refusal);
        Assert.Equal(PlanState.Cancelled, (await rig.CancelAsync(first, Ada)).Plan!.State);
        Assert.True((await rig.CancelAsync(first, Ada)).Done);
        Assert.Equal(PlanState.Cancelled, (await rig.CancelAsync(second, Bob, admin: true)).Plan!.State);
        Assert.Equal(["plan.proposed", "plan.cancelled"], await rig.EntriesAsync(first));
    }

    [Fact]
    public async Task Removed_Approver_CountsNoMoreWhenItIsApplied()
    {
        await using var rig = await StartAsync();
        rig.Invite("ada", "bob", "eve");
        var plan = await rig.ProposeAsync(Put("a"), Ada);
        await rig.ApproveAsync(plan, Bob);
        rig.Remove("bob");
        Assert.Equal(PlanRefusal.NotApproved, (await rig.ApplyAsync(plan, Ada)).Refusal);
    }

    [Fact]
    public async Task Refused_InALoop_IsWrittenOncePerPersonAndRule()
    {
        await using var rig = await StartAsync();
        rig.Invite("ada", "bob");
        var plan = await rig.ProposeAsync(Put("a"), Ada);
        for (var i = 0; i < 5; i++)
            await rig.ApplyAsync(plan, Ada);
        await rig.ApplyAsync(plan, Bob);
        Assert.Equal(["plan.proposed", "plan.refused", "plan.refused"], await rig.EntriesAsync(plan));
        Assert.Equal(["ada", "bob"], rig.Now(plan).Refusals.Select(note => note.By.Id));
    }

    [Fact]
    public async Task Preview_Changes_ShowsThePlanAndStoresNothing()
    {
        await using var rig = await StartAsync();
        var (before, errors) = (rig.State.Revision, new InputErrors());
        var plan = await rig.Plans.PreviewAsync("t", "r", [new Change.OrganisationPut(new("acme", ReleaseTracks.Tracks.TrackKey.Stable))], Ada, errors);
        Assert.Equal("lowers", plan!.Document.GetProperty("exposure").GetString());
        Assert.Equal(10, plan.Document.GetProperty("rules").GetArrayLength());
        Assert.Null(await rig.Plans.PreviewAsync("t", "r", [new Change.FeatureArchive("nothing")], Ada, errors));
        Assert.True(errors.Any);
        Assert.Equal(before, rig.State.Revision);
    }

    [Fact]
    public async Task Lowering_OrNeutral_NeedsNobody()
    {
        await using var rig = await StartAsync(approvals: 3);
        rig.Invite("ada", "bob");
        var put = await rig.ProposeAsync(Put("a", ""","owner":"x" """).Replace("\"weight\":100", "\"weight\":0},{\"variant\":\"off\",\"weight\":100", StringComparison.Ordinal), Ada);
        Assert.True((await rig.ApplyAsync(put, Ada)).Done);
        var archive = await rig.ProposeAsync("""[{"op":"feature.archive","feature":"a"}]""", Ada);
        Assert.Equal(0, archive.Plan.ApprovalsNeeded);
        Assert.True((await rig.ApplyAsync(archive, Ada)).Done);
    }

    internal static async Task<(PlanRefusal?, string?)> RefusalAsync(Task<PlanOutcome> outcome) => ((await outcome).Refusal, (await outcome).Rule);
}
