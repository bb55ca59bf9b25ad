using System.Collections.Immutable;
using ReleaseTracks.Plans;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Objectives.OpenSlo;

/// <summary>
/// What it takes to make the objectives of a file those in force. One with the id of an objective of the same track or
/// feature replaces it; the others stay: a file that lacks an objective does not ask for it to go.
/// </summary>
public static class OpenSloImport
{
    /// <summary>Nothing when every objective is in force already. Not complete when there are errors.</summary>
    public static ImmutableArray<Change> Changes(Snapshot state, IReadOnlyList<JsonInput> documents, InputErrors errors)
    {
        var (seen, scopes) = (new HashSet<(string, string)>(), new Dictionary<string, List<ScopedObjective>>(StringComparer.Ordinal));
        foreach (var document in documents)
        {
            if (OpenSloReader.Read(document) is not { } one)
                continue;
            if (!seen.Add((one.Resource, one.Objective.Id)))
                document.Fail($"The objective {one.Objective.Id} of {one.Resource} is in the file twice: keep one.");
            else if (one.Feature is { } key && state.FindUnarchived(key) is null)
                document.Fail($"There is no feature {key}: put it first, or correct the annotation {OpenSloNames.Feature}.");
            else if (scopes.TryGetValue(one.Resource, out var others))
                others.Add(one);
            else
                scopes.Add(one.Resource, [one]);
        }

        return errors.Any ? [] : [.. scopes.Values.Select(given => Change(state, given)).OfType<Change>()];
    }

    private static Change? Change(Snapshot state, List<ScopedObjective> given)
    {
        if (given[0].Track is { } key)
        {
            var track = state.Tracks[key].Config;
            var objectives = Merge(track.Objectives, given);
            return objectives.SequenceEqual(track.Objectives) ? null : new Change.TrackPut(track with { Objectives = objectives });
        }

        var feature = state.FindUnarchived(given[0].Feature!)!.Config;
        var merged = Merge(feature.Objectives, given);
        return merged.SequenceEqual(feature.Objectives) ? null : new Change.FeaturePut(feature with { Objectives = merged });
    }

    private static ImmutableArray<Objective> Merge(ImmutableArray<Objective> present, List<ScopedObjective> given)
    {
        var byId = given.ToDictionary(one => one.Objective.Id, one => one.Objective, StringComparer.Ordinal);
        return
        [
            .. present.Select(one => byId.GetValueOrDefault(one.Id, one)),
            .. given.Select(one => one.Objective).Where(one => present.All(other => other.Id != one.Id)),
        ];
    }
}
