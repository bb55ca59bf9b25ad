using System.Text.Json;
using Microsoft.Extensions.Options;
using ReleaseTracks.Access;
using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Plans;

/// <summary>Why a plan was not applied; the plan itself says more.</summary>
public enum ApplyRefusal
{
    NotFound,
    WrongHash,
    Stale,
    Expired,
    NotOpen,
}

/// <summary>The revision that applied the plan, or why it was not applied.</summary>
public sealed record ApplyOutcome(long Revision, ApplyRefusal? Refusal, string Detail);

/// <summary>Proposes and applies plans. Applying is one choke point: whoever asks, the same checks run under the same append.</summary>
public sealed class PlanService(
    LedgerService ledger, SnapshotHolder snapshots, EnrollmentStore enrollments, IOptions<PlanOptions> options, TimeProvider time)
{
    /// <summary>Null when the body is not a valid plan; the errors say why and nothing is stored.</summary>
    public async Task<PlanModel?> ProposeAsync(JsonElement body, Actor author, InputErrors errors, CancellationToken cancel)
    {
        if (PlanDraft.Read(body, snapshots.Current, errors) is null)
            return null;
        var enrolled = await enrollments.CountsAsync();
        var id = Secrets.Id("pl_");
        Plan? plan = null;
        var appended = await ledger.AppendAsync(
            author,
            state =>
            {
                // Read again on every attempt: the plan must show what it does to the state it is based on.
                if (PlanDraft.Read(body, state, errors) is not { } draft)
                    return null;
                plan = PlanBuilder.Build(draft, id, author, enrolled, time.GetUtcNow(), options.Value.LifetimeSpan);
                return new(EntryTypes.PlanProposed, Json.Object(json =>
                {
                    json.WritePropertyName("plan");
                    plan.Document.WriteTo(json);
                    json.WriteString("hash", plan.Hash);
                }));
            },
            cancel);
        return appended.Entry is null ? null : appended.Snapshot.Plans.Find(id);
    }

    public async Task<ApplyOutcome> ApplyAsync(string id, string hash, Actor actor, CancellationToken cancel)
    {
        ApplyOutcome outcome = new(0, ApplyRefusal.NotFound, "");
        var appended = await ledger.AppendAsync(
            actor,
            state =>
            {
                outcome = Check(state, id, hash);
                return outcome switch
                {
                    { Refusal: null, Revision: 0 } => new(EntryTypes.PlanApplied, Named(id, json => json.WriteString("hash", hash))),
                    { Refusal: ApplyRefusal.Stale } => new(EntryTypes.PlanStale, Named(id, json => json.WriteString("reason", outcome.Detail))),
                    { Refusal: ApplyRefusal.Expired } when state.Plans.Find(id) is { IsOpen: true } =>
                        new(EntryTypes.PlanExpired, Named(id, json => json.WriteString("reason", outcome.Detail))),
                    _ => null,
                };
            },
            cancel);
        return outcome is { Refusal: null, Revision: 0 } ? outcome with { Revision = appended.Entry!.Seq } : outcome;
    }

    /// <summary>Applying again what was applied answers with the same revision: a retry after a lost answer is harmless.</summary>
    private ApplyOutcome Check(Snapshot state, string id, string hash)
    {
        if (state.Plans.Find(id) is not { } model)
            return new(0, ApplyRefusal.NotFound, "");
        if (!string.Equals(model.Plan.Hash, hash, StringComparison.Ordinal))
            return new(0, ApplyRefusal.WrongHash, "The hash is not that of the plan: read the plan again and send the hash of what you read.");
        if (model is { State: PlanState.Applied, AppliedRevision: { } revision })
            return new(revision, null, "");
        if (model.StateAt(time.GetUtcNow()) == PlanState.Expired)
            return new(0, ApplyRefusal.Expired, $"The plan expired at {Json.Time(model.Plan.ExpiresAt)}; propose it again.");
        if (!model.IsOpen)
            return new(0, ApplyRefusal.NotOpen, $"The plan is {model.State.Wire()}: {model.StateReason ?? "propose a new one."}");
        return StaleCheck.Find(model.Plan, state) is { } moved
            ? new(0, ApplyRefusal.Stale, $"{moved} Propose the changes again on the present state.")
            : new(0, null, "");
    }

    private static JsonElement Named(string plan, Action<Utf8JsonWriter> more) => Json.Object(json =>
    {
        json.WriteString("plan", plan);
        more(json);
    });
}
