using ReleaseTracks.Features;
using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Snapshots;

/// <summary>
/// What an entry did to features, found by comparing the states before and after it: so it tells what came of an entry,
/// whatever kind of entry it was.
/// </summary>
public static class FeatureEvents
{
    public static IEnumerable<FeatureEvent> Between(Snapshot before, LedgerEntry entry, Snapshot after)
    {
        // Persistent dictionaries: most entries (proposals, keys, verifications) leave the features the same object.
        if (ReferenceEquals(before.Features, after.Features))
            return [];
        var plan = entry.Type == EntryTypes.PlanApplied ? new JsonInput(entry.Data, "", new()).Member("plan").OptionalString(100) : null;
        return after.Features.Values.Where(feature => feature.Revision == after.Revision)
            .SelectMany(now => Of(new(entry.Seq, entry.At, entry.Actor, now.Config.Key, FeatureEventKind.Changed) { Plan = plan }, before.Find(now.Config.Key), now, after));
    }

    private static List<FeatureEvent> Of(FeatureEvent fact, FeatureModel? was, FeatureModel now, Snapshot state)
    {
        if (was is null)
            return [fact with { Kind = FeatureEventKind.Added, To = now.Config.Lane, Percent = Share(now), DisclosureVersion = now.Config.Disclosure?.Version }];
        List<FeatureEvent> events = [.. Switched(fact, was, now), .. RolledBack(fact, was, now, state), .. Released(fact, was.Config, now.Config)];
        if (now.Config.Disclosure is { } told && told.Version != was.Config.Disclosure?.Version)
            events.Add(fact with { Kind = FeatureEventKind.Disclosed, DisclosureVersion = told.Version });
        return events.Count > 0 ? events : [fact];
    }

    private static IEnumerable<FeatureEvent> Switched(FeatureEvent fact, FeatureModel was, FeatureModel now)
    {
        if (now.Switches.Archived != was.Switches.Archived)
            yield return fact with { Kind = now.Switches.Archived ? FeatureEventKind.Archived : FeatureEventKind.Restored };
        if (now.Switches.Killed && !was.Switches.Killed)
            yield return fact with { Kind = FeatureEventKind.Killed, Reason = now.Switches.KilledReason };
        if (!now.Switches.Killed && was.Switches.Killed)
            yield return fact with { Kind = FeatureEventKind.Revived };
    }

    private static IEnumerable<FeatureEvent> RolledBack(FeatureEvent fact, FeatureModel was, FeatureModel now, Snapshot state)
    {
        foreach (var track in TrackKeys.All)
        {
            var (before, after) = (was.Switches.RolledBack.GetValueOrDefault(track), now.Switches.RolledBack.GetValueOrDefault(track));
            if (after is not null && before is null)
                yield return fact with { Kind = FeatureEventKind.RolledBack, Track = track, Rollback = after, Reason = state.Rollbacks.Find(after)?.Reasons.FirstOrDefault() };
            else if (before is not null && after is null)
                yield return fact with { Kind = FeatureEventKind.Cleared, Track = track, Rollback = before };
        }
    }

    private static IEnumerable<FeatureEvent> Released(FeatureEvent fact, Feature was, Feature now)
    {
        if (was.Lane != now.Lane)
        {
            yield return fact with { Kind = FeatureEventKind.Moved, From = was.Lane, To = now.Lane, Percent = now.Lane is { } lane ? now.ExposedOn(lane) : null };
            yield break;
        }

        foreach (var track in TrackKeys.All)
        {
            if (!Same(was, now, track))
                yield return fact with { Kind = FeatureEventKind.Reweighted, Track = track, From = was.Lane, To = now.Lane, WasPercent = was.ExposedOn(track), Percent = now.ExposedOn(track) };
        }
    }

    private static bool Same(Feature was, Feature now, TrackKey track)
    {
        var (before, after) = (was.Releases.TryGetValue(track, out var b), now.Releases.TryGetValue(track, out var a));
        return before == after && (!before || b.SequenceEqual(a));
    }

    private static double? Share(FeatureModel feature) => feature.Config.Lane is { } lane ? feature.Config.ExposedOn(lane) : null;
}
