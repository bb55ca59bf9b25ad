using System.Text.Json;
using ReleaseTracks.Ledger;

namespace ReleaseTracks.Server.Ledger;

/// <summary>An entry in one line, and whether it matches what somebody looks for. What it does not know it still shows, by its type.</summary>
public static class EntryText
{
    public static string Headline(LedgerEntry entry) => entry.Type switch
    {
        EntryTypes.LedgerOpened => "The ledger was opened",
        EntryTypes.LedgerKeyAdded => "A key to sign checkpoints was added",
        EntryTypes.DefaultsInstalled => "The default tracks were installed",
        EntryTypes.PlanProposed => $"Plan proposed: {Text(entry.Data, "plan", "title") ?? Text(entry.Data, "plan", "id")}",
        EntryTypes.PlanApplied => $"Plan {Text(entry.Data, "plan")} applied",
        EntryTypes.PlanStale => $"Plan {Text(entry.Data, "plan")} is stale",
        EntryTypes.PlanExpired => $"Plan {Text(entry.Data, "plan")} expired",
        EntryTypes.RollbackCommitted => $"Rolled back on {Text(entry.Data, "track")}: {string.Join(", ", Texts(entry.Data, "features"))}",
        EntryTypes.RollbackVerified => $"Rollback {Text(entry.Data, "rollback")} verified",
        EntryTypes.RollbackUnverified => $"Rollback {Text(entry.Data, "rollback")} could not be verified",
        EntryTypes.RollbackStepTicked => $"Playbook step {(Done(entry.Data) ? "ticked" : "taken back")}: {Text(entry.Data, "text")}",
        EntryTypes.FeatureKilled => $"{Text(entry.Data, "feature")} killed on every track",
        EntryTypes.KeyCreated => $"Key {Text(entry.Data, "name")} created",
        EntryTypes.KeyRevoked => $"Key {Text(entry.Data, "id")} revoked",
        _ => entry.Type,
    };

    /// <summary>Every word must be somewhere in the entry: its type, its actor, its data.</summary>
    public static bool Matches(LedgerEntry entry, IReadOnlyCollection<string> words)
    {
        if (words.Count == 0)
            return true;
        var data = entry.Data.GetRawText();
        return words.All(word => Contains(entry.Type, word) || Contains(entry.Actor.Id, word) || Contains(entry.Actor.Kind, word)
            || Contains(entry.Id, word) || Contains(data, word) || Contains(Headline(entry), word));
    }

    private static bool Contains(string text, string word) => text.Contains(word, StringComparison.OrdinalIgnoreCase);

    private static bool Done(JsonElement data) => data.TryGetProperty("done", out var done) && done.ValueKind == JsonValueKind.True;

    private static string? Text(JsonElement data, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (data.ValueKind != JsonValueKind.Object || !data.TryGetProperty(name, out data))
                return null;
        }

        return data.ValueKind == JsonValueKind.String ? data.GetString() : null;
    }

    private static IEnumerable<string> Texts(JsonElement data, string name) =>
        data.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select(item => item.ToString())
            : [];
}
