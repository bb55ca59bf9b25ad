using CsCheck;
using ReleaseTracks.Rollbacks;

namespace ReleaseTracks.Tests.Rollbacks;

public sealed class TrackRankingTests
{
    [Fact]
    public void Choose_OneStandsOut_IsTheOnlyOne()
    {
        var ranking = TrackRanking.Choose([new("calm", 1000, 9, false), new("bad", 100, 50, false), new("idle", 0, 0, false)], 0.01);

        Assert.Equal(["bad", "idle", "calm"], ranking.Select(rank => rank.Feature));
        Assert.Equal(["bad"], Chosen(ranking));
        Assert.Equal(49, ranking[0].Excess, 1e-9);
    }

    [Fact]
    public void Choose_AllAreALittleBad_TakesAll()
    {
        var ranking = TrackRanking.Choose([new("b", 100, 3, false), new("a", 100, 3, false), new("c", 100, 2, false)], 0.01);
        Assert.Equal(["a", "b", "c"], Chosen(ranking));
    }

    [Fact]
    public void Choose_TheRestIsExactlyAtTheObjective_Stops()
    {
        var ranking = TrackRanking.Choose([new("a", 100, 5, false), new("b", 100, 1, false)], 0.01);
        Assert.Equal(["a"], Chosen(ranking));
    }

    [Fact]
    public void Choose_ThoseOutExplainIt_TakesNobody()
    {
        var ranking = TrackRanking.Choose([new("out", 100, 100, true), new("calm", 1000, 2, false)], 0.01);

        Assert.Equal("out", ranking[0].Feature);
        Assert.Empty(Chosen(ranking));
    }

    [Fact]
    public void Choose_BadOutnumbersTotal_StillRanks()
    {
        var ranking = TrackRanking.Choose([new("harm", 0, 7, false), new("calm", 100, 0, false)], 0.005);
        Assert.Equal(["harm"], Chosen(ranking));
    }

    [Fact]
    public void Choose_Nothing_IsNothing() => Assert.Empty(TrackRanking.Choose([], 0.01));

    [Fact]
    public void Choose_AnyCounts_LeavesARestWithinTheObjective() => Gen.Select(Gen.Int[0, 200], Gen.Int[0, 60], Gen.Bool)
        .Array[0, 12].Sample(rows =>
        {
            var counts = rows.Select((row, i) => new FeatureCounts($"f{i:00}", row.Item1, Math.Min(row.Item1, row.Item2), row.Item3)).ToArray();
            var ranking = TrackRanking.Choose(counts, 0.05);
            var chosen = Chosen(ranking).ToHashSet();
            var rest = counts.Where(one => !one.IsOut && !chosen.Contains(one.Feature)).ToArray();

            Assert.Equal(counts.Length, ranking.Length);
            Assert.True(rest.Sum(one => one.Bad) <= (0.05 * rest.Sum(one => one.Total)) + 1e-9);
            Assert.DoesNotContain(counts, one => one.IsOut && chosen.Contains(one.Feature));
        });

    private static IEnumerable<string> Chosen(IEnumerable<RankedFeature> ranking) => ranking.Where(rank => rank.RolledBack).Select(rank => rank.Feature);
}
