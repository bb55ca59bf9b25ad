using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Server.Tracks;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Ofrep;

/// <summary>
/// The track somebody is evaluated on. When the store does not answer in time, a user whose enrollment is not cached
/// is treated as one who made no choice: the product goes on, and nobody gets more than they chose.
/// </summary>
public sealed partial class OfrepTracks(EnrollmentService enrollments, SnapshotHolder snapshots, TimeProvider time, ILogger<OfrepTracks> logger)
{
    /// <summary>Longer ids cannot enrol, so nothing is looked up for them.</summary>
    private const int LongestUserId = 256;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);
    private long complainedAt;

    public ValueTask<TrackKey> FindAsync(OfrepContext context)
    {
        if (context.TargetingKey is { Length: > LongestUserId })
            return ValueTask.FromResult(WithoutChoice(context));
        var found = enrollments.TrackAsync(context.TargetingKey, context.Organisation);
        return found.IsCompletedSuccessfully ? found : WaitAsync(found, context);
    }

    private async ValueTask<TrackKey> WaitAsync(ValueTask<TrackKey> found, OfrepContext context)
    {
        try
        {
            return await found.AsTask().WaitAsync(Patience, time);
        }
        catch (Exception lost) when (lost is TimeoutException || StoreFaults.IsUnavailable(lost))
        {
            Complain(lost);
            return WithoutChoice(context);
        }
    }

    private TrackKey WithoutChoice(OfrepContext context) =>
        EnrollmentRules.Effective(snapshots.Current, context.TargetingKey!, Enrollment.None, context.Organisation).Track;

    /// <summary>A lost store fails every request; one line in ten seconds says it.</summary>
    private void Complain(Exception cause)
    {
        var now = time.GetTimestamp();
        var last = Interlocked.Read(ref complainedAt);
        if ((last == 0 || time.GetElapsedTime(last, now) > Quiet) && Interlocked.CompareExchange(ref complainedAt, now, last) == last)
            Log.Unknown(logger, cause);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Enrollments cannot be read; users who are not cached are served as if they made no choice")]
        public static partial void Unknown(ILogger logger, Exception cause);
    }
}
