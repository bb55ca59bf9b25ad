using ReleaseTracks.Evaluation;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Demo.SampleApp;

/// <summary>
/// What one user gets of one feature. Without a variant (killed) the plain path is served. The disclosure belongs where
/// the AI is at work: on the plain path there is none.
/// </summary>
internal sealed record Assignment(string Track, string Variant, string Cause, string? Disclosure)
{
    public static Assignment Of(Result result, DemoFeature feature) => new(
        result.Track.Wire(), result.Variant?.Name ?? feature.Fallback, result.Cause.Wire(), result.IsFallback ? null : result.Feature.Disclosure?.Text);
}
