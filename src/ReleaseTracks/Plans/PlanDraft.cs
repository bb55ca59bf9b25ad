using System.Collections.Immutable;
using System.Text.Json;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Plans;

/// <summary>What somebody asks for, read against the state it is asked of: changes with every choice made.</summary>
public sealed record PlanDraft(string Title, string Reason, ImmutableArray<Change> Changes, Snapshot Before, Snapshot After)
{
    private const int MostChanges = 1000;

    /// <summary>Null when something is wrong; the errors say what, all at once.</summary>
    public static PlanDraft? Read(JsonElement body, Snapshot state, InputErrors errors)
    {
        var input = new JsonInput(body, "", errors);
        if (!input.RequireObject("title", "reason", "changes"))
            return null;
        var title = input.Member("title").OptionalString(200) ?? "";
        var reason = input.Member("reason").OptionalString(4000) ?? "";
        var items = input.Member("changes").Items(MostChanges);
        if (items.Count == 0 && !errors.Any)
            input.Member("changes").Fail("Give at least one change.");

        var changes = ImmutableArray.CreateBuilder<Change>();
        var after = state;
        var named = Cleared(items);
        foreach (var item in items)
        {
            if (ChangeJson.Read(item, after) is not { } change)
                continue;
            foreach (var step in Expand(change, after, named))
            {
                changes.Add(step);
                after = ChangeApplier.Apply(after, step, state.Revision + 1, errors, item.Path);
            }
        }

        return errors.Any ? null : new(title, reason, changes.ToImmutable(), state, after);
    }

    /// <summary>A body for <see cref="Read"/>, from changes that were made in the program instead of being sent.</summary>
    public static JsonElement Body(string title, string reason, IEnumerable<Change> changes) => Json.Object(json =>
    {
        json.WriteString("title", title);
        json.WriteString("reason", reason);
        json.WriteArray("changes", changes, ChangeJson.Write);
    });

    /// <summary>Features whose rollback is cleared by name, as those of an expanded plan are.</summary>
    private static HashSet<(string?, string?)> Cleared(IEnumerable<JsonInput> items) =>
        [.. items.Where(item => Raw(item, "op") == "rollback.clear").Select(item => (Raw(item, "feature"), Raw(item, "track")))];

    private static string? Raw(JsonInput item, string name) =>
        item.Member(name).Element is { ValueKind: JsonValueKind.String } element && Text.TryRead(element, out var text) ? text : null;

    /// <summary>Clearing a track-wide rollback also brings back the features it took, each named, unless the plan does so itself.</summary>
    private static IEnumerable<Change> Expand(Change change, Snapshot state, HashSet<(string?, string?)> named)
    {
        yield return change;
        if (change is not Change.RollbackClear { Feature: null } clear || state.Tracks.GetValueOrDefault(clear.Track)?.ClosedBy is not { } id)
            yield break;
        foreach (var key in state.Rollbacks.Find(id)?.Features ?? [])
        {
            if (!named.Contains((key, clear.Track.Wire())) && state.FindUnarchived(key) is { } feature && feature.Switches.RolledBack.GetValueOrDefault(clear.Track) == id)
                yield return new Change.RollbackClear(key, clear.Track);
        }
    }

    public ImmutableArray<string> Resources => [.. Changes.Select(change => change.Resource).Distinct(StringComparer.Ordinal)];
}
