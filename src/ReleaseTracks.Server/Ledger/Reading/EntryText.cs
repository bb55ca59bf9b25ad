using System.Text.Json;
using ReleaseTracks.Ledger;
using ReleaseTracks.Server.Rollbacks;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Ledger.Reading;

/// <summary>An entry in one line, and whether it matches what somebody looks for. What it does not know it still shows, by its type.</summary>
public static class EntryText
{
    /// <param name="entry">What happened.</param>
    /// <param name="state">Knows by which names people know what the entry calls by its id.</param>
    public static string Headline(LedgerEntry entry, Snapshot state) => entry.Type switch
    {
        EntryTypes.LedgerOpened => "The ledger was opened",
        EntryTypes.LedgerKeyAdded => "A key to sign checkpoints was added",
        EntryTypes.DefaultsInstalled => "The default tracks were installed",
        EntryTypes.PlanProposed => $"Plan proposed: {Text(entry.Data, "plan", "title") ?? Text(entry.Data, "plan", "id")}",
        EntryTypes.PlanApproved => $"Plan approved: {Plan(entry, state)}",
        EntryTypes.PlanRejected => $"Plan rejected: {Plan(entry, state)}",
        EntryTypes.PlanCancelled => $"Plan cancelled: {Plan(entry, state)}",
        EntryTypes.PlanRefused => $"Plan refused by {Text(entry.Data, "rule") ?? "a rule"}: {Plan(entry, state)}",
        EntryTypes.PlanApplied => $"Plan applied: {Plan(entry, state)}",
        EntryTypes.PlanVerified => $"Plan verified, is served as approved: {Plan(entry, state)}",
        EntryTypes.PlanUnverified => $"Plan is not served as approved: {Plan(entry, state)}",
        EntryTypes.PlanStale => $"Plan stale: {Plan(entry, state)}",
        EntryTypes.PlanExpired => $"Plan expired: {Plan(entry, state)}",
        EntryTypes.RollbackCommitted => $"Rolled back on {Text(entry.Data, "track")}: {string.Join(", ", Texts(entry.Data, "features").Select(key => Feature(key, state)))}",
        EntryTypes.RollbackVerified => $"Rollback verified: {Rollback(entry, state)}",
        EntryTypes.RollbackUnverified => $"Rollback could not be verified: {Rollback(entry, state)}",
        EntryTypes.RollbackStepTicked => $"Playbook step {(Done(entry.Data) ? "ticked" : "taken back")}: {Text(entry.Data, "text")}",
        EntryTypes.AlertRaised => $"Alert raised: {Text(entry.Data, "event")}, {Rows(entry.Data)}",
        EntryTypes.AlertResolved => $"Alert resolved: {Text(entry.Data, "event")}, {Rows(entry.Data)}",
        EntryTypes.FeatureKilled => $"Killed on every track: {Feature(Text(entry.Data, "feature") ?? "", state)}",
        EntryTypes.KeyCreated => $"Key created: {Text(entry.Data, "name")}",
        EntryTypes.KeyRotated => $"Key rotated: {Key(entry, state)}",
        EntryTypes.KeyRevoked => $"Key revoked: {Key(entry, state)}",
        EntryTypes.PersonInvited => $"Invited: {Person(entry, state)}",
        EntryTypes.PersonAdded => $"Person added: {Person(entry, state)}",
        EntryTypes.PersonChanged => $"Person changed: {Person(entry, state)}",
        EntryTypes.PersonRemoved => $"Person removed: {Person(entry, state)}",
        EntryTypes.PersonSignedIn => $"Signed in: {Person(entry, state)}",
        EntryTypes.PersonSignedOut => $"Signed out: {Person(entry, state)}",
        EntryTypes.SignInFailed => "Sign-ins failed",
        _ => entry.Type,
    };

    /// <summary>Every word must be somewhere in the entry: its type, its actor, its data.</summary>
    public static bool Matches(LedgerEntry entry, IReadOnlyCollection<string> words, Snapshot state)
    {
        if (words.Count == 0)
            return true;
        var data = entry.Data.GetRawText();
        return words.All(word => Contains(entry.Type, word) || Contains(entry.Actor.Id, word) || Contains(entry.Actor.Kind, word)
            || Contains(entry.Id, word) || Contains(data, word) || Contains(Headline(entry, state), word));
    }

    private static bool Contains(string text, string word) => text.Contains(word, StringComparison.OrdinalIgnoreCase);

    private static string Rows(JsonElement data) =>
        data.TryGetProperty("rows", out var rows) && rows.ValueKind == JsonValueKind.Array && rows.GetArrayLength() is > 1 and var count ? $"{count} objectives" : "1 objective";

    private static string? Plan(LedgerEntry entry, Snapshot state) => Text(entry.Data, "plan") is { } id
        ? state.Plans.Find(id) is { } plan && Text(plan.Plan.Document, "title") is { Length: > 0 } title ? title : id
        : null;

    private static string? Rollback(LedgerEntry entry, Snapshot state) => Text(entry.Data, "rollback") is { } id
        ? state.Rollbacks.Find(id) is { } rollback ? RollbackText.Headline(rollback, state) : id
        : null;

    private static string? Key(LedgerEntry entry, Snapshot state) => state.Keys.GetValueOrDefault(Text(entry.Data, "id") ?? "")?.Name ?? Text(entry.Data, "id");

    private static string? Person(LedgerEntry entry, Snapshot state) => state.People.GetValueOrDefault(Text(entry.Data, "id") ?? "")?.Name ?? Text(entry.Data, "id");

    private static string Feature(string key, Snapshot state) => state.Find(key)?.Config.Name ?? key;

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
