using ReleaseTracks.Client.Evaluation;
using ReleaseTracks.Client.Objectives;
using ReleaseTracks.Objectives;

namespace ReleaseTracks.Demo.SampleApp;

/// <summary>What one user was served; no content means that it failed.</summary>
internal sealed record Served<T>(Assignment? Assignment, T? Content)
    where T : class;

/// <summary>
/// The one place where the sample app decides by variant and measures what came of it. Availability: it came at all.
/// Latency: it came in time (the decision what to serve not included). Quality: it is what the page promises.
/// </summary>
internal sealed class FeatureServing(ITrackEvaluator tracks, IOutcomes outcomes, ServedLog served)
{
    public async Task<Served<T>> ServeAsync<T>(DemoFeature feature, HttpContext http, T plain, Func<Task<T>> special, Func<T, bool> isGood)
        where T : class
    {
        if (await tracks.EvaluateAsync(feature.Key, http) is not { } result)
            return new(null, plain);
        var assignment = Assignment.Of(result, feature);
        served.Saw(feature, Reader.Of(http), assignment);
        try
        {
            var make = assignment.Variant == feature.Special ? special : () => Task.FromResult(plain);
            var content = await outcomes.TrackAsync(result, make, http.RequestAborted);
            outcomes.Record(result, Indicator.Quality, isGood(content));
            return new(assignment, content);
        }
        catch (Exception failed) when (!http.RequestAborted.IsCancellationRequested && failed is HttpRequestException or OperationCanceledException)
        {
            return new(assignment, null);
        }
    }
}
