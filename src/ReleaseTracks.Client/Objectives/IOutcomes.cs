using ReleaseTracks.Evaluation;
using ReleaseTracks.Objectives;

namespace ReleaseTracks.Client.Objectives;

/// <summary>
/// What came of serving a feature, which is what its objectives are judged by. Count the fallback too: it is the control
/// group that tells a bad feature from a bad day. Counting never throws and never waits for the server.
/// </summary>
public interface IOutcomes
{
    /// <summary>
    /// Runs a call for the user of the current request and counts its availability (it returned) and latency (in time,
    /// <see cref="ReleaseTracksOptions.InTime"/>; counted only where it returned). An exception is a bad outcome and
    /// passes through; a caller that went away is none. An unknown feature is not counted.
    /// </summary>
    /// <typeparam name="T">What the call returns.</typeparam>
    /// <param name="feature">Key of the feature.</param>
    /// <param name="call">The call, such as one to a model.</param>
    /// <returns>What the call returned.</returns>
    Task<T> TrackAsync<T>(string feature, Func<Task<T>> call);

    /// <summary>As above, for what an <c>ITrackEvaluator</c> said is served.</summary>
    /// <typeparam name="T">What the call returns.</typeparam>
    /// <param name="served">What was served; null counts nothing.</param>
    /// <param name="call">The call.</param>
    /// <param name="cancel">Cancelled when the caller went away; then nothing is counted.</param>
    /// <returns>What the call returned.</returns>
    Task<T> TrackAsync<T>(Result? served, Func<Task<T>> call, CancellationToken cancel);

    /// <summary>Counts one outcome, such as the quality of an answer.</summary>
    /// <param name="served">What was served; null counts nothing.</param>
    /// <param name="indicator">What the outcome says something about.</param>
    /// <param name="good">Whether it was as promised.</param>
    void Record(Result? served, Indicator indicator, bool good);
}
