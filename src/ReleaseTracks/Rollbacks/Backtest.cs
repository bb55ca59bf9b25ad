using System.Collections.Immutable;
using ReleaseTracks.Objectives;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Rollbacks;

/// <summary>The verdict from this second on: the time of the row that brought it, or of the first row that is missing.</summary>
public sealed record BacktestChange(double Seconds, RowDecision Decision, GuardEvidence Evidence);

public sealed record BacktestResult(ImmutableArray<BacktestChange> Changes, Verdict Final, double? RollbackAtSeconds);

/// <summary>Replays recorded counts through the guard and the decision that run in production.</summary>
/// <remarks>
/// <para>An interval with a row whose total is empty, and one without a row, could not be measured: <c>Error</c>,
/// nothing changes, and the time counts as blind. A row whose total is 0 is idle, which is a measurement.</para>
/// <para>The budget is reckoned over the whole recording, projected to the window while the recording is shorter.</para>
/// <para>The recording plays on after a rollback, as if nobody had acted on it: it is history and cannot change.</para>
/// </remarks>
public static class Backtest
{
    private static readonly DateTimeOffset Epoch = DateTimeOffset.UnixEpoch;

    /// <param name="objective">Judged as on the AI track, so that its breach action defaults to a rollback.</param>
    /// <param name="interval">How long each row covers.</param>
    /// <param name="rows">In rising order of their seconds.</param>
    public static BacktestResult Run(Objective objective, TimeSpan interval, IReadOnlyList<BacktestRow> rows)
    {
        if (interval <= TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(interval), interval, "The interval must be longer than nothing.");
        var replay = new Replay(objective, interval, At(rows.Count == 0 ? 0 : rows[0].Seconds) - interval);
        foreach (var row in rows)
            replay.Play(row);
        return replay.Result();
    }

    private static DateTimeOffset At(double seconds) => Epoch + TimeSpan.FromSeconds(seconds);

    private sealed class Replay(Objective objective, TimeSpan interval, DateTimeOffset start)
    {
        private readonly GuardSettings settings = GuardSettings.For(objective);
        private readonly GuardState guard = Guard.Start(GuardSettings.For(objective), start, epoch: 0);
        private readonly ImmutableArray<BacktestChange>.Builder changes = ImmutableArray.CreateBuilder<BacktestChange>();
        private DateTimeOffset last = start;
        private DateTimeOffset? blindSince;
        private TimeSpan observed;
        private long total, bad;
        private double? rollbackAt;

        public void Play(BacktestRow row)
        {
            var now = At(row.Seconds);
            // Half an interval of jitter is a late poll; more is a row that is missing.
            if (now - last > interval * 1.5)
                Judge(Freshness.NoData, last + interval);
            last = now;
            if (row.Counts is { } counts)
                Measure(counts, now);
            Judge(row.Counts is not { } seen ? Freshness.NoData : seen.Total == 0 ? Freshness.Idle : Freshness.Fresh, now);
        }

        public BacktestResult Result() =>
            new(changes.ToImmutable(), changes.Count == 0 ? Verdict.Error : changes[^1].Decision.Verdict, rollbackAt);

        private void Measure(IntervalCounts counts, DateTimeOffset now)
        {
            Guard.Observe(guard, settings, counts, now);
            observed += interval;
            total += counts.Total;
            bad += counts.Bad;
        }

        private void Judge(Freshness freshness, DateTimeOffset now)
        {
            blindSince = freshness is Freshness.Fresh or Freshness.Idle ? null : blindSince ?? now - interval;
            var decision = RowDecision.Decide(Inputs(freshness), now);
            var seconds = (now - Epoch).TotalSeconds;
            if (decision.Action == BreachAction.Rollback)
                rollbackAt ??= seconds;
            if (changes.Count == 0 || changes[^1].Decision is var before && (before.Verdict, before.Cause) != (decision.Verdict, decision.Cause))
                changes.Add(new(seconds, decision, Guard.Evidence(guard)));
        }

        private RowInputs Inputs(Freshness freshness) => new()
        {
            Objective = objective,
            Track = TrackKey.Ai,
            Guard = guard,
            Settings = settings,
            Freshness = freshness,
            BlindSince = blindSince,
            BudgetSpent = ErrorBudget.Spent(bad, total, observed, objective.Window, objective.Target),
        };
    }
}
