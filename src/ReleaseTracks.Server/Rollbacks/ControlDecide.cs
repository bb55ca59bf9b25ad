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
        Depart(measure, state, now);
        foreach (var spec in measure.Rows)
            rows.Add(Decide(spec, measure, state, increments, now));
        state.Blind.Retain(measure.Rows.Select(row => row.Key).ToHashSet());
        return rows.ToImmutable();
    }

    private static BudgetRow Decide(RowSpec spec, ControlMeasure measure, ControlState state, List<SliDelta> increments, DateTimeOffset now)
    {
        var settings = spec.Settings;
        var row = Resume(spec, state, settings, now);
        var seen = measure.Of(spec);
        var counts = measure.Counts.Of(spec);
        var any = counts.Total > 0 || counts.Bad > 0;
        if (any)
        {
            state.History.Add(spec.Key, now, counts.Total, counts.Bad);
            increments.Add(new(spec.Key, now, counts.Total, counts.Bad));
        }

        // Since the last time something was seen, which the store knows: a restart must not hide how long it has been.
        state.Blind.Update(spec.Key, seen.IsBlind, spec.Acted ? now : row.Guard.LastObserved);

        // After a rollback the window's evidence is closed: what still trickles in was decided before it. Events that
        // were counted late are evidence although the data is stale by now; they will not be counted again.
        if (!spec.Acted && (!seen.IsBlind || any))
            Guard.Observe(row.Guard, settings, counts, now);

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

    /// <summary>
    /// A feature that left a track (killed, archived, not released any more) takes the track's evidence with it: what it
    /// did must not count against those that stay. Being rolled back is in the epoch; such a feature keeps its rows.
    /// </summary>
    private static void Depart(ControlMeasure measure, ControlState state, DateTimeOffset now)
    {
        var present = measure.Rows.Select(row => (row.Key.Feature, row.Key.Track)).ToHashSet();
        var left = state.Rows.Keys.Where(key => !present.Contains((key.Feature, key.Track))).Select(key => key.Track).ToHashSet();
        foreach (var spec in measure.Rows.Where(row => row.Key.Feature is null && left.Contains(row.Key.Track)))
        {
            if (state.Rows.TryGetValue(spec.Key, out var row))
                row.Guard = Guard.Renew(row.Guard, spec.Settings, now, row.Guard.Epoch, WindowEnd.FeatureLeft);
        }
    }

    /// <summary>The guard to go on with. A new epoch ends the evidence; a cleared rollback also begins a new budget.</summary>
    private static ControlRow Resume(RowSpec spec, ControlState state, GuardSettings settings, DateTimeOffset now)
    {
        var counted = spec.Objective.CountedFingerprint;
        if (!state.Rows.TryGetValue(spec.Key, out var row))
            return state.Rows[spec.Key] = new(Guard.Start(settings, now, spec.Epoch), counted, null);
        var isNew = row.Guard.Epoch < spec.Cleared || row.Counted != counted;
        row.Guard = Guard.Resume(row.Guard, settings, now, spec.Epoch);
        if (isNew)
        {
            row.Counted = counted;
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
}

/// <summary>Treatment events of one row to add to its minute and hour.</summary>
public readonly record struct SliDelta(RowKey Key, DateTimeOffset At, long Total, long Bad);
