using ReleaseTracks.Rollbacks;
using ReleaseTracks.Server.Snapshots;

namespace ReleaseTracks.Server.Rollbacks;

/// <summary>
/// Closes the loop on every rollback: the evaluator must serve the fallback, and in an interval that began after the
/// commit nobody may have been served anything else. Until then it is committed, not verified; when it takes too long
/// it is an alarm. (A tool that says "rolled back" while the rule stays is worse than none.)
/// </summary>
public sealed partial class RollbackVerifier(
    RollbackService rollbacks, SnapshotHolder snapshots, StaleLimit stale, ILogger<RollbackVerifier> logger)
{
    public async Task VerifyAsync(ControlMeasure measure, ControlOptions options, DateTimeOffset now, CancellationToken cancel)
    {
        foreach (var rollback in snapshots.Current.Rollbacks.Open.Where(one => one.State is RollbackState.Committed or RollbackState.Unverified))
        {
            var heard = LastHeard(rollback, measure);
            var open = WhyOpen(rollback, measure) ?? (IsConclusive(rollback, measure, heard, now) ? null : "nothing was reported since");
            if (open is null)
            {
                await rollbacks.VerifiedAsync(rollback.Id, Found(heard > rollback.At), cancel);
                Log.Verified(logger, rollback.Id);
            }
            else if (rollback.State == RollbackState.Committed && now - rollback.At > options.VerifyWithinSpan)
            {
                await rollbacks.UnverifiedAsync(rollback.Id, open, cancel);
                Log.Unverified(logger, rollback.Id, open);
            }
        }
    }

    private static string Found(bool heard) => heard
        ? "The evaluator serves the fallback, and the traffic since shows no other variant."
        : "The evaluator serves the fallback; no traffic was reported since.";

    /// <summary>Null when nothing speaks against the rollback holding.</summary>
    private string? WhyOpen(RollbackRecord rollback, ControlMeasure measure)
    {
        var state = snapshots.Current;
        if (rollback.Features.FirstOrDefault(key => state.FindUnarchived(key)?.Exposes(rollback.Track) == true) is { } exposed)
            return $"the evaluator still serves more than the fallback of {exposed}";
        if (!measure.IsGood)
            return $"the traffic could not be measured: {measure.Reading.Fault}";
        if (measure.Began is not { } began || began < rollback.At)
            return "no whole interval has passed since";
        return rollback.Features.FirstOrDefault(key => measure.Counts.AnyTreatment(key, rollback.Track)) is { } served
            ? $"clients are still served more than the fallback of {served}"
            : null;
    }

    /// <summary>
    /// An interval proves something only if somebody reported in it: where the source is read more often than it is fed,
    /// most intervals are empty whatever is served. When reports stay away until they would be stale, there is no traffic.
    /// </summary>
    private bool IsConclusive(RollbackRecord rollback, ControlMeasure measure, DateTimeOffset? heard, DateTimeOffset now) =>
        heard > measure.Began || now - (heard > rollback.At ? heard.Value : rollback.At) > stale.Limit;

    /// <summary>When the features last reported anything at all on the track.</summary>
    private static DateTimeOffset? LastHeard(RollbackRecord rollback, ControlMeasure measure) => measure.Reading.Ages
        .Where(age => age.Key.Track == rollback.Track && rollback.Features.Contains(age.Key.Feature, StringComparer.Ordinal))
        .Select(age => (DateTimeOffset?)(measure.Reading.At - age.Value))
        .Max();

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Rollback {Rollback} is verified")]
        public static partial void Verified(ILogger logger, string rollback);

        [LoggerMessage(Level = LogLevel.Critical, Message = "Rollback {Rollback} is not verified: {Reason}")]
        public static partial void Unverified(ILogger logger, string rollback, string reason);
    }
}
