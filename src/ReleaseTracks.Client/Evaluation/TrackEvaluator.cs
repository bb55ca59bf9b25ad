using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement.FeatureFilters;
using ReleaseTracks.Client.Features;
using ReleaseTracks.Client.Snapshots;
using ReleaseTracks.Client.Tracks;
using ReleaseTracks.Evaluation;

namespace ReleaseTracks.Client.Evaluation;

internal sealed class TrackEvaluator(SnapshotState snapshots, UserTracks tracks) : ITrackEvaluator
{
    public Result? Evaluate(string feature, string? user, string? organisation = null)
    {
        var snapshot = snapshots.Current;
        return snapshot.State.FindServed(feature) is { } model ? Evaluator.Evaluate(model, tracks.Now(snapshot, user, organisation), user) : null;
    }

    public async ValueTask<Result?> EvaluateAsync(string feature, string? user, string? organisation)
    {
        var snapshot = snapshots.Current;
        if (snapshot.State.FindServed(feature) is null)
            return null;
        var track = await tracks.SoonAsync(snapshot, user, organisation);
        // Again: a rollback that came while waiting counts.
        return snapshots.Current.State.FindServed(feature) is { } model ? Evaluator.Evaluate(model, track, user) : null;
    }

    public async ValueTask<Result?> EvaluateAsync(string feature, HttpContext http)
    {
        var targeting = (TrackTargeting)http.RequestServices.GetRequiredService<ITargetingContextAccessor>();
        var caller = await targeting.WhoAsync();
        var result = await EvaluateAsync(feature, caller.User, caller.Organisation);
        if (result is not null)
            AiServed.Note(http, result);
        return result;
    }
}
