using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Plans.Rules;

/// <summary>A rollback that a plan takes away from one feature, or from a track as a whole.</summary>
internal readonly record struct LiftedRollback(string What, TrackKey Track, string Rollback);

internal static class Lifted
{
    public static IEnumerable<LiftedRollback> Of(Snapshot before, Snapshot after)
    {
        foreach (var key in Touched.Features(before, after))
        {
            if (before.Find(key) is not { } was)
                continue;
            var kept = after.Find(key)?.Switches.RolledBack;
            foreach (var (track, rollback) in was.Switches.RolledBack.Where(one => kept?.ContainsKey(one.Key) != true))
                yield return new(key, track, rollback);
        }

        foreach (var (track, was) in before.Tracks.Where(track => track.Value.ClosedBy is not null && after.Tracks.GetValueOrDefault(track.Key)?.ClosedBy is null))
            yield return new($"The {track.Wire()} track", track, was.ClosedBy!);
    }
}
