namespace ReleaseTracks.Snapshots;

/// <summary>Keeps, for every feature that changed, since when it serves which track.</summary>
internal static class ServingTimes
{
    /// <summary>
    /// The features are named by who changed them: looking for what differs would make every entry of a ledger as
    /// expensive as there are features.
    /// </summary>
    public static Snapshot Note(Snapshot state, IEnumerable<string> changed, DateTimeOffset at)
    {
        var features = state.Features;
        foreach (var key in changed)
        {
            if (features.TryGetValue(key, out var model) && model.Noting(at) is var noted && !ReferenceEquals(noted, model))
                features = features.SetItem(key, noted);
        }

        return ReferenceEquals(features, state.Features) ? state : state with { Features = features };
    }
}
