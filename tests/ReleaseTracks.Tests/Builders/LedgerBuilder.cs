using System.Text.Json;
using ReleaseTracks.Access;
using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Builders;

/// <summary>A ledger in memory: every entry goes through its canonical bytes and the fold, as on a server.</summary>
internal sealed class LedgerBuilder
{
    private readonly List<byte[]> entries = [];

    public Snapshot State { get; private set; } = Snapshot.Empty;

    public IReadOnlyList<byte[]> Entries => entries;

    public static LedgerBuilder Opened()
    {
        var ledger = new LedgerBuilder();
        ledger.Append(EntryTypes.LedgerOpened, """{"origin":"test","vkey":"test+0+key"}""");
        ledger.Append(EntryTypes.DefaultsInstalled, Json.Object(json => json.WriteArray(
            "changes", DefaultTracks.All.Select(track => new Change.TrackPut(track)), ChangeJson.Write)));
        return ledger;
    }

    public Snapshot Append(string type, string data, Actor? actor = null) => Append(type, Make.Json(data), actor);

    public Snapshot Append(string type, JsonElement data, Actor? actor = null)
    {
        var seq = State.Revision + 1;
        var entry = new LedgerEntry(seq, "e" + seq, Make.Now.AddSeconds(seq), actor ?? Make.Actor, type, data);
        var bytes = LedgerEntryCodec.Write(entry);
        State = SnapshotFold.Apply(State, LedgerEntryCodec.Read(bytes));
        entries.Add(bytes);
        return State;
    }

    public Plan Propose(string changes, string id = "p1", int approvers = 0)
    {
        var plan = Make.Plan(Make.Draft(State, changes), id, approvers);
        Propose(plan);
        return plan;
    }

    public Snapshot Propose(Plan plan, string? hash = null) => Append(EntryTypes.PlanProposed, Json.Object(json =>
    {
        json.WritePropertyName("plan");
        plan.Document.WriteTo(json);
        json.WriteString("hash", hash ?? plan.Hash);
    }));

    public Snapshot Approve(Plan plan, Actor by, bool solo = false, string? hash = null) =>
        Append(EntryTypes.PlanApproved, $$"""{"plan":"{{plan.Id}}","hash":"{{hash ?? plan.Hash}}","comment":"","solo":{{(solo ? "true" : "false")}}}""", by);

    public Snapshot Apply(Plan plan, string? hash = null) =>
        Append(EntryTypes.PlanApplied, $$"""{"plan":"{{plan.Id}}","hash":"{{hash ?? plan.Hash}}"}""");

    /// <summary>Proposes and applies in one go.</summary>
    public Snapshot Change(string changes) => Apply(Propose(changes, "p" + State.Revision));

    public Snapshot RollBack(string id, TrackKey track, bool wholeTrack, params string[] features) =>
        Append(EntryTypes.RollbackCommitted, Json.Object(json => RollbackJson.WriteMembers(json, new()
        {
            Id = id,
            WholeTrack = wholeTrack,
            Features = [.. features],
            Track = track,
            At = Make.Now,
            Cause = RollbackCause.BreachProven,
            Objective = "availability",
            Reasons = ["12 of 40 failed"],
            Evidence = new(7.5, null, 8.25, 4.6),
            Counts = new(40, 12, 400, 1),
            Ranking = [.. features.Select(feature => new RankedFeature(feature, 11.5, 12, 40, true))],
            Actor = Make.Actor,
        })));

    public static string PutFeature(string key, string? ai = "on", string? stable = null)
    {
        var releases = string.Join(',', new[] { Release("ai", ai), Release("stable", stable) }.OfType<string>());
        return $$$"""{"op":"feature.put","feature":{"key":"{{{key}}}","variants":{"off":false,"on":true},"fallback":"off","releases":{ {{{releases}}} } } }""";
    }

    private static string? Release(string track, string? variant) =>
        variant is null ? null : $$"""  "{{track}}":[{"variant":"{{variant}}","weight":100}]  """;
}
