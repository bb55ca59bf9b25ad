using System.Globalization;
using System.Text.Json;

namespace ReleaseTracks.Server.Tests.Plans;

/// <summary>
/// Reads the ledger as an auditor would, without any code of the product, and says what must never have happened: a plan
/// applied twice, when it was over or stale, below its quorum, or under a hash that was not the approved one.
/// </summary>
internal static class LedgerProof
{
    public sealed record Entry(long Seq, string Type, string Actor, DateTimeOffset At, JsonElement Data)
    {
        public string? Plan => Type == "plan.proposed" ? Data.GetProperty("plan").GetProperty("id").GetString()
            : Type.StartsWith("plan.", StringComparison.Ordinal) ? Data.GetProperty("plan").GetString() : null;
    }

    public static Entry[] Read(string ndjson) => [.. ndjson.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).Select(json => new Entry(
        json.GetProperty("seq").GetInt64(),
        json.GetProperty("type").GetString()!,
        $"{json.GetProperty("actor").GetProperty("kind")}/{json.GetProperty("actor").GetProperty("id")}",
        DateTimeOffset.Parse(json.GetProperty("at").GetString()!, CultureInfo.InvariantCulture),
        json.GetProperty("data")))];

    /// <returns>How many plans were applied.</returns>
    public static int Check(Entry[] entries)
    {
        var plans = entries.Where(entry => entry.Plan is not null).GroupBy(entry => entry.Plan!).ToDictionary(group => group.Key, group => group.ToArray());
        var applied = entries.Where(entry => entry.Type == "plan.applied").ToArray();
        Assert.Equal(applied.Length, applied.Select(entry => entry.Plan).Distinct().Count());
        foreach (var entry in applied)
            CheckApplied(entry, plans[entry.Plan!], entries);
        foreach (var history in plans.Values)
            Assert.InRange(history.Count(entry => entry.Type is "plan.verified" or "plan.unverified"), 0, 1);
        return applied.Length;
    }

    private static void CheckApplied(Entry applied, Entry[] history, Entry[] ledger)
    {
        var before = history.Where(entry => entry.Seq < applied.Seq).ToArray();
        var proposed = Assert.Single(before, entry => entry.Type == "plan.proposed");
        var (document, hash) = (proposed.Data.GetProperty("plan"), proposed.Data.GetProperty("hash").GetString());
        Assert.Equal(hash, applied.Data.GetProperty("hash").GetString());
        Assert.DoesNotContain(before, entry => entry.Type is "plan.rejected" or "plan.cancelled" or "plan.expired" or "plan.stale");
        Assert.True(applied.At < DateTimeOffset.Parse(document.GetProperty("expiresAt").GetString()!, CultureInfo.InvariantCulture), "it had expired");
        var author = proposed.Actor;
        var approvers = before.Where(entry => entry.Type == "plan.approved" && entry.Data.GetProperty("hash").GetString() == hash)
            .Where(entry => entry.Actor != author || entry.Data.GetProperty("solo").GetBoolean())
            .Select(entry => entry.Actor).Distinct().Count();
        Assert.InRange(approvers, document.GetProperty("approvalsNeeded").GetInt32(), int.MaxValue);
        var touched = Touched(document);
        var since = document.GetProperty("baseRevision").GetInt64();
        Assert.DoesNotContain(ledger, entry => entry.Seq > since && entry.Seq < applied.Seq && Changes(entry, ledger).Any(touched.Contains));
    }

    private static HashSet<string> Touched(JsonElement document) =>
        [.. document.GetProperty("diff").EnumerateArray().Select(row => row.GetProperty("resource").GetString()!)];

    private static IEnumerable<string> Changes(Entry entry, Entry[] ledger) => entry.Type switch
    {
        "plan.applied" => Touched(ledger.Single(other => other.Type == "plan.proposed" && other.Plan == entry.Plan).Data.GetProperty("plan")),
        "rollback.committed" => entry.Data.GetProperty("features").EnumerateArray().Select(feature => "feature/" + feature.GetString()),
        "feature.killed" => ["feature/" + entry.Data.GetProperty("feature").GetString()],
        _ => [],
    };
}
