using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement.FeatureFilters;
using ReleaseTracks.Client.Features;
using ReleaseTracks.Client.Snapshots;
using ReleaseTracks.Client.Tracks;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Tracks;

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
        var caller = await WhoAsync(http);
        var result = await EvaluateAsync(feature, caller.User, caller.Organisation);
        if (result is not null)
            AiServed.Note(http, result);
        return result;
    }

    public IReadOnlyList<Result> EvaluateAll(string? user, string? organisation = null)
    {
        var snapshot = snapshots.Current;
        return All(snapshot, tracks.Now(snapshot, user, organisation), user);
    }

    public async ValueTask<IReadOnlyList<Result>> EvaluateAllAsync(string? user, string? organisation)
    {
        var track = await tracks.SoonAsync(snapshots.Current, user, organisation);
        return All(snapshots.Current, track, user);
    }

    public async ValueTask<IReadOnlyList<Result>> EvaluateAllAsync(HttpContext http)
    {
        var caller = await WhoAsync(http);
        var results = await EvaluateAllAsync(caller.User, caller.Organisation);
        foreach (var result in results)
            AiServed.Note(http, result);
        return results;
    }

    private static Result[] All(ClientSnapshot snapshot, TrackKey track, string? user)
    {
        var results = new Result[snapshot.State.Served.Length];
        Evaluator.EvaluateAll(snapshot.State, track, user, results);
        return results;
    }

    private static ValueTask<Caller> WhoAsync(HttpContext http) =>
        ((TrackTargeting)http.RequestServices.GetRequiredService<ITargetingContextAccessor>()).WhoAsync();
}
