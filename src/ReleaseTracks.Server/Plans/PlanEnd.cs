using System.Text.Json;
using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Plans;

/// <summary>Time or another change has ended a plan: what to tell people, and what to write down if nobody has yet.</summary>
internal sealed record PlanEnd(PlanRefusal Refusal, string Advice, EntryDraft? Entry)
{
    /// <summary>Null while it may still be decided about.</summary>
    public static PlanEnd? Of(PlanModel model, Snapshot state, DateTimeOffset now)
    {
        var replan = $"POST /api/v1/plans/{model.Plan.Id}/replan proposes the same changes on the present state.";
        if (model.StateAt(now) == PlanState.Expired)
        {
            var reason = $"The plan expired at {Json.Time(model.Plan.ExpiresAt)}.";
            return new(PlanRefusal.Expired, $"{reason} {replan}", Draft(EntryTypes.PlanExpired, model, reason));
        }

        var moved = model.State == PlanState.Stale ? model.StateReason : model.IsOpen ? StaleCheck.Find(model.Plan, state) : null;
        return moved is null ? null : new(PlanRefusal.Stale, $"{moved} {replan}", Draft(EntryTypes.PlanStale, model, moved));
    }

    public static EntryDraft NewEntry(string type, PlanModel model, Action<Utf8JsonWriter> more) => new(type, Json.Object(json =>
    {
        json.WriteString("plan", model.Plan.Id);
        json.WriteString("hash", model.Plan.Hash);
        more(json);
    }));

    private static EntryDraft? Draft(string type, PlanModel model, string reason) =>
        model.IsOpen ? NewEntry(type, model, json => json.WriteString("reason", reason)) : null;
}
