using Prometheus;
using ReleaseTracks.Objectives;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Objectives;

/// <summary>
/// Counts reported outcomes: durably in the store, and then in this process's counters, so that Prometheus may add
/// several servers up.
/// </summary>
public sealed class OutcomeRecorder(OutcomeStore store, IMetricFactory metrics, TimeProvider time)
{
    private readonly Counter outcomes = metrics.CreateCounter(
        "releasetracks_outcomes_total",
        "Good and bad events reported to this server.",
        ["feature", "track", "variant", "indicator", "outcome"]);

    /// <returns>False if the batch had been counted before.</returns>
    public async Task<bool> RecordAsync(string batchId, IReadOnlyList<OutcomeCount> batch)
    {
        if (!await store.RecordAsync(batchId, batch, time.GetUtcNow()))
            return false;
        foreach (var outcome in batch)
        {
            Series(outcome, "good").Inc(outcome.Good);
            Series(outcome, "bad").Inc(outcome.Bad);
        }

        return true;
    }

    private Counter.Child Series(OutcomeCount outcome, string kind) =>
        outcomes.WithLabels(outcome.Feature, outcome.Track.Wire(), outcome.Variant, outcome.Indicator.Wire(), kind);
}
