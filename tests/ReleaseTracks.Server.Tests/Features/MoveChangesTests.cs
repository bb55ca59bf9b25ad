using ReleaseTracks.Features;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Features.Moves;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tests.Features;

public sealed class MoveChangesTests
{
    private static readonly TrackKey?[] Places = [null, TrackKey.Stable, TrackKey.Innovative, TrackKey.Ai];
    private static readonly string?[] Releases = [null, "off:100", "on:100", "on:30 off:70", "alt:20 on:33.3 off:46.7"];

    public static TheoryData<string?, string?, string?> EveryRelease()
    {
        var data = new TheoryData<string?, string?, string?>();
        foreach (var (stable, innovative) in Releases.SelectMany(stable => Releases.Select(innovative => (stable, innovative))))
        {
            foreach (var ai in Releases)
                data.Add(stable, innovative, ai);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(EveryRelease))]
    public void Move_FromAnywhereToAnywhere_EndsThereAndOnlyRaisesTowardsStable(string? stable, string? innovative, string? ai)
    {
        var feature = Make.Feature("f", stable, innovative, ai);
        var state = Make.Snapshot(feature);
        foreach (var target in Places)
        {
            var changes = MoveChanges.To(feature, target, 10);
            var after = Apply(state, changes);

            Assert.Equal(target, after.Find("f")!.Config.Lane);
            Assert.Equal(target == feature.Lane, changes.IsEmpty);
            if (changes.IsEmpty || MoveChanges.HasShare(feature, target))
                continue;
            foreach (var share in Exposure.Compare(state, after).Shares.Where(share => share.Track < (target ?? TrackKey.Ai) || target is null))
                Assert.Equal(0, share.Raised);
        }
    }

    [Fact]
    public void Move_TowardsStable_KeepsTheMixAtTheChosenShare()
    {
        var feature = Make.Feature("f", ai: "alt:20 on:60 off:20");

        var set = Assert.IsType<Change.ReleaseSet>(Assert.Single(MoveChanges.To(feature, TrackKey.Innovative, 10)));

        Assert.Equal([new("alt", 2.5), new("on", 7.5), new Share("off", 90)], set.Allocation);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(33.333)]
    [InlineData(99.9)]
    [InlineData(100)]
    public void Allocation_AnyShare_IsAccepted(double percent)
    {
        var feature = Make.Feature("f", ai: "alt:33.3 on:33.3 off:33.4");

        var after = Apply(Make.Snapshot(feature), MoveChanges.To(feature, TrackKey.Stable, percent));

        Assert.Equal(percent, after.Find("f")!.Config.ExposedOn(TrackKey.Stable), 3);
    }

    private static Snapshot Apply(Snapshot state, IReadOnlyList<Change> changes)
    {
        if (changes.Count == 0)
            return state;
        var errors = new InputErrors();
        var draft = PlanDraft.Read(PlanDraft.Body("t", "r", changes), state, errors);
        Assert.Empty(errors.All);
        return draft!.After;
    }
}
