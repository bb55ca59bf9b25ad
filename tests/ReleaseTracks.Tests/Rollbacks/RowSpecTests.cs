using ReleaseTracks.Objectives;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Rollbacks;

public sealed class RowSpecTests
{
    [Fact]
    public void All_OfASnapshot_AreTheTracksAndWhatIsExposedOnThem()
    {
        var state = Make.Snapshot(Make.Feature("ai-only", ai: "on:100"), Make.Feature("off", ai: "off:100"), Make.Feature("everywhere", stable: "on:100"));

        var keys = RowSpec.All(state).Where(row => row.Key.Objective == "availability").Select(row => row.Key.ToString()).Order(StringComparer.Ordinal);

        Assert.Equal(
            ["*|ai|availability", "*|innovative|availability", "*|stable|availability", "ai-only|ai|availability",
             "everywhere|ai|availability", "everywhere|innovative|availability", "everywhere|stable|availability"],
            keys);
    }

    [Fact]
    public void All_KilledOrArchived_HaveNoRowsAndRolledBackOnesDo()
    {
        var feature = Make.Feature("f", ai: "on:100");
        Assert.Empty(Rows(Make.Snapshot(Make.Killed(feature)), "f"));
        Assert.Empty(Rows(Make.Snapshot(Make.Archived(Make.Model(feature))), "f"));
        Assert.All(Rows(Make.Snapshot(Make.Model(feature, TrackKey.Ai)), "f"), row => Assert.True(row.Acted));
        Assert.Equal(3, Rows(Make.Snapshot(Make.Model(feature, TrackKey.Ai)), "f").Length);
    }

    [Fact]
    public void ObjectivesOf_FeatureWithItsOwn_OverridesById()
    {
        var own = new Objective { Id = "availability", Indicator = Indicator.Availability, Target = 0.9 };
        var state = Make.Snapshot(Make.Feature("f", ai: "on:100") with { Objectives = [own, own with { Id = "extra" }] });

        var rows = Rows(state, "f");

        Assert.Equal(["availability", "extra", "harm", "quality"], rows.Select(row => row.Key.Objective).Order(StringComparer.Ordinal));
        Assert.Equal(0.9, rows.Single(row => row.Key.Objective == "availability").Objective.Target);
        Assert.Equal(0.99, RowSpec.All(state).Single(row => row.Key == new RowKey(null, TrackKey.Ai, "availability")).Objective.Target);
    }

    [Fact]
    public void Epoch_OfTheTrack_MovesWithEveryRollbackAndClear()
    {
        var ledger = LedgerBuilder.Opened();
        ledger.Change($"[{LedgerBuilder.PutFeature("a")},{LedgerBuilder.PutFeature("b")}]");
        var epochs = new List<long> { Track(ledger.State).Epoch };

        ledger.RollBack("r1", TrackKey.Ai, false, "a");
        epochs.Add(Track(ledger.State).Epoch);
        ledger.RollBack("r2", TrackKey.Ai, true, "b");
        Assert.True(Track(ledger.State).Acted);
        Assert.Equal((epochs[^1], 0), (Track(ledger.State).Epoch, Track(ledger.State).Cleared));
        ledger.Change("""[{"op":"rollback.clear","track":"ai"}]""");
        epochs.Add(Track(ledger.State).Epoch);
        Assert.Equal(ledger.State.Revision, Track(ledger.State).Cleared);
        Assert.False(Track(ledger.State).Acted);

        Assert.Equal(epochs.Count, epochs.Distinct().Count());
        var cleared = Rows(ledger.State, "b").First();
        Assert.Equal((ledger.State.Revision, ledger.State.Revision), (cleared.Epoch, cleared.Cleared));
        Assert.True(Rows(ledger.State, "a").First().Acted);
    }

    [Theory]
    [InlineData("f|ai|availability", "f")]
    [InlineData("*|stable|latency", null)]
    public void Key_AsText_ReadsBack(string text, string? feature)
    {
        var key = RowKey.Parse(text)!.Value;
        Assert.Equal((feature, text), (key.Feature, key.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("f|ai")]
    [InlineData("f|beta|availability")]
    [InlineData("f|ai|a|b")]
    public void Key_OfAnotherVersion_IsNone(string text) => Assert.Null(RowKey.Parse(text));

    private static RowSpec[] Rows(Snapshot state, string? feature) =>
        [.. RowSpec.All(state).Where(row => row.Key.Feature == feature && row.Key.Track == TrackKey.Ai)];

    private static RowSpec Track(Snapshot state) => Rows(state, null).Single(row => row.Key.Objective == "availability");
}
