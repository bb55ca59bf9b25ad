using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using ReleaseTracks.Alerts;
using ReleaseTracks.Features;
using ReleaseTracks.Plans;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Ledger.Reading;

/// <summary>One line of a comparison: in the one text, in the other, or (both) unchanged.</summary>
public readonly record struct DiffLine(string? Before, string? After)
{
    public bool IsChanged => Before != After;

    /// <summary>How many unchanged lines this one stands for; 0 for a line of its own.</summary>
    public int Skipped { get; init; }
}

/// <summary>Something that an entry changed, before and after.</summary>
public sealed record Difference(string What, ImmutableArray<DiffLine> Lines);

/// <summary>
/// What an entry changed, found by comparing the states around it instead of trusting its own words. Snapshots share what
/// did not change, so that comparing references finds the rest.
/// </summary>
public static class StateDiff
{
    private const int MostLines = 400;
    private const int Context = 3;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ImmutableArray<Difference> Of(Snapshot before, Snapshot after, DateTimeOffset now)
    {
        var plans = after.Plans.All.Where(plan => !Equals(before.Plans.Find(plan.Plan.Id), plan))
            .Select(plan => Compare($"Plan {plan.Plan.Id}", State(before.Plans.Find(plan.Plan.Id), now), State(plan, now)));
        var rollbacks = after.Rollbacks.All.Where(rollback => !ReferenceEquals(before.Rollbacks.Find(rollback.Id), rollback))
            .Select(rollback => Compare($"Rollback {rollback.Id}", Text(before.Rollbacks.Find(rollback.Id), RollbackJson.WriteLive), Text(rollback, RollbackJson.WriteLive)));
        return
        [
            .. Changed(before.Features, after.Features).Select(pair => Compare($"Feature {pair.Key}", Text(pair.Before, Write), Text(pair.After, Write))),
            .. Changed(before.Tracks, after.Tracks).Select(pair => Compare($"Track {pair.Key.Wire()}", Text(pair.Before, Write), Text(pair.After, Write))),
            .. Changed(before.Organisations, after.Organisations).Select(pair => Compare($"Organisation {pair.Key}", Text(pair.Before, TrackJson.Write), Text(pair.After, TrackJson.Write))),
            .. Changed(before.Destinations, after.Destinations).Select(pair => Compare($"Destination {pair.Key}", Text(pair.Before, Write), Text(pair.After, Write))),
            .. rollbacks,
            .. plans,
        ];
    }

    /// <summary>Line by line, the common ones side by side (longest common subsequence; long texts by position).</summary>
    public static ImmutableArray<DiffLine> Lines(string before, string after)
    {
        var (old, young) = (Split(before), Split(after));
        if (old.Length > MostLines || young.Length > MostLines)
            return [.. old.Select(line => new DiffLine(line, null)), .. young.Select(line => new DiffLine(null, line))];
        var common = new int[old.Length + 1, young.Length + 1];
        for (var i = old.Length - 1; i >= 0; i--)
        {
            for (var j = young.Length - 1; j >= 0; j--)
                common[i, j] = old[i] == young[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        }

        var lines = ImmutableArray.CreateBuilder<DiffLine>();
        for (int i = 0, j = 0; i < old.Length || j < young.Length;)
        {
            if (i < old.Length && j < young.Length && old[i] == young[j])
                lines.Add(new(old[i++], young[j++]));
            else if (j == young.Length || (i < old.Length && common[i + 1, j] >= common[i, j + 1]))
                lines.Add(new(old[i++], null));
            else
                lines.Add(new(null, young[j++]));
        }

        return lines.ToImmutable();
    }

    /// <summary>Of unchanged lines only those around a change are of interest.</summary>
    public static ImmutableArray<DiffLine> Condense(ImmutableArray<DiffLine> lines)
    {
        var changed = Enumerable.Range(0, lines.Length).Where(index => lines[index].IsChanged).ToArray();
        var near = changed.SelectMany(index => Enumerable.Range(index - Context, (2 * Context) + 1)).ToHashSet();
        var kept = ImmutableArray.CreateBuilder<DiffLine>();
        for (var index = 0; index < lines.Length; index++)
        {
            if (near.Contains(index))
                kept.Add(lines[index]);
            else if (kept.Count > 0 && kept[^1].Skipped > 0)
                kept[^1] = kept[^1] with { Skipped = kept[^1].Skipped + 1 };
            else
                kept.Add(new DiffLine { Skipped = 1 });
        }

        return kept.ToImmutable();
    }

    private static Difference Compare(string what, string before, string after) => new(what, Condense(Lines(before, after)));

    private static IEnumerable<(TKey Key, TValue? Before, TValue? After)> Changed<TKey, TValue>(
        IReadOnlyDictionary<TKey, TValue> before, IReadOnlyDictionary<TKey, TValue> after)
        where TKey : notnull
        where TValue : class => before.Keys.Union(after.Keys)
        .Select(key => (key, before.GetValueOrDefault(key), after.GetValueOrDefault(key)))
        .Where(pair => !ReferenceEquals(pair.Item2, pair.Item3));

    private static void Write(Utf8JsonWriter json, FeatureModel model)
    {
        json.WriteStartObject();
        FeatureJson.WriteMembers(json, model.Config);
        json.WriteBoolean("archived", model.Switches.Archived);
        json.WriteBoolean("killed", model.Switches.Killed);
        json.WriteStartObject("rolledBack");
        foreach (var (track, rollback) in model.Switches.RolledBack)
            json.WriteString(track.Wire(), rollback);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, TrackModel model)
    {
        json.WriteStartObject();
        TrackJson.WriteMembers(json, model.Config);
        json.WriteString("closedBy", model.ClosedBy);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, DestinationModel model)
    {
        json.WriteStartObject();
        DestinationJson.WriteMembers(json, model.Config);
        json.WriteBoolean("removed", model.IsRemoved);
        json.WriteEndObject();
    }

    private static string State(PlanModel? plan, DateTimeOffset now) => plan is null ? "" : $"state: {plan.StateAt(now).Wire()}\nhash: {plan.Plan.Hash}";

    private static string Text<T>(T? item, Action<Utf8JsonWriter, T> write)
        where T : class => item is null ? "" : JsonSerializer.Serialize(Json.Build(json => write(json, item)), Indented);

    private static string[] Split(string text) => text.Length == 0 ? [] : text.Split('\n');
}
