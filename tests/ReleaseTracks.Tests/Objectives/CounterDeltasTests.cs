using ReleaseTracks.Objectives;
using static ReleaseTracks.Tests.Objectives.Readings;

namespace ReleaseTracks.Tests.Objectives;

public class CounterDeltasTests
{
    private readonly CounterDeltas deltas = new();

    [Fact]
    public void Instance_FirstSeen_IsABaseline()
    {
        Assert.Equal(default, deltas.CountsOf(Ok(0, Good(100), Bad(5))));
        Assert.Equal(new OutcomeCounts(7, 2), deltas.CountsOf(Ok(15, Good(107), Bad(7))));
    }

    [Fact]
    public void Instance_FirstSeenButStartedSinceLastPoll_CountsInFull()
    {
        deltas.Apply(Ok(0));

        Assert.Equal(new OutcomeCounts(40, 3), deltas.CountsOf(Ok(15, Good(40), Bad(3)).StartedAt(5)));
    }

    [Fact]
    public void Instance_StartedShortlyBeforeLastPollAndNotScrapedThen_CountsInFull()
    {
        deltas.Apply(Ok(600));

        Assert.Equal(new OutcomeCounts(40, 0), deltas.CountsOf(Ok(615, Good(40)).StartedAt(590)));
    }

    [Fact]
    public void Instance_FirstSeenAndOld_IsABaseline()
    {
        deltas.Apply(Ok(600));

        Assert.Equal(default, deltas.CountsOf(Ok(615, Good(4_000_000)).StartedAt(0)));
    }

    [Fact]
    public void Instance_StartedWhilePollsFailed_CountsInFull()
    {
        deltas.Apply(Ok(0));
        deltas.Apply(CounterReading.Unavailable(At(3600), "down"));

        Assert.Equal(new OutcomeCounts(900, 0), deltas.CountsOf(Ok(7200, Good(900)).StartedAt(1800)));
    }

    [Fact]
    public void Series_FirstSeenOnAKnownInstance_CountsInFull()
    {
        deltas.Apply(Ok(0, Good(10)));

        Assert.Equal(new OutcomeCounts(0, 4), deltas.CountsOf(Ok(15, Good(10), Bad(4))));
    }

    [Fact]
    public void Counter_Decreased_CountsTheNewValue()
    {
        deltas.Apply(Ok(0, Good(100), Bad(50)));

        Assert.Equal(new OutcomeCounts(6, 2), deltas.CountsOf(Ok(15, Good(6), Bad(2))));
    }

    [Fact]
    public void Counters_FellWithoutARestart_AreAnAnswerFromThePastAndCountNothingTwice()
    {
        var deltas = new CounterDeltas();
        deltas.Apply(Ok(0, Good(1000), Bad(500)).StartedAt(-9000));
        Assert.Equal(new OutcomeCounts(10, 1), deltas.CountsOf(Ok(15, Good(1010), Bad(501)).StartedAt(-9000)));

        var past = deltas.Apply(Ok(30, Good(990), Bad(501)).StartedAt(-9000));

        Assert.Empty(past.Counts);
        Assert.Equal([("", "a")], past.Behind);
        Assert.Contains("did not restart", Assert.Single(past.Diagnostics), StringComparison.Ordinal);
        Assert.Equal(new OutcomeCounts(20, 2), deltas.CountsOf(Ok(45, Good(1030), Bad(503)).StartedAt(-9000)));
    }

    [Fact]
    public void Process_ShownAsBeforeItsRestart_IsNotCountedAgainAfterwards()
    {
        var deltas = new CounterDeltas();
        deltas.Apply(Ok(0, Good(1000), Bad(0)).StartedAt(-9000));
        Assert.Equal(new OutcomeCounts(30, 1), deltas.CountsOf(Ok(15, Good(30), Bad(1)).StartedAt(5)));

        Assert.Equal(default, deltas.CountsOf(Ok(30, Good(1000), Bad(0)).StartedAt(-9000)));
        Assert.Equal(new OutcomeCounts(10, 0), deltas.CountsOf(Ok(45, Good(40), Bad(1)).StartedAt(5)));
    }

    [Fact]
    public void Counters_FellForGood_GoOnFromThereAfterTheDoubt()
    {
        var deltas = new CounterDeltas();
        deltas.Apply(Ok(0, Good(10_000), Bad(500)).StartedAt(-9000));
        // Fifteen minutes from the first of them nothing is counted, and then one reading is a baseline.
        for (var seconds = 15; seconds <= 915; seconds += 15)
            Assert.Equal(default, deltas.CountsOf(Ok(seconds, Good(seconds), Bad(50)).StartedAt(-9000)));

        Assert.Equal(new OutcomeCounts(15, 2), deltas.CountsOf(Ok(930, Good(930), Bad(52)).StartedAt(-9000)));
    }

    [Fact]
    public void Counters_OfASourceWithoutAPast_GoOnAtOnceAndCountTheOthers()
    {
        var deltas = new CounterDeltas();
        deltas.Apply(Ok(0, Good(1000), Bad(500)).StartedAt(-9000));

        var lost = deltas.Apply(Ok(15, Good(1010), Bad(490)).StartedAt(-9000) with { DoubtFor = TimeSpan.Zero });

        Assert.Empty(lost.Behind);
        Assert.Equal(new OutcomeCounts(10, 0), lost.Counts[Summary]);
        Assert.Equal(new OutcomeCounts(5, 3), deltas.CountsOf(Ok(30, Good(1015), Bad(493)).StartedAt(-9000) with { DoubtFor = TimeSpan.Zero }));
    }

