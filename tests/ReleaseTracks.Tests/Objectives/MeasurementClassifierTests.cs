using ReleaseTracks.Objectives;
using ReleaseTracks.Tracks;
using static ReleaseTracks.Tests.Objectives.Readings;

namespace ReleaseTracks.Tests.Objectives;

public class MeasurementClassifierTests
{
    private static readonly TimeSpan StaleAfter = MeasurementClassifier.StaleAfter(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(2));
    private readonly CounterDeltas deltas = new();

    [Fact]
    public void StaleAfter_IsThreeOfTheLongerInterval() => Assert.Equal(TimeSpan.FromSeconds(45), StaleAfter);

    [Fact]
    public void Row_WithNewEvents_IsFresh()
    {
        deltas.Apply(Ok(0, Good(1), Bad(0)));

        Assert.Equal(new RowMeasurement(Freshness.Fresh, TimeSpan.FromSeconds(3), null, null), Classify(Aged(Ok(15, Good(2), Bad(0)), 3)));
    }

    [Fact]
    public void Row_WithoutNewEvents_IsIdle()
    {
        deltas.Apply(Ok(0, Good(1), Bad(0)));

        Assert.Equal(Freshness.Idle, Classify(Ok(15, Good(1), Bad(0))).Freshness);
    }

    [Fact]
    public void Row_ThatIsNotReported_IsNoData() => Assert.Equal(Freshness.NoData, Classify(Ok(15)).Freshness);

    [Fact]
    public void Row_OlderThanThreeScrapes_IsStale()
    {
        var row = Classify(Aged(Ok(15, Good(2)), 46));

        Assert.Equal(Freshness.Stale, row.Freshness);
        Assert.Equal("newest sample is 46 s old, limit 45 s", row.Reason);
        Assert.True(row.IsBlind);
    }

    [Fact]
    public void Reading_ThatFailed_IsUnavailableWithItsReason() =>
        Assert.Equal(
            new RowMeasurement(Freshness.Unavailable, null, "timed out", null),
            Classify(CounterReading.Unavailable(At(0), "timed out")));

    [Fact]
    public void Reading_ThatIsPartial_IsPartial() =>
        Assert.Equal(Freshness.Partial, Classify(Ok(0, Good(1)) with { Status = ReadingStatus.Partial }).Freshness);

    [Fact]
    public void Row_WithEventsAndNoBadCounter_WarnsAboutTheSetUp()
    {
        Assert.NotNull(Classify(Ok(15, Good(2))).Warning);
        Assert.Null(Classify(Ok(15, Good(0))).Warning);
        Assert.Null(Classify(Ok(15, Good(2), Bad(0))).Warning);
    }

    [Fact]
    public void OwnSource_ThatFailed_BlindsOnlyItsObjective()
    {
        var own = new MeasuredRow("summaries", TrackKey.Ai, Indicator.Quality, "thumbs");
        var reading = Ok(0, Good(1), Bad(0)) with
        {
            Sources = [new SourceRead("id", "thumbs", null, TrackKey.Ai) { Fault = "parse error" }],
        };

        var rows = MeasurementClassifier.Classify(reading, deltas.Apply(reading), [Summary.Row, own], StaleAfter);

        Assert.Equal(Freshness.Idle, rows[Summary.Row].Freshness);
        Assert.Equal((Freshness.Unavailable, "parse error"), (rows[own].Freshness, rows[own].Reason));
    }

    [Fact]
    public void Blindness_GrowsFromFreezeToPageAndEndsWithOneGoodMeasurement()
    {
        var tracker = new BlindTracker<string>();

        Assert.Equal(BlindAlarm.None, tracker.Update("ai", true, At(0)));
        Assert.Equal(BlindAlarm.None, tracker.Update("ai", true, At(119)));
        Assert.Equal(BlindAlarm.Freeze, tracker.Update("ai", true, At(120)));
        Assert.Equal(BlindAlarm.Page, new BlindTracker<string>(tracker.Since).Update("ai", true, At(600)));
        Assert.Equal(BlindAlarm.None, tracker.Update("ai", false, At(601)));
        Assert.Null(tracker.Length("ai", At(700)));
        tracker.Update("ai", true, At(700));
        tracker.Retain(new HashSet<string>());
        Assert.Empty(tracker.Since);
    }

    private static CounterReading Aged(CounterReading reading, double seconds) =>
        reading with { Ages = new Dictionary<MeasuredRow, TimeSpan> { [Summary.Row] = TimeSpan.FromSeconds(seconds) } };

    private RowMeasurement Classify(CounterReading reading) =>
        MeasurementClassifier.Classify(reading, deltas.Apply(reading), [Summary.Row], StaleAfter)[Summary.Row];
}
