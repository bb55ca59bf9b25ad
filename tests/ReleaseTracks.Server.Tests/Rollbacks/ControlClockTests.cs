using ReleaseTracks.Objectives;

namespace ReleaseTracks.Server.Tests.Rollbacks;

/// <summary>
/// A Prometheus whose clock was set back, or that came back from a backup, shows every counter as it was. Taken for
/// restarts, those would count the whole life of a feature a second time, breaches long dealt with included.
/// </summary>
public sealed class ControlClockTests(ControlStore store) : ControlTests(store)
{
    private const int RoundsBack = 40;

    [Fact]
    public async Task Source_AnswersFromTenMinutesAgo_IsErrorWithinTwoRoundsAndNeverARollback()
    {
        var answers = await RunForTenMinutesAfterABreachAsync();
        Rig.Source.Distort = now => now with { Samples = answers.Dequeue() };

        await Rig.RunAsync(2, Healthy);
        Assert.Equal((Verdict.Error, Freshness.Stale), (Rig.Row("f").Verdict, Rig.Row("f").Freshness));
        await Rig.RunAsync(RoundsBack - 2, Healthy);

        Assert.Single(Rig.Rollbacks);
        Assert.True(Rig.Exposes("f"));
    }

    [Fact]
    public async Task Source_AnswersFromThePresentAgain_CountsWhatHappenedMeanwhileOnce()
    {
        var answers = await RunForTenMinutesAfterABreachAsync();
        var before = Rig.Row("f");
        Rig.Source.Distort = now => now with { Samples = answers.Dequeue() };
        await Rig.RunAsync(RoundsBack, Healthy);

        Rig.Source.Recover();
        await Rig.RunAsync(1, Healthy);

        Assert.Equal(before.Good + ((RoundsBack + 1) * 30), Rig.Row("f").Good);
        Assert.Equal((Verdict.Healthy, before.Bad), (Rig.Row("f").Verdict, Rig.Row("f").Bad));
        await Rig.RunUntilRollbackAsync(() => Rig.Send("f", 0, 15));
        Assert.Equal(2, Rig.Rollbacks.Count);
    }

    [Fact]
    public async Task Source_EveryOtherAnswerIsFromThePast_StillFindsABreach()
    {
        var answers = await RunForTenMinutesAfterABreachAsync();
        var round = 0;
        Rig.Source.Distort = now => ++round % 2 == 0 ? now : now with { Samples = answers.Dequeue() };

        await Rig.RunAsync(10, Healthy);
        Assert.Single(Rig.Rollbacks);

        await Rig.RunUntilRollbackAsync(() => Rig.Send("f", 0, 15));
        Assert.Equal(2, Rig.Rollbacks.Count);
    }

    /// <summary>A breach that was rolled back and cleared by plan, then ten healthy minutes; what was answered in them.</summary>
    private async Task<Queue<IReadOnlyList<CounterSample>>> RunForTenMinutesAfterABreachAsync()
    {
        var answers = new Queue<IReadOnlyList<CounterSample>>();
        await Rig.ReleaseAsync("f");
        await Rig.RunUntilRollbackAsync(() => Rig.Send("f", 0, 15));
        await Rig.ChangeAsync(ControlRig.Clear("f"));
        Rig.Source.Distort = now =>
        {
            answers.Enqueue(now.Samples);
            return now;
        };
        await Rig.RunAsync(RoundsBack, Healthy);
        Assert.Single(Rig.Rollbacks);
        return answers;
    }

    private void Healthy() => Rig.Send("f", 30, 0);
}
