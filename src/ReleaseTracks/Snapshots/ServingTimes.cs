using ReleaseTracks.Plans;

namespace ReleaseTracks.Snapshots;

/// <summary>Keeps, for every feature that changed, since when it serves which track.</summary>
internal static class ServingTimes
{
    public static Snapshot Note(Snapshot before, Snapshot after, DateTimeOffset at)
    {
        if (ReferenceEquals(before.Features, after.Features))
            return after;
        var features = after.Features.ToBuilder();
        foreach (var key in Touched.Features(before, after))
        {
            if (after.Find(key) is { } model && model.Noting(at) is var noted && !ReferenceEquals(noted, model))
                features[key] = noted;
        }

        return after with { Features = features.ToImmutable() };
    }
}