    [Fact]
    public void Process_RestartedAndOvertookItsOldCount_CountsInFull()
    {
        deltas.Apply(Ok(0, Good(5), Bad(1)).StartedAt(-100));

        Assert.Equal(new OutcomeCounts(10, 0), deltas.CountsOf(Ok(15, Good(10)).StartedAt(3)));
        Assert.Equal(new OutcomeCounts(0, 4), deltas.CountsOf(Ok(30, Good(10), Bad(4)).StartedAt(3)));
    }

    [Fact]
    public void StartTime_JitteringBelowASecond_IsNoRestart()
    {
        deltas.Apply(Ok(0, Good(5)).StartedAt(-100));

        Assert.Equal(new OutcomeCounts(1, 0), deltas.CountsOf(Ok(15, Good(6)).StartedAt(-99.4)));
    }

    [Theory]
    [InlineData(ReadingStatus.Unavailable)]
    [InlineData(ReadingStatus.Partial)]
    public void Reading_ThatIsNotOk_ChangesNothing(ReadingStatus status)
    {
        deltas.Apply(Ok(0, Good(10)));
        var before = deltas.Write();

        Assert.Empty(deltas.Apply(Ok(15, Good(4)) with { Status = status }).Counts);
        Assert.Equal(before, deltas.Write());
        Assert.Equal(new OutcomeCounts(5, 0), deltas.CountsOf(Ok(30, Good(15))));
    }

    [Fact]
    public void Instances_AreCountedApart()
    {
        deltas.Apply(Ok(0, Good(100, "a"), Good(5, "b")));

        Assert.Equal(new OutcomeCounts(3, 0), deltas.CountsOf(Ok(15, Good(1, "a"), Good(7, "b"))));
    }

    [Fact]
    public void Instance_AwayForLessThanADay_LosesNothing()
    {
        deltas.Apply(Ok(0, Good(100)));
        deltas.Apply(Ok(3600));
        deltas.Apply(Ok(20 * 3600));

        Assert.Equal(new OutcomeCounts(50, 0), deltas.CountsOf(Ok(23 * 3600, Good(150))));
    }

    [Fact]
    public void Instance_AwayForMoreThanADay_IsABaselineAgain()
    {
        deltas.Apply(Ok(0, Good(100)));
        deltas.Apply(Ok(3600));
        var known = deltas.Write().Length;
        deltas.Apply(Ok(26 * 3600));

        Assert.True(deltas.Write().Length < known, "the instance is still in the state");
        Assert.Equal(default, deltas.CountsOf(Ok(27 * 3600, Good(150))));
    }

    [Fact]
    public void Instance_PresentAfterALongOutageOfPrometheus_LosesNothing()
    {
        deltas.Apply(Ok(0, Good(100)));
        deltas.Apply(CounterReading.Unavailable(At(3600), "down"));

        Assert.Equal(new OutcomeCounts(50, 0), deltas.CountsOf(Ok(72 * 3600, Good(150))));
    }

    [Fact]
    public void Fractions_AddUp()
    {
        long total = 0;
        for (var poll = 0; poll <= 100; poll++) total += deltas.CountsOf(Ok(poll * 15, Good(poll * 0.1), Bad(0))).Good;

        Assert.Equal(10, total);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-1)]
    public void Sample_ThatIsNoCount_IsIgnoredWithARemark(double value)
    {
        deltas.Apply(Ok(0, Good(10), Bad(1)));

        var result = deltas.Apply(Ok(15, Good(value), Bad(2)));

        Assert.Equal(new OutcomeCounts(0, 1), result.Counts[Summary]);
        Assert.Single(result.Diagnostics);
        Assert.Equal(new OutcomeCounts(5, 0), deltas.CountsOf(Ok(30, Good(15), Bad(2))));
    }

    [Fact]
    public void State_WrittenAndRead_ContinuesWithoutLoss()
    {
        deltas.Apply(Ok(0, Good(10.5), Bad(1)).StartedAt(-50));
        deltas.Apply(Ok(15, Good(11), Bad(1)).StartedAt(-50));

        var continued = CounterDeltas.Read(deltas.Write());

        Assert.NotNull(continued);
        Assert.Equal(deltas.Write(), continued.Write());
        Assert.Equal(new OutcomeCounts(3, 2), continued.CountsOf(Ok(30, Good(13.5), Bad(3)).StartedAt(-50)));
    }

    [Fact]
    public void State_AnyByteChangedOrMissing_IsRefused()
    {
        deltas.Apply(Ok(0, Good(10), Bad(1)));
        var bytes = deltas.Write();

        for (var i = 0; i < bytes.Length; i++)
        {
            var broken = bytes.ToArray();
            broken[i] ^= 0x41;
            Assert.Null(CounterDeltas.Read(broken));
            Assert.Null(CounterDeltas.Read(bytes.AsSpan(0, i)));
        }
    }
}
