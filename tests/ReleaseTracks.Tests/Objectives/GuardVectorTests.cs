using ReleaseTracks.Objectives;

namespace ReleaseTracks.Tests.Objectives;

/// <summary>The reference vectors of the design: B = 0.01, a restart at the start of intervals 0 and 4.</summary>
public sealed class GuardVectorTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly (IntervalCounts Counts, double BR, double G, double C1)[] Vectors =
    [
        (new(15, 0, 135, 1), -1.828600909425, -0.952312660349, -1.510282951348),
        (new(14, 1, 140, 0), -1.027878310472, -0.423472658652, -0.102955826702),
        (new(0, 0, 133, 1), -1.027878310472, -0.423472658652, -0.102955826702),
        (new(16, 2, 129, 0), 1.391872421905, 0.845364796489, 3.335218148245),
        (new(15, 5, 131, 1), 11.457136697490, 3.537516327950, 11.707956170027),
        (new(3, 3, 140, 2), 19.486953186848, 7.660660225134, 19.576123419772),
        (new(15, 9, 128, 1), 46.427467022058, 11.435703170447, 36.482126591968),
        (new(1500, 40, 13500, 60), 33.205624489882, 12.275239846750, 56.267762235231),
    ];

    [Fact]
    public void Evidence_ReferenceIntervals_MatchesToNineDigits()
    {
        var settings = new GuardSettings(0.01);
        var state = Guard.Start(settings, Start, epoch: 0);
        var now = Start;
        foreach (var (counts, br, g, c1) in Vectors)
        {
            // A quarter of an hour each, so that the second restart falls due where interval 4 begins.
            now += TimeSpan.FromMinutes(15);
            Guard.Observe(state, settings, counts, now);
            var evidence = Guard.Evidence(state);
            Assert.Equal(g, evidence.G, 1e-9);
            Assert.Equal(br, evidence.BR!.Value, 1e-9);
            Assert.Equal(c1, evidence.C1!.Value, 1e-9);
        }
        Assert.Equal(2, state.Restarts);
        Assert.Equal(Start.AddHours(1), state.LastRestart);
    }

    [Fact]
    public void Latches_ReferenceIntervals_KeepTheFirstCrossing()
    {
        var settings = new GuardSettings(0.01);
        var state = Guard.Start(settings, Start, epoch: 0);
        for (var i = 0; i < Vectors.Length; i++)
            Guard.Observe(state, settings, Vectors[i].Counts, Start.AddMinutes(15 * (i + 1)));

        Assert.Equal(Start.AddMinutes(90), state.GLatchedAt);
        Assert.Equal(Start.AddMinutes(75), state.BRLatchedAt);
        Assert.Equal(Start.AddMinutes(75), state.C1LatchedAt);
        Assert.Equal(Start.AddMinutes(90), state.ProvenAt);
        Assert.Equal(Start.AddMinutes(45), state.RisingSince); // interval 2: still at −0.42
    }

    [Fact]
    public void Restart_CalledByItself_AddsItsStakeOnTop()
    {
        var state = Guard.Start(new GuardSettings(0.01), Start, epoch: 0);

        Guard.Restart(state, 720);

        Assert.Equal(0, Guard.Evidence(state).G, 1e-12);
        Assert.Equal(0, Guard.Evidence(state).BR!.Value, 1e-12);
        Assert.Equal(720, state.Restarts);
    }

    [Fact]
    public void Restart_ManyAtOnce_IsTheSameAsOneByOne()
    {
        var settings = new GuardSettings(0.01);
        var (once, often) = (Guard.Start(settings, Start, 0), Guard.Start(settings, Start, 0));

        Guard.Restart(once, 9);
        for (var i = 0; i < 9; i++)
            Guard.Restart(often);

        Assert.Equal(Guard.Evidence(often).G, Guard.Evidence(once).G, 1e-12);
    }
}
