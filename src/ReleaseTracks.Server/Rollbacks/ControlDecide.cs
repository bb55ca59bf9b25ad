using System.Collections.Immutable;
using ReleaseTracks.Objectives;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Server.Objectives;

namespace ReleaseTracks.Server.Rollbacks;

/// <summary>Judges every row of one measure and moves the evidence on. No I/O; the state is changed in place.</summary>
public static class ControlDecide
{
    public static ImmutableArray<BudgetRow> Decide(ControlMeasure measure, ControlState state, List<SliDelta> increments, DateTimeOffset now)
    {
        var rows = ImmutableArray.CreateBuilder<BudgetRow>(measure.Rows.Length);
        foreach (var spec in measure.Rows)
            rows.Add(Decide(spec, measure, state, increments, now));
        state.Blind.Retain(measure.Rows.Select(row => row.Key).ToHashSet());
        return rows.ToImmutable();
    }

    private static BudgetRow Decide(RowSpec spec, ControlMeasure measure, ControlState state, List<SliDelta> increments, DateTimeOffset now)
    {
        var settings = Settings(spec.Objective);
        var row = Resume(spec, state, settings, now);
        var seen = measure.Of(spec);
        var counts = measure.Counts.Of(spec);
        var any = counts.Total > 0 || counts.Bad > 0;
        if (any)
        {
            state.History.Add(spec.Key, now, counts.Total, counts.Bad);
            increments.Add(new(spec.Key, now, counts.Total, counts.Bad));
        }

        // Counts are evidence however late they come, as after a restart; without any, a blind row stands still. After a
        // rollback the window's evidence is closed: what still trickles in was decided before it.
        if ((any || !seen.IsBlind) && !spec.Acted)
            Guard.Observe(row.Guard, settings, counts, now);
        state.Blind.Update(spec.Key, seen.IsBlind, now);

        var notBefore = Later(now - spec.Objective.Window, row.BudgetSince);
        var (total, bad) = state.History.Sum(spec.Key, notBefore, now + TimeSpan.FromMinutes(1));
        var spent = state.History.ObservedSince(spec.Key, notBefore) is { } since
            ? ErrorBudget.Spent(bad, total, now - since, spec.Objective.Window, spec.Objective.Target)
            : null;
        var rates = BurnRates.Measure(state.History, spec.Key, now, spec.Objective.Target);
        var decision = RowDecision.Decide(
            new()
            {
                Objective = spec.Objective,
                Track = spec.Key.Track,
                Guard = row.Guard,
                Settings = settings,
                Freshness = seen.Freshness,
                BudgetSpent = spent,
                BlindSince = state.Blind.Since.TryGetValue(spec.Key, out var blind) ? blind : null,
                BurnRatePage = BurnRateAlerts.Evaluate(rates).Level == BurnAlertLevel.Page,
            },
            now);
        var evidence = Guard.Evidence(row.Guard);
        return new()
        {
            Key = spec.Key,
            Objective = spec.Objective,
            Good = Math.Max(0, total - bad),
            Bad = bad,
            Remaining = 1 - spent,
            BurnRates = rates,
            Verdict = decision.Verdict,
            Cause = decision.Cause,
            Action = decision.Action,
            Reasons = Reasons(decision.Reasons, seen),
            Evidence = new(evidence.G, evidence.BR, evidence.C1, settings.Threshold),
            Counts = new(row.Guard.Counts.Total, row.Guard.Counts.Bad, row.Guard.Counts.ControlTotal, row.Guard.Counts.ControlBad),
            ProvenAt = row.Guard.ProvenAt,
            RisingSince = row.Guard.RisingSince,
            BudgetSince = notBefore,
            Freshness = seen.Freshness,
            DataAt = seen.Age is { } age ? measure.Reading.At - age : null,
            SharedOutage = decision.SharedOutage,
            Page = decision.Page,
            FreezeWidening = decision.FreezeWidening,
            RolledBack = spec.Acted,
            SpentWindows = row.Guard.SpentCount,
        };
    }

    /// <summary>The guard to go on with. A new epoch ends the evidence; for a feature, it also begins a new budget.</summary>
    private static ControlRow Resume(RowSpec spec, ControlState state, GuardSettings settings, DateTimeOffset now)
    {
        if (!state.Rows.TryGetValue(spec.Key, out var row))
            return state.Rows[spec.Key] = new(Guard.Start(settings, now, spec.Epoch), null);
        var cleared = row.Guard.Epoch != spec.Epoch;
        row.Guard = Guard.Resume(row.Guard, settings, now, spec.Epoch);
        if (cleared && spec.Key.Feature is not null)
        {
            row.BudgetSince = now;
            state.History.Restart(spec.Key, now);
        }

        return row;
    }

    private static ImmutableArray<string> Reasons(ImmutableArray<string> reasons, RowMeasurement seen)
    {
        if (seen.Reason is { } reason)
            reasons = reasons.Add($"Measurement: {reason}.");
        return seen.Warning is { } warning ? reasons.Add($"Check the set-up: {warning}.") : reasons;
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset? b) => b is { } other && other > a ? other : a;

    private static GuardSettings Settings(Objective objective) => GuardSettings.For(objective);
}

/// <summary>Treatment events of one row to add to its minute and hour.</summary>
public readonly record struct SliDelta(RowKey Key, DateTimeOffset At, long Total, long Bad);
