using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.FeatureManagement.FeatureFilters;
using ReleaseTracks.Client.Snapshots;
using ReleaseTracks.Features;

namespace ReleaseTracks.Client.Tracks;

/// <summary>Who is asking, and in which organisation.</summary>
internal readonly record struct Caller(string? User, string? Organisation);

/// <summary>
/// The targeting context of the app, its own or that of the signed-in user, with the user's track as a group. Not kept
/// for the length of a request: a Blazor circuit is one request, and lasts for hours.
/// </summary>
internal sealed class TrackTargeting(
    ITargetingContextAccessor? inner, IHttpContextAccessor requests, SnapshotState snapshots, UserTracks tracks, IOptions<ReleaseTracksOptions> options)
    : ITargetingContextAccessor
{
    public async ValueTask<TargetingContext> GetContextAsync()
    {
        var given = inner is null ? null : await inner.GetContextAsync();
        var caller = Who(given);
        var snapshot = snapshots.Current;
        var track = await tracks.SoonAsync(snapshot, caller.User, caller.Organisation);
        var groups = TargetingGroups.Of(snapshot.SplitDifferently, track, caller.User);
        return new() { UserId = caller.User, Groups = [.. given?.Groups ?? [], .. groups] };
    }

    public async ValueTask<Caller> WhoAsync() => Who(inner is null ? null : await inner.GetContextAsync());

    private Caller Who(TargetingContext? given)
    {
        var http = requests.HttpContext;
        var user = http is not null && options.Value.User is { } chosen ? chosen(http)
            : inner is not null ? given?.UserId : SignedIn(http);
        return new(user, http is null ? null : options.Value.Organisation(http));
    }

    private static string? SignedIn(HttpContext? http) => http?.User.Identity is { IsAuthenticated: true } identity ? identity.Name : null;
}
