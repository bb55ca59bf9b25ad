using ReleaseTracks.Objectives;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tests.Rollbacks;

/// <summary>No data is not evidence; and blindness loses none.</summary>
public sealed class ControlBlindTests(ControlStore store) : ControlTests(store)
{
    public enum Fault
    {
        Hangs,
        Partial,
        Garbage,
        NoData,
        Stale,
    }

    [Theory]
    [InlineData(Fault.Hangs, Freshness.Unavailable, "no answer within 5 s")]
    [InlineData(Fault.Partial, Freshness.Partial, "half of it is missing")]
    [InlineData(Fault.Garbage, Freshness.NoData, "no such series")]
    [InlineData(Fault.NoData, Freshness.NoData, "no such series")]
    [InlineData(Fault.Stale, Freshness.Stale, "s old, limit 60 s")]
    public async Task Tick_SourceCannotBeRead_IsErrorWithTheReasonAndNeverARollback(Fault fault, Freshness freshness, string reason)
    {
        await Rig.ReleaseAsync("f");
        await Rig.RunAsync(4, Healthy);
        Begin(fault);

        await Rig.RunAsync(60, () => { });

        var row = Rig.Row("f");
        Assert.Equal((Verdict.Error, freshness), (row.Verdict, row.Freshness));
        Assert.Contains(row.Reasons, one => one.Contains(reason, StringComparison.Ordinal));
        Assert.Equal(Verdict.Error, Rig.Row(null).Verdict);
        Assert.Empty(Rig.Rollbacks);
        Assert.True(Rig.Exposes("f"));
    }

    [Fact]
    public async Task Tick_Blind_FreezesAfterTwoMinutesAndPagesAfterTen()
    {
        await Rig.ReleaseAsync("f");
        await Rig.RunAsync(4, Healthy);
        Begin(Fault.Hangs);

        await Rig.RunAsync(7, () => { });
        Assert.Equal((false, false), (Rig.Row("f").FreezeWidening, Rig.Row("f").Page));
        await Rig.RunAsync(1, () => { });
        Assert.Equal((true, false), (Rig.Row("f").FreezeWidening, Rig.Row("f").Page));
        await Rig.RunAsync(31, () => { });
        Assert.Equal((true, false), (Rig.Row("f").FreezeWidening, Rig.Row("f").Page));
        await Rig.RunAsync(1, () => { });
        Assert.Equal((true, true), (Rig.Row("f").FreezeWidening, Rig.Row("f").Page));

        Rig.Source.Recover();
        await Rig.RunAsync(1, Healthy);
        Assert.Equal((Verdict.Healthy, false, false), (Rig.Row("f").Verdict, Rig.Row("f").FreezeWidening, Rig.Row("f").Page));
    }

    [Fact]
    public async Task Tick_RestartedWhileBlind_DoesNotForgetForHowLong()
    {
        await Rig.ReleaseAsync("f");
        await Rig.RunAsync(4, Healthy);
        Begin(Fault.Hangs);
        await Rig.RunAsync(30, () => { });

        await RestartAsync();
        await Rig.RunAsync(10, () => { });

        Assert.True(Rig.Row("f").Page);
    }

    [Theory]
    [InlineData(Fault.Hangs)]
    [InlineData(Fault.Partial)]
    [InlineData(Fault.Garbage)]
    public async Task Tick_BreachWhileBlind_IsCaughtAfterwards(Fault fault)
    {
        await Rig.ReleaseAsync("f");
        await Rig.RunAsync(4, Healthy);
        Begin(fault);
        await Rig.RunAsync(8, () => Rig.Send("f", 0, 15));
        Assert.Empty(Rig.Rollbacks);

        Rig.Source.Recover();
        await Rig.RunUntilRollbackAsync(() => Rig.Send("f", 0, 15), most: 3);

        Assert.True(Rig.Rollbacks[0].Counts!.Bad > 8 * 15);
    }

    [Fact]
    public async Task Tick_ProvenBeforeBlindness_IsRolledBackAllTheSame()
    {
        await Rig.ReleaseAsync("f");
        await Rig.RunAsync(1, () => Rig.Send("f", 0, 15));
        Begin(Fault.Hangs);
        await Rig.RunAsync(4, () => { });
        Rig.Source.Recover();

        await Rig.RunUntilRollbackAsync(() => Rig.Send("f", 0, 15), most: 3);

        Assert.Equal(["f"], Rig.Rollbacks[0].Features);
    }

    /// <summary>The loop was away while the product failed and fell silent: what it reported is still evidence.</summary>
    [Fact]
    public async Task Tick_CountsArriveStale_AreNotLost()
    {
        await Rig.ReleaseAsync("f");
        await Rig.RunAsync(4, Healthy);
        Rig.Send("f", 0, 15);
        Assert.True(await Rig.TickAsync(TimeSpan.FromMinutes(3)));

        Assert.Equal((Verdict.Error, Freshness.Stale), (Rig.Row("f").Verdict, Rig.Row("f").Freshness));
        Assert.Equal(15, Rig.Row("f").Counts!.Bad);
    }

    [Fact]
    public async Task Tick_HarmWhileUsesAreNotCounted_WaitsForTheUses()
    {
        await Rig.ReleaseAsync("f");
        await Rig.RunAsync(1, () => Rig.Send("f", 20, 0));
        await Rig.RunAsync(8, () => { });
        Assert.Equal(Freshness.Stale, Rig.Row("f", "harm").Freshness);

        await Rig.RunAsync(1, () => Rig.Source.Add("f", TrackKey.Ai, "on", 0, 6, Indicator.Harm));
        await Rig.RunAsync(1, () => Rig.Send("f", 20, 0));

        Assert.Equal(6, Rig.Row("f", "harm").Counts!.Bad);
    }

    [Fact]
    public async Task Tick_OneOfTwoFeaturesIsBlind_TheTrackIsStillJudged()
    {
        await Rig.ReleaseAsync("f", "silent");
        await Rig.RunAsync(10, Healthy);

        Assert.Equal((Verdict.Error, Freshness.NoData), (Rig.Row("silent").Verdict, Rig.Row("silent").Freshness));
        Assert.Equal((Verdict.Healthy, Verdict.Healthy), (Rig.Row("f").Verdict, Rig.Row(null).Verdict));
    }

    private void Begin(Fault fault)
    {
        switch (fault)
        {
            case Fault.Hangs: Rig.Source.Hang(); break;
            case Fault.Partial: Rig.Source.AnswerPartly(); break;
            case Fault.Garbage: Rig.Source.AnswerGarbage(); break;
            case Fault.NoData: Rig.Source.Forget(); break;
            default: break;
        }
    }

    private void Healthy()
    {
        Rig.Send("f", 15, 0);
        Rig.SendFallback("f", 150, 1);
    }
}
