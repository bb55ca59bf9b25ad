using System.Collections.Immutable;
using ReleaseTracks.Objectives;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Rollbacks;

/// <summary>
/// Which rollbacks a set of judged rows asks for. A feature that failed by itself goes first; a track-wide failure is
/// looked at only when no feature of the track failed on its own in the same tick.
/// </summary>
public static class ControlPlan
{
    public static IReadOnlyList<RollbackRecord> Of(ImmutableArray<BudgetRow> rows, Snapshot snapshot, ControlState state, DateTimeOffset now)
    {
        var failed = rows.Where(row => row is { Verdict: Verdict.Failed, Action: BreachAction.Rollback, RolledBack: false }).ToArray();
        var features = failed.Where(row => row.Key.Feature is not null)
            .GroupBy(row => (row.Key.Feature, row.Key.Track))
            .Select(group => Feature(Strongest(group), now))
            .ToList();
        var tracks = failed.Where(row => row.Key.Feature is null && features.All(feature => feature.Track != row.Key.Track))
            .GroupBy(row => row.Key.Track)
            .Select(group => Track(Strongest(group), snapshot, state, now))
            .OfType<RollbackRecord>();
        return [.. features, .. tracks];
    }

    private static BudgetRow Strongest(IEnumerable<BudgetRow> rows) =>
        rows.OrderBy(row => row.ProvenAt ?? DateTimeOffset.MaxValue).ThenByDescending(row => row.Evidence?.G).First();

    private static RollbackRecord Feature(BudgetRow row, DateTimeOffset now) => Record(row, now) with { Features = [row.Key.Feature!] };

    /// <summary>Null when the features already out explain the failure: then there is nothing left to roll back.</summary>
    private static RollbackRecord? Track(BudgetRow row, Snapshot snapshot, ControlState state, DateTimeOffset now)
    {
        var since = row.Cause == RollbackCause.BreachProven ? row.RisingSince : row.BudgetSince;
        var counts = snapshot.Served
            .Where(feature => feature.Exposes(row.Key.Track) || feature.IsRolledBack(row.Key.Track))
            .Select(feature =>
            {
                var (total, bad) = state.History.Sum(row.Key with { Feature = feature.Config.Key }, since ?? now, now + TimeSpan.FromMinutes(1));
                return new FeatureCounts(feature.Config.Key, total, bad, !feature.Exposes(row.Key.Track));
            })
            .ToArray();
        if (row.Cause == RollbackCause.BudgetExhausted && !SpentByThoseThatServe(row, counts))
            return null;
        var ranking = TrackRanking.Choose(counts, row.Objective.Tolerance);
        var chosen = ranking.Where(rank => rank.RolledBack).Select(rank => rank.Feature).ToImmutableArray();
        return chosen.IsEmpty ? null : Record(row, now) with { WholeTrack = true, Features = chosen, Ranking = ranking };
    }

    /// <summary>
    /// Whether the features that still serve have spent the budget by themselves. What others spent before they were taken
    /// out, or before their rollback was cleared, is gone for the track, but no reason to roll back the next one that has
    /// a bad minute.
    /// </summary>
    private static bool SpentByThoseThatServe(BudgetRow row, IEnumerable<FeatureCounts> counts) =>
        (1 - row.Remaining) * counts.Where(one => !one.IsOut).Sum(one => one.Bad) >= row.Bad;

    private static RollbackRecord Record(BudgetRow row, DateTimeOffset now) => new()
    {
        Id = Secrets.Id("rb_"),
        Features = [],
        Track = row.Key.Track,
        At = now,
        Cause = row.Cause ?? RollbackCause.BreachProven,
        Objective = row.Key.Objective,
        Reasons = row.Reasons,
        Evidence = row.Evidence,
        Counts = row.Counts,
        Trail = row.Trail,
        RisingSince = row.Cause == RollbackCause.BreachProven ? row.RisingSince : null,
        ProvenAt = row.ProvenAt,
        Actor = RollbackService.ControlLoop,
    };
}
