using ReleaseTracks.Features;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Plans;

/// <summary>What differs between two states. Persistent dictionaries share what did not change, so references tell.</summary>
public static class Touched
{
    /// <summary>Keys of the features that differ, in order; one walk over both, without looking anything up.</summary>
    public static IEnumerable<string> Features(Snapshot before, Snapshot after)
    {
        if (ReferenceEquals(before.Features, after.Features))
            yield break;
        using var was = before.Features.GetEnumerator();
        using var now = after.Features.GetEnumerator();
        var (hasWas, hasNow) = (was.MoveNext(), now.MoveNext());
        while (hasWas || hasNow)
        {
            var order = !hasWas ? 1 : !hasNow ? -1 : string.CompareOrdinal(was.Current.Key, now.Current.Key);
            if (order != 0 || !ReferenceEquals(was.Current.Value, now.Current.Value))
                yield return order <= 0 ? was.Current.Key : now.Current.Key;
            if (order <= 0)
                hasWas = was.MoveNext();
            if (order >= 0)
                hasNow = now.MoveNext();
        }
    }

    /// <summary>The feature before and after; null where it is not there or archived.</summary>
    internal static IEnumerable<(string Key, FeatureModel? Before, FeatureModel? After)> Models(Snapshot before, Snapshot after) =>
        Features(before, after).Select(key => (key, before.FindUnarchived(key), after.FindUnarchived(key)));
}
