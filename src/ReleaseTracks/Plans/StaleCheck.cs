using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Plans;

/// <summary>
/// Whether a plan still says what it will do. The base may have moved, as long as nothing the plan touches did:
/// the releases of one feature depend on each other, so the resource is the whole feature.
/// </summary>
public static class StaleCheck
{
    /// <summary>Null when the plan may be applied; otherwise what moved.</summary>
    public static string? Find(Plan plan, Snapshot state)
    {
        foreach (var resource in plan.Changes.Select(change => change.Resource).Distinct(StringComparer.Ordinal))
        {
            var moved = ChangedAt(resource, state);
            if (moved > plan.BaseRevision)
                return $"{Text.Shown(resource)} changed at revision {moved}, after the plan's base revision {plan.BaseRevision}.";
        }

        return null;
    }

    /// <summary>The revision that last changed a resource; 0 if it was never there.</summary>
    internal static long ChangedAt(string resource, Snapshot state)
    {
        var slash = resource.IndexOf('/', StringComparison.Ordinal);
        var id = resource[(slash + 1)..];
        return resource[..slash] switch
        {
            "feature" => state.Find(id)?.Revision ?? 0,
            "track" => TrackKeys.TryParse(id, out var track) ? state.Tracks.GetValueOrDefault(track)?.Revision ?? 0 : 0,
            "destination" => state.Destinations.GetValueOrDefault(id)?.Revision ?? 0,
            _ => state.Organisations.GetValueOrDefault(id)?.Revision ?? 0,
        };
    }
}
