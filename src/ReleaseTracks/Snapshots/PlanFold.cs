using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;

namespace ReleaseTracks.Snapshots;

/// <summary>
/// What becomes of plans. Every append is folded before it is stored, so what is refused here can never happen: a plan
/// applied twice, while stale, below its quorum, or under another hash than the one that was approved.
/// </summary>
internal static class PlanFold
{
    public const string Prefix = "plan.";

    public static Snapshot Apply(Snapshot state, JsonInput data, LedgerEntry entry) => entry.Type switch
    {
        EntryTypes.PlanProposed => Propose(state, data, entry),
        EntryTypes.PlanApproved => Approve(state, data, entry),
        EntryTypes.PlanApplied => ApplyPlan(state, data, entry),
        EntryTypes.PlanRefused => Refuse(state, data, entry),
        EntryTypes.PlanRejected => Reject(state, data, entry),
        EntryTypes.PlanCancelled => End(state, data, PlanState.Cancelled),
        EntryTypes.PlanStale => End(state, data, PlanState.Stale),
        EntryTypes.PlanExpired => End(state, data, PlanState.Expired),
        EntryTypes.PlanVerified => ReadBack(state, data, entry, PlanReadBack.Verified),
        EntryTypes.PlanUnverified => ReadBack(state, data, entry, PlanReadBack.Unverified),
        _ => throw SnapshotFold.Unknown(entry),
    };

    private static Snapshot Propose(Snapshot state, JsonInput data, LedgerEntry entry)
    {
        var plan = PlanBuilder.Read(data.Member("plan").Element);
        if (plan.Hash != data.Member("hash").RequiredString(64))
            throw new LedgerFormatException("$.data.hash", $"entry {entry.Seq}: the hash is not that of the plan");
        if (state.Plans.Find(plan.Id) is not null)
            throw new LedgerFormatException("$.data.plan.id", $"entry {entry.Seq} proposes a plan again: it could be applied twice");
        return Set(state, new(plan, PlanState.Proposed, entry.Seq));
    }

    private static Snapshot Approve(Snapshot state, JsonInput data, LedgerEntry entry)
    {
        var model = Open(state, data, entry);
        var solo = data.Member("solo").Flag();
        if (Quorum.IsSame(model.Plan.Author, entry.Actor) && !(solo && Quorum.IsSolo(state, entry.Actor)))
            throw new LedgerFormatException("$.actor", $"entry {entry.Seq} approves the actor's own plan although somebody else may");
        var approvals = model.Approvals.Add(new(entry.Actor, true, Comment(data), entry.At) { Solo = solo });
        var enough = Quorum.Count(model.Plan, approvals, state) >= model.Plan.ApprovalsNeeded;
        return Set(state, model with { Approvals = approvals, State = enough ? PlanState.Approved : model.State });
    }

    private static Snapshot Reject(Snapshot state, JsonInput data, LedgerEntry entry)
    {
        var model = Open(state, data, entry);
        var comment = Comment(data);
        return Set(state, model with
        {
            Approvals = model.Approvals.Add(new(entry.Actor, false, comment, entry.At)),
            State = PlanState.Rejected,
            StateReason = comment.Length > 0 ? comment : $"Rejected by {entry.Actor.Id}.",
        });
    }

    private static Snapshot ApplyPlan(Snapshot state, JsonInput data, LedgerEntry entry)
    {
        var model = Open(state, data, entry);
        if (Quorum.Count(model.Plan, model.Approvals, state) < model.Plan.ApprovalsNeeded)
            throw new LedgerFormatException("$.data", $"entry {entry.Seq} applies a plan that is not approved");
        if (StaleCheck.Find(model.Plan, state) is { } moved)
            throw new LedgerFormatException("$.data", $"entry {entry.Seq} applies a stale plan: {moved}");
        return Set(SnapshotFold.ApplyChanges(state, model.Plan.Changes, entry), model with { State = PlanState.Applied, AppliedRevision = entry.Seq });
    }

    private static Snapshot Refuse(Snapshot state, JsonInput data, LedgerEntry entry)
    {
        var model = Find(state, data, entry);
        var note = new PlanRefusalNote(entry.Actor, data.Member("rule").RequiredString(63), data.Member("detail").RequiredString(8000), entry.At);
        var others = model.Refusals.RemoveAll(other => other.Rule == note.Rule && Quorum.IsSame(other.By, note.By));
        return Set(state, model with { Refusals = others.Add(note) });
    }

    private static Snapshot End(Snapshot state, JsonInput data, PlanState ended) =>
        state.Plans.Find(data.Member("plan").RequiredString(100)) is { IsOpen: true } model
            ? Set(state, model with { State = ended, StateReason = data.Member("reason").OptionalString(8000) })
            : state;

    private static Snapshot ReadBack(Snapshot state, JsonInput data, LedgerEntry entry, PlanReadBack found) =>
        Find(state, data, entry) is { State: PlanState.Applied } model
            ? Set(state, model with { ReadBack = found, StateReason = data.Member("detail").OptionalString(8000) })
            : throw new LedgerFormatException("$.data.plan", $"entry {entry.Seq} reads back a plan that was not applied");

    private static string Comment(JsonInput data) => data.Member("comment").OptionalString(4000) ?? "";

    /// <summary>The plan an entry is about, open and under the hash that the entry names.</summary>
    private static PlanModel Open(Snapshot state, JsonInput data, LedgerEntry entry)
    {
        var model = Find(state, data, entry);
        return model.IsOpen && model.Plan.Hash == data.Member("hash").RequiredString(64)
            ? model
            : throw new LedgerFormatException("$.data", $"entry {entry.Seq} ({entry.Type}) is about a plan that is {model.State.Wire()} or has another hash");
    }

    private static PlanModel Find(Snapshot state, JsonInput data, LedgerEntry entry) =>
        state.Plans.Find(data.Member("plan").RequiredString(100))
        ?? throw new LedgerFormatException("$.data.plan", $"entry {entry.Seq} names a plan that was not proposed");

    private static Snapshot Set(Snapshot state, PlanModel model) =>
        state with { Plans = state.Plans.Set(model.Plan.Id, model, isFinished: !model.IsOpen) };
}
