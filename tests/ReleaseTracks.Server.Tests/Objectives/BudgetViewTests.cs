using System.Collections.Immutable;
using ReleaseTracks.Objectives;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Server.Objectives.Budgets;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tests.Objectives;

public sealed class BudgetViewTests
{
    private static readonly ImmutableArray<BudgetRow> Rows =
    [
        Row("healthy", Verdict.Healthy, 0.9),
        Row("unknown", Verdict.Error, null),
        Row("spent", Verdict.Healthy, 0.1),
        Row("failed", Verdict.Failed, 0.5),
        Row("back", Verdict.Failed, 0.2) with { RolledBack = true },
        Row(null, Verdict.Inconclusive, 0.7, TrackKey.Innovative),
    ];

    [Fact]
    public void Of_Everything_PutsTheWorstFirstAndWhatIsNotActedOnAboveWhatIs() =>
        Assert.Equal(["failed", "back", "unknown", "track", "spent", "healthy"], Keys(new()));

    [Fact]
    public void Of_AnotherOrder_SortsByItAndUnknownLast()
    {
        Assert.Equal(["spent", "back", "failed", "track", "healthy", "unknown"], Keys(new(Sort: BudgetSort.Remaining)));
        Assert.Equal(["back", "failed", "healthy", "track", "spent", "unknown"], Keys(new(Sort: BudgetSort.Name)));
    }

    [Fact]
    public void Of_AVerdict_StillCountsTheOthers()
    {
        var view = BudgetView.Of(Snapshot.Empty, Rows, new(Verdict: Verdict.Error));
        Assert.Single(view.Lines);
        Assert.Equal((6, 2, 1, 1, 2), (view.All, view.CountOf(Verdict.Failed), view.CountOf(Verdict.Error), view.CountOf(Verdict.Inconclusive), view.CountOf(Verdict.Healthy)));
    }

    [Theory]
    [InlineData("FAIL", "failed")]
    [InlineData("innovative as a whole", "track")]
    public void Of_Words_FindsByNameWithoutCase(string query, string feature) => Assert.Equal([feature], Keys(new(query)));

    [Fact]
    public void Of_ATrack_LeavesTheOthersOut() => Assert.Equal(["track"], Keys(new(Track: TrackKey.Innovative)));

    [Theory]
    [InlineData("x", "ai", "failed", "burn")]
    [InlineData(null, null, null, null)]
    [InlineData("y", "stable", null, "remaining")]
    public void Filter_ItsAddress_ReadsBack(string? query, string? track, string? verdict, string? sort)
    {
        var filter = BudgetFilter.Parse(query, track, verdict, sort);
        var address = filter.Address();
        Assert.Equal((query, track, verdict, sort), ((string?)address["q"], (string?)address["track"], (string?)address["verdict"], (string?)address["sort"]));
    }

    [Fact]
    public void Filter_NonsenseInTheAddress_IsAsUsual() => Assert.True(BudgetFilter.Parse(" ", "beta", "99", "sideways") is { IsOpen: true, Sort: BudgetSort.Worst });

    [Fact]
    public void FalseAlarms_OfObjectivesThatRollBack_AddUp()
    {
        var (objectives, bound) = BudgetView.FalseAlarms(Rows);
        Assert.Equal((5, 0.05), (objectives, Math.Round(bound, 6)));
    }

    private static string[] Keys(BudgetFilter filter) => [.. BudgetView.Of(Snapshot.Empty, Rows, filter).Lines.Select(line => line.Row.Key.Feature ?? "track")];

    private static BudgetRow Row(string? feature, Verdict verdict, double? remaining, TrackKey track = TrackKey.Ai) => new()
    {
        Key = new(feature, track, "availability"),
        Objective = new() { Id = "availability", Indicator = Indicator.Availability, Target = 0.99 },
        Verdict = verdict,
        Remaining = remaining,
        Reasons = [],
    };
}
