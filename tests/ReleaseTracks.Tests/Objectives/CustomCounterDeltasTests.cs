using ReleaseTracks.Objectives;
using ReleaseTracks.Tracks;
using static ReleaseTracks.Tests.Objectives.Readings;

namespace ReleaseTracks.Tests.Objectives;

/// <summary>Own sources count a total, and either its good or its bad part.</summary>
public class CustomCounterDeltasTests
{
    private static readonly OutcomeSeries Own = new("summaries", TrackKey.Ai, "", Indicator.Quality, "thumbs");
    private readonly CounterDeltas deltas = new();

    [Fact]
    public void TotalAndBad_GiveGoodAndBad()
    {
        Apply(0, (CounterPart.TotalWithBad, 100), (CounterPart.BadOfTotal, 5));

        Assert.Equal(new OutcomeCounts(17, 3), Apply(15, (CounterPart.TotalWithBad, 120), (CounterPart.BadOfTotal, 8)));
    }

    [Fact]
    public void TotalAndGood_GiveGoodAndBad()
    {
        Apply(0, (CounterPart.TotalWithGood, 100), (CounterPart.GoodOfTotal, 95));

        Assert.Equal(new OutcomeCounts(15, 5), Apply(15, (CounterPart.TotalWithGood, 120), (CounterPart.GoodOfTotal, 110)));
    }

    [Fact]
    public void Total_WithoutAnyGood_IsAllBad()
    {
        Apply(0, (CounterPart.TotalWithGood, 0));

        Assert.Equal(new OutcomeCounts(0, 20), Apply(15, (CounterPart.TotalWithGood, 20)));
    }

    [Fact]
    public void Bad_AheadOfItsTotal_IsCarriedToTheNextEvents()
    {
        Apply(0, (CounterPart.TotalWithBad, 100), (CounterPart.BadOfTotal, 5));

        Assert.Equal(default, Apply(15, (CounterPart.TotalWithBad, 100), (CounterPart.BadOfTotal, 9)));
        Assert.Equal(new OutcomeCounts(0, 3), Apply(30, (CounterPart.TotalWithBad, 103), (CounterPart.BadOfTotal, 9)));
        Assert.Equal(new OutcomeCounts(9, 1), Apply(45, (CounterPart.TotalWithBad, 113), (CounterPart.BadOfTotal, 9)));
    }

    [Fact]
    public void Expression_ThatChanged_IsABaseline()
    {
        Apply(0, (CounterPart.TotalWithBad, 100));

        Assert.Equal(default, Apply(15, "edited", (CounterPart.TotalWithBad, 90_000)));
    }

    [Fact]
    public void Source_ThatFailed_LosesNothing()
    {
        Apply(0, (CounterPart.TotalWithBad, 100));
        var failed = new SourceRead("own", "thumbs", null, TrackKey.Ai) { Fault = "bad expression" };
        deltas.Apply(Ok(15) with { Sources = [failed] });

        Assert.Equal(new OutcomeCounts(30, 0), Apply(30, (CounterPart.TotalWithBad, 130)));
    }

    private OutcomeCounts Apply(double seconds, params (CounterPart Part, double Value)[] counters) => Apply(seconds, "own", counters);

    private OutcomeCounts Apply(double seconds, string source, params (CounterPart Part, double Value)[] counters)
    {
        var reading = Ok(seconds, [.. counters.Select(counter => new CounterSample(Own, counter.Part, "a", counter.Value, source))]) with
        {
            Sources = [new SourceRead(source, "thumbs", null, TrackKey.Ai)],
        };
        return deltas.Apply(reading).Counts.GetValueOrDefault(Own);
    }
}
