using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Server.Alerts;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Server.Prometheus;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Rollbacks;

/// <summary>
/// One round: measure → decide → remember → act. What was decided is stored before anybody acts on it or sees it, so
/// that a crash in between repeats the act, which is idempotent, and never forgets a proof.
/// </summary>
public sealed partial class ControlTick(
    IOutcomeSource source,
    ControlMemory memory,
    SnapshotHolder snapshots,
    RollbackService rollbacks,
    RollbackVerifier verifier,
    AlertRecorder alerts,
    BudgetBoard board,
    BudgetTrends trends,
    IOptions<ControlOptions> options,
    StaleLimit stale,
    TimeProvider time,
    ILogger<ControlTick> logger)
{
    private ControlState? state;

    /// <summary>Forget what was remembered: another server leads, or a write failed.</summary>
    public void Reset() => state = null;

    /// <returns>False if the lease was lost; nothing was changed then.</returns>
    public async Task<bool> RunAsync(LeaseToken lease, CancellationToken cancel)
    {
        state ??= await memory.LoadAsync(time.GetUtcNow());
        var working = state;
        // Only kept if the round succeeds: memory must not run ahead of the store.
        state = null;
        var reading = await source.ReadAsync(cancel);
        var now = time.GetUtcNow();
        // The snapshot after the reading: counts of a feature that came in between would belong to no row and be lost.
        var measure = ControlMeasure.Take(snapshots.Current, reading, working, stale.Limit);
        var rows = trends.Change(working.History, () => ControlDecide.Decide(measure, working, now));
        if (!await memory.CommitAsync(lease, working, rows.Select(row => row.Key).ToHashSet(), now))
            return false;
        state = working;
        foreach (var diagnostic in reading.Diagnostics)
            Log.Diagnostic(logger, diagnostic);

        board.Publish(rows, now, options.Value.IntervalSpan);
        await ActAsync(rows, working, now, cancel);
        await verifier.VerifyAsync(measure, options.Value, now, cancel);
        await alerts.RecordAsync(AlertConditions.Of(rows, working.Blind, now), cancel);
        return trends.Change(working.History, () =>
        {
            working.History.Trim(now);
            return true;
        });
    }

    /// <summary>
    /// For a server that does not lead: the same judgement from the leader's stored state and a reading of its own, so
    /// that its pages show the budgets too. Writes nothing and acts on nothing.
    /// </summary>
    public async Task ShowAsync(CancellationToken cancel)
    {
        var shown = await memory.LoadAsync(time.GetUtcNow());
        var reading = await source.ReadAsync(cancel);
        var now = time.GetUtcNow();
        var measure = ControlMeasure.Take(snapshots.Current, reading, shown, stale.Limit);
        board.Publish(trends.Change(shown.History, () => ControlDecide.Decide(measure, shown, now)), now, options.Value.IntervalSpan);
    }

    private async Task ActAsync(ImmutableArray<BudgetRow> rows, ControlState working, DateTimeOffset now, CancellationToken cancel)
    {
        foreach (var rollback in ControlPlan.Of(rows, snapshots.Current, working, now))
        {
            var appended = await rollbacks.CommitAsync(rollback, cancel);
            if (appended.Entry is null)
                continue;
            var (track, cause) = (rollback.Track.Wire(), rollback.Cause.Wire());
            Log.RolledBack(logger, rollback.Id, rollback.Features.Length, track, cause, appended.Entry.Seq);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Critical, Message = "Rollback {Rollback}: {Features} feature(s) on {Track} ({Cause}), revision {Revision}")]
        public static partial void RolledBack(
            ILogger logger, string rollback, int features, string track, string cause, long revision);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Measuring: {Diagnostic}")]
        public static partial void Diagnostic(ILogger logger, string diagnostic);
    }
}

/// <summary>Data older than this is stale; what counts depends on where it is read from.</summary>
public sealed record StaleLimit(TimeSpan Limit);
