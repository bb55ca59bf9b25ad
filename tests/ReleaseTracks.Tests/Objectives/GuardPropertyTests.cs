using CsCheck;
using ReleaseTracks.Objectives;

namespace ReleaseTracks.Tests.Objectives;

public sealed class GuardPropertyTests
{
    private static readonly Gen<double> Tolerance = Gen.Double[Math.Log(1e-6), Math.Log(0.5)].Select(Math.Exp);

    private static readonly Gen<long> Count = Gen.OneOf(Gen.Long[0, 20], Gen.Long[0, 1_000_000_000], Gen.Const(1_000_000_000L));

    /// <summary>Any fraction, with no failure and nothing but failures as likely as the rest.</summary>
    private static readonly Gen<double> Share = Gen.OneOf(Gen.Double[0, 1], Gen.Const(0.0), Gen.Const(1.0));

    private static readonly Gen<IntervalCounts> Counts = Gen.Select(Count, Share, Count, Share, (n, f, nc, fc) =>
        new IntervalCounts(n, (long)(n * f), nc, (long)(nc * fc)));

    [Fact]
    public void Evidence_ExtremeCounts_IsNeverNaN() =>
        Gen.Select(Tolerance, Counts.Array[1, 30]).Sample((tolerance, intervals) =>
        {
            var run = new GuardRun(new GuardSettings(tolerance), TimeSpan.FromHours(1));
            foreach (var counts in intervals)
                run.Wait(TimeSpan.FromHours(1), counts);
            var evidence = Guard.Evidence(run.State);
            Assert.True(double.IsFinite(evidence.G));
            Assert.True(evidence.BR is null || double.IsFinite(evidence.BR.Value));
            Assert.True(evidence.C1 is null || double.IsFinite(evidence.C1.Value));
        }, iter: 2_000);

    [Fact]
    public void Evidence_OneMoreFailure_NeverFallsBehind() =>
        Gen.Select(Tolerance, Gen.Long[1, 5_000], Gen.Double[0, 1], Gen.Long[0, 5_000]).Sample((tolerance, n, f, nc) =>
        {
            var bad = (long)((n - 1) * f);
            var fewer = new GuardRun(new GuardSettings(tolerance)).Feed(1, n, bad, nc);
            var more = new GuardRun(new GuardSettings(tolerance)).Feed(1, n, bad + 1, nc);
            var (low, high) = (Guard.Evidence(fewer.State), Guard.Evidence(more.State));
            Assert.True(high.G >= low.G);
            Assert.True((high.BR ?? 0) >= (low.BR ?? 0));
            Assert.True((high.C1 ?? 0) >= (low.C1 ?? 0) - 1e-12);
        });

    [Fact]
    public void Carry_ReportsAfterTheUse_LosesNone() =>
        Gen.Select(Gen.Long[0, 5], Gen.Long[0, 20], Gen.Long[0, 5], Gen.Long[0, 20]).Array[1, 60].Sample(intervals =>
        {
            var run = new GuardRun(new GuardSettings(0.005));
            foreach (var (n, f, nc, fc) in intervals)
            {
                run.Wait(TimeSpan.FromSeconds(15), new(n, f, nc, fc));
                Assert.True(run.State.Counts.Bad <= run.State.Counts.Total);
                Assert.True(run.State.Counts.ControlBad <= run.State.Counts.ControlTotal);
            }
            Assert.Equal(intervals.Sum(i => i.Item2), run.State.Counts.Bad + run.State.CarriedBad);
            Assert.Equal(intervals.Sum(i => i.Item4), run.State.Counts.ControlBad + run.State.CarriedControlBad);
        });

    /// <summary>Every outcome of a few small intervals at exactly the tolerated rate, weighed by its probability.</summary>
    [Theory]
    [InlineData(0.01)]
    [InlineData(0.2)]
    [InlineData(0.5)]
    public void Expectation_ObjectiveJustHeld_IsAtMostWhatWasStaked(double tolerance)
    {
        var settings = new GuardSettings(tolerance);
        var (g, br) = (0.0, 0.0);
        Enumerate(depth: 3, events: 3, rate: tolerance, (history, probability) =>
        {
            var run = new GuardRun(settings, TimeSpan.FromHours(1));
            foreach (var bad in history)
                run.Feed(1, 3, bad);
            var evidence = Guard.Evidence(run.State);
            g += probability * Math.Exp(evidence.G);
            br += probability * Math.Exp(evidence.BR ?? double.NegativeInfinity);
        });
        var staked = 0.5 + 0.5 * 3 / 720;
        Assert.Equal(staked, g, 1e-9);
        Assert.Equal(tolerance < 0.6 ? staked : 0, br, 1e-9);
    }

    /// <summary>Two-sided traffic at one shared rate, however high: failures split as the traffic does.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(1, 3)]
    public void ExpectationC1_BothSidesFailAlike_IsAtMostWhatWasStaked(int total, int control)
    {
        foreach (var rate in new[] { 0.05, 0.5, 0.99, 1 })
        {
            var sum = 0.0;
            Enumerate(depth: 2, events: total, rate, (treatment, p) => Enumerate(2, control, rate, (fallback, q) =>
            {
                var run = new GuardRun(new GuardSettings(0.01));
                for (var i = 0; i < 2; i++)
                    run.Feed(1, total, treatment[i], control, fallback[i]);
                sum += p * q * Math.Exp(Guard.Evidence(run.State).C1!.Value);
            }));
            Assert.True(sum <= 0.5 + 0.5 / 720 + 1e-9, $"{rate}: {sum}");
        }
    }

    private static void Enumerate(int depth, int events, double rate, Action<int[], double> visit)
    {
        var outcomes = (int)Math.Pow(events + 1, depth);
        for (var code = 0; code < outcomes; code++)
        {
            var (history, probability, rest) = (new int[depth], 1.0, code);
            for (var i = 0; i < depth; i++, rest /= events + 1)
            {
                history[i] = rest % (events + 1);
                probability *= Binomial(events, history[i], rate);
            }
            visit(history, probability);
        }
    }

    private static double Binomial(int n, int k, double p) =>
        Enumerable.Range(1, k).Aggregate(1.0, (ways, i) => ways * (n - k + i) / i) * Math.Pow(p, k) * Math.Pow(1 - p, n - k);
}
