using ReleaseTracks.Access;
using ReleaseTracks.Plans;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tests.Plans.Rules;

namespace ReleaseTracks.Tests.Plans;

public sealed class QuorumTests
{
    private static readonly Actor Ada = new(ActorKinds.Person, "ada", "cookie");
    private static readonly Actor Bob = new(ActorKinds.Person, "bob", "oidc");
    private readonly Snapshot state = Make.Snapshot(RuleState.OnAi(ai: "on:20 off:80"));

    private int Count(Snapshot at, params PlanApproval[] approvals) =>
        Quorum.Count(Make.Plan(Make.Draft(state, RuleState.Release("ai", 60)), approvers: 1), approvals, at);

    private static PlanApproval By(Actor actor, bool solo = false, bool approves = true) => new(actor, approves, "", Make.Now) { Solo = solo };

    [Fact]
    public void Count_DifferentPeople_CountOnceEach() =>
        Assert.Equal(2, Count(state, By(Ada), By(Bob), By(Ada), By(Ada with { Method = "oidc" })));

    [Fact]
    public void Count_BootstrapTokenForSomebodyElse_IsOne()
    {
        var plan = Make.Plan(Make.Draft(state, RuleState.Release("ai", 60)), approvers: 1) with { Author = Ada };
        Assert.Equal(1, Quorum.Count(plan, [By(Make.Actor), By(Make.Actor with { Method = "one-time-link" })], state));
    }

    [Fact]
    public void Count_Author_OnlyWhileNobodyElseCould()
    {
        Assert.Equal(0, Count(state, By(Make.Actor)));
        Assert.Equal(1, Count(state, By(Make.Actor, solo: true)));
        Assert.Equal(0, Count(state.WithPeople(RuleState.Approver("ada")), By(Make.Actor, solo: true)));
    }

    [Fact]
    public void Count_RemovedPerson_CountsNoMore()
    {
        var removed = state.WithPeople(RuleState.Approver("ada") with { RemovedAt = Make.Now }, RuleState.Approver("bob"));
        Assert.Equal(1, Count(removed, By(Ada), By(Bob)));
    }

    [Fact]
    public void Count_Rejection_IsNoApproval() => Assert.Equal(0, Count(state, By(Ada, approves: false)));

    [Theory]
    [InlineData(Roles.Approver, false)]
    [InlineData(Roles.Sre, false)]
    [InlineData(Roles.Product, true)]
    [InlineData(Roles.Admin, true)]
    public void IsSolo_AnotherPerson_CountsIfTheyMayApprove(string role, bool expected) =>
        Assert.Equal(expected, Quorum.IsSolo(state.WithPeople(new Person("bob", "bob", [role], Make.Now)), Ada));

    [Fact]
    public void IsSolo_TheAuthorAndRemovedPeople_DoNotCount()
    {
        Assert.True(Quorum.IsSolo(state.WithPeople(RuleState.Approver("ada"), RuleState.Approver("bob") with { RemovedAt = Make.Now }), Ada));
        Assert.False(Quorum.IsSolo(state.WithPeople(RuleState.Approver("ada")), Make.Actor));
        Assert.False(Quorum.IsSolo(state.WithPeople(RuleState.Approver("ada")), new(ActorKinds.Sdk, "ada", "key")));
    }
}
