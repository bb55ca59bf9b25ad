using ReleaseTracks.Objectives;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tests.Rollbacks;

/// <summary>People change things while the loop runs.</summary>
public sealed class ControlChangeTests(ControlStore store) : ControlTests(store)
{
    [Fact]
    public async Task RollbackByHand_WhileTheEvidenceRises_IsTheOnlyOne()
    {
        await Rig.ReleaseAsync("f");
        await Rig.RunAsync(1, () => Rig.Send("f", 0, 15));
        await Rig.RollBackAsync("f");

        await Rig.RunAsync(10, () => Rig.Send("f", 0, 15));

        Assert.Equal(RollbackCause.Manual, Assert.Single(Rig.Rollbacks).Cause);
        Assert.Equal(15, Rig.Row("f").Counts!.Bad);
        await Rig.RunAsync(1, () => Rig.SendFallback("f", 15, 0, TrackKey.Ai));
        Assert.Equal(RollbackState.Verified, Rig.Rollbacks[0].State);
    }

    [Fact]
    public async Task Clear_ByPlan_StartsEvidenceAndBudgetAfresh()
    {
        await Rig.ReleaseAsync("f");
        await Rig.RunUntilRollbackAsync(() => Rig.Send("f", 0, 100));
        await Rig.RunAsync(3, () => Rig.Send("f", 0, 100));
        await Rig.ChangeAsync(ControlRig.Clear("f"));

        await Rig.RunAsync(2, () => Rig.Send("f", 15, 0));
        var row = Rig.Row("f");
        Assert.Equal((Verdict.Healthy, 0L, 30L, 1.0), (row.Verdict, row.Bad, row.Good, row.Remaining));
        Assert.Equal((1, false), (row.SpentWindows, row.RolledBack));
        await Rig.RunAsync(1, () => Rig.Send("f", 14, 1));
        await Rig.RunAsync(20, () => Rig.Send("f", 15, 0));
        Assert.Equal(RollbackState.Cleared, Assert.Single(Rig.Rollbacks).State);

        await RestartAsync();
        await Rig.RunAsync(2, () => Rig.Send("f", 15, 0));
        Assert.Single(Rig.Rollbacks);
        Assert.True(Rig.Row("f").Bad <= 1);

        await Rig.RunUntilRollbackAsync(() => Rig.Send("f", 0, 15), most: 10);
        Assert.NotEqual(Rig.Rollbacks[0].Id, Rig.Rollbacks[1].Id);
    }

    [Theory]
    [InlineData("""[{"op":"feature.archive","feature":"f"}]""")]
    [InlineData("""[{"op":"release.remove","feature":"f","track":"ai"}]""")]
    public async Task Gone_Feature_TakesItsRowsWithIt(string changes)
    {
        await Rig.ReleaseAsync("f", "g");
        await Rig.RunAsync(2, () => Rig.Send("f", 15, 0));
        Assert.True((await Rig.Guards.ReadAsync()).Rows.ContainsKey("f|ai|availability"));

        await Rig.ChangeAsync(changes);
        await Rig.RunAsync(1, () => Rig.Send("f", 0, 15));

        Assert.False(Rig.HasRow("f"));
        Assert.False((await Rig.Guards.ReadAsync()).Rows.ContainsKey("f|ai|availability"));
        Assert.True(Rig.HasRow("g"));
    }

    [Theory]
    [InlineData("""{"id":"own","indicator":"availability","target":0.98}""")]
    [InlineData("""{"id":"own","indicator":"availability","target":0.9,"alpha":0.001}""")]
    [InlineData("""{"id":"own","indicator":"latency","target":0.9}""")]
    [InlineData("""{"id":"own","indicator":"quality","target":0.9,"totalFrom":"availability"}""")]
    public async Task Objective_Changed_StartsEvidenceAfresh(string next)
    {
        await Rig.ChangeAsync($"[{ControlRig.Put("f", objectives: """{"id":"own","indicator":"availability","target":0.9}""")}]");
        await Rig.RunAsync(3, Traffic);
        Assert.NotEqual(0, Rig.Row("f", "own").Counts!.Total);

        await Rig.ChangeAsync($"[{ControlRig.Put("f", objectives: next)}]");
        await Rig.RunAsync(1, () => { });

        Assert.Equal(0, Rig.Row("f", "own").Counts!.Total);
        Assert.Equal(1, Rig.Row("f", "own").SpentWindows);

        void Traffic()
        {
            Rig.Send("f", 15, 0);
            Rig.Source.Add("f", TrackKey.Ai, "on", 15, 0, Indicator.Latency);
        }
    }

    [Fact]
    public async Task Objective_NewWindowOrAction_KeepsItsEvidence()
    {
        await Rig.ChangeAsync($"[{ControlRig.Put("f", objectives: """{"id":"own","indicator":"availability","target":0.9}""")}]");
        await Rig.RunAsync(3, () => Rig.Send("f", 15, 0));

        await Rig.ChangeAsync($"[{ControlRig.Put("f", objectives: """{"id":"own","indicator":"availability","target":0.9,"window":"7d","onBreach":"pause"}""")}]");
        await Rig.RunAsync(1, () => { });

        Assert.Equal(45, Rig.Row("f", "own").Counts!.Total);
    }

    [Fact]
    public async Task Feature_PutWhileOutcomesArrive_LosesNone()
    {
        Rig.Source.Distort = reading =>
        {
            // Comes in while the loop reads: the reading has counts of a feature that the round began without.
            if (Rig.State.Find("late") is null)
                Rig.ReleaseAsync("late").GetAwaiter().GetResult();
            return reading;
        };
        Rig.Send("late", 15, 0);

        Assert.True(await Rig.TickAsync());

        Assert.Equal(15, Rig.Row("late").Good);
    }
}
