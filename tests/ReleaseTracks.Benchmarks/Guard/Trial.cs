using ReleaseTracks.Objectives;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Benchmarks;

/// <summary>
/// One release under one scenario, judged by both rules at once; ours is the product's own code. The budget is left
/// out (unknown), so that what is measured is the guard alone and not the backstop.
/// </summary>
internal sealed class Trial
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Scenario scenario;
    private readonly Traffic[] traffic;
    private readonly Objective objective;
    private readonly GuardSettings settings;

    public Trial(Scenario scenario)
    {
        this.scenario = scenario;
        traffic = [.. scenario.Phases.Select(phase => new Traffic(scenario, phase))];
        objective = new Objective { Id = "availability", Indicator = Indicator.Availability, Target = scenario.Target };
        settings = GuardSettings.For(objective);
    }

    public TrialResult Run(ulong seed)
    {
        var random = new SplitMix(seed);
        var (guard, rule) = (Guard.Start(settings, Start, epoch: 0), new BurnRateRule(settings.Tolerance));
        int? ours = null, theirs = null;
        var (elapsed, fault) = (0, 0);
        for (var phase = 0; phase < traffic.Length; phase++)
        {
            if (phase == scenario.FaultPhase)
                fault = elapsed;
            var intervals = scenario.Phases[phase].Intervals;
            if (phase == 0 && scenario.RandomFaultMinute)
                intervals += random.Below(240);
            for (var i = 0; i < intervals; i++)
            {
                var counts = traffic[phase].Draw(ref random);
                elapsed++;
                if (theirs is null && rule.Fires(counts.Total, counts.Bad))
                    theirs = elapsed;
                if (ours is null && RollsBack(guard, counts, Start.AddSeconds(elapsed * Scenario.IntervalSeconds)))
                    ours = elapsed;
                if (ours is not null && theirs is not null)
                    return new(theirs - fault, ours - fault);
            }
        }
        return new(theirs - fault, ours - fault);
    }

    private bool RollsBack(GuardState guard, IntervalCounts counts, DateTimeOffset now)
    {
        Guard.Observe(guard, settings, counts, now);
        // The sentences are only worth writing where the decision can be a rollback.
        return guard.ProvenAt is not null && RowDecision.Decide(
            new RowInputs { Objective = objective, Track = TrackKey.Ai, Guard = guard, Settings = settings }, now).Action == BreachAction.Rollback;
    }
}
