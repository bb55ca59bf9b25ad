using System.Collections.Immutable;
using ReleaseTracks.Features;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Plans.Rules;

/// <summary>
/// What would protect users less than before although nobody's variant changes. Each is one sentence; anything that is
/// not clearly at least as strict counts.
/// </summary>
public static class Loosening
{
    public static ImmutableArray<string> Find(Snapshot before, Snapshot after) =>
    [
        .. Tracks(before, after),
        .. Touched.Features(before, after).SelectMany(key => Feature(key, before, after)),
        .. Ceilings(before, after),
        .. LoosenedAlerts.Find(before, after),
        .. Lifted.Of(before, after).Select(lifted => $"{lifted.What}: rollback {lifted.Rollback} on {lifted.Track.Wire()} is lifted."),
    ];

    private static IEnumerable<string> Tracks(Snapshot before, Snapshot after)
    {
        foreach (var (key, was) in before.Tracks)
        {
            if (after.Tracks.GetValueOrDefault(key) is not { } now || ReferenceEquals(was, now))
                continue;
            var name = $"The {key.Wire()} track";
            if (was.Config.OptIn && !now.Config.OptIn)
                yield return $"{name}: no longer opt-in only.";
            if (was.Config.Disclosure is not null && now.Config.Disclosure is null)
                yield return $"{name}: its disclosure is removed.";
            foreach (var reason in LoosenedLimits.Find(was.Config.Limits, now.Config.Limits).Concat(LoosenedObjectives.Find(was.Config.Objectives, now.Config.Objectives, key)))
                yield return $"{name}: {reason}";
        }
    }

    private static IEnumerable<string> Feature(string key, Snapshot before, Snapshot after)
    {
        if (after.FindUnarchived(key) is not { } now)
            yield break;
        var was = before.Find(key);
        if (was?.Config is { Ai: true } && !now.Config.Ai)
            yield return $"{key}: no longer declared as AI.";
        if (was?.Config.Disclosure is not null && now.Config.Disclosure is null)
            yield return $"{key}: its disclosure is removed.";
        if (was is { Switches.Killed: true } && !now.Switches.Killed)
            yield return $"{key}: the kill is lifted.";
        foreach (var reason in TrackKeys.All.SelectMany(track => Objectives(was, now, before, track)).Distinct(StringComparer.Ordinal))
            yield return $"{key}: {reason}";
    }

    /// <summary>What the track asks of every feature is the measure for one that was not there before.</summary>
    private static IEnumerable<string> Objectives(FeatureModel? was, FeatureModel now, Snapshot before, TrackKey key)
    {
        if (before.Tracks.GetValueOrDefault(key)?.Config is not { } track)
            return [];
        var held = was is null ? track.Objectives : [.. RowSpec.ObjectivesOf(was, track)];
        return LoosenedObjectives.Find(held, [.. RowSpec.ObjectivesOf(now, track)], key);
    }

    private static IEnumerable<string> Ceilings(Snapshot before, Snapshot after) => ReferenceEquals(before.Organisations, after.Organisations)
        ? []
        : after.Organisations.Values
            .Where(now => now.Ceiling > before.Ceiling(now.Id))
            .OrderBy(now => now.Id, StringComparer.Ordinal)
            .Select(now => $"{Text.Shown(now.Id)}: the ceiling rises from {before.Ceiling(now.Id).Wire()} to {now.Ceiling.Wire()}.");
}
