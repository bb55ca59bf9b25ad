using ReleaseTracks.Objectives;

namespace ReleaseTracks.Benchmarks;

/// <summary>Draws interval counts: good and bad events are independent Poisson numbers, which is thinned Poisson traffic.</summary>
internal sealed class Traffic
{
    private const double MeanBurst = 12.5;

    private readonly PoissonTable good, bad, controlGood, controlBad;
    private readonly double burstChance;
    private readonly bool hasControl;

    public Traffic(Scenario scenario, Phase phase)
    {
        var (events, control) = (scenario.Rate * Scenario.IntervalSeconds, scenario.ControlRate * Scenario.IntervalSeconds);
        var (share, controlShare) = (Share(scenario, phase.Multiple), Share(scenario, phase.ControlMultiple));
        burstChance = scenario.Bursts ? events * share / MeanBurst : 0;
        hasControl = control > 0;
        good = new PoissonTable(events * (scenario.Bursts ? 1 : 1 - share));
        bad = new PoissonTable(scenario.Bursts ? 0 : events * share);
        controlGood = new PoissonTable(control * (1 - controlShare));
        controlBad = new PoissonTable(control * controlShare);
    }

    public IntervalCounts Draw(ref SplitMix random)
    {
        long goods = good.Draw(ref random), bads = bad.Draw(ref random);
        if (burstChance > 0)
        {
            // A burst takes the place of good events; where there are fewer than it needs, it is the whole interval.
            bads = random.Uniform() < burstChance ? 5 + random.Below(16) : 0;
            goods = Math.Max(0, goods - bads);
        }
        if (!hasControl)
            return new(goods + bads, bads, 0, 0);
        long controlBads = controlBad.Draw(ref random);
        return new(goods + bads, bads, controlGood.Draw(ref random) + controlBads, controlBads);
    }

    private static double Share(Scenario scenario, double multiple) => Math.Min(1, multiple * (1 - scenario.Target));
}
