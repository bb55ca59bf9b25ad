using System.Text.Json;
using ReleaseTracks.Access;
using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;
using ReleaseTracks.Plans.Rules;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Plans;

/// <content>What people decide about a plan that exists.</content>
public sealed partial class PlanService
{
    public Task<PlanOutcome> ApproveAsync(string id, string hash, string comment, Actor actor, CancellationToken cancel) => DecideAsync(
        id,
        actor,
        state => OfOpen(state, id, hash, model =>
        {
            var own = Quorum.IsSame(model.Plan.Author, actor);
            if (own && !Quorum.IsSolo(state, actor))
                return (new(model, PlanRefusal.OwnPlan, "Somebody else has to approve your own plan."), null);
            // Once is enough: saying it twice is one voice.
            if (model.Approvals.Any(approval => approval.Approves && approval.Solo == own && Quorum.IsSame(approval.By, actor)))
                return (new(model), null);
            return (new(model), Entry(EntryTypes.PlanApproved, model, json =>
            {
                json.WriteString("comment", comment);
                json.WriteBoolean("solo", own);
            }));
        }),
        cancel);

    /// <summary>Ends the plan for good.</summary>
    public Task<PlanOutcome> RejectAsync(string id, string hash, string comment, Actor actor, CancellationToken cancel) => DecideAsync(
        id,
        actor,
        state => OfOpen(state, id, hash, model => Quorum.IsSame(model.Plan.Author, actor)
            ? (new(model, PlanRefusal.OwnPlan, "This is your own plan: cancel it instead."), null)
            : (new(model), Entry(EntryTypes.PlanRejected, model, json => json.WriteString("comment", comment)))),
        cancel);

    /// <param name="id">The plan.</param>
    /// <param name="actor">Who cancels: the author, or an administrator.</param>
    /// <param name="isAdmin">The actor may cancel other people's plans.</param>
    /// <param name="cancel">Stops waiting.</param>
    public Task<PlanOutcome> CancelAsync(string id, Actor actor, bool isAdmin, CancellationToken cancel) => DecideAsync(
        id,
        actor,
        state => state.Plans.Find(id) switch
        {
            null => (new(null, PlanRefusal.NotFound), null),
            var model when !isAdmin && !Quorum.IsSame(model.Plan.Author, actor) =>
                (new(model, PlanRefusal.NotYours, "Only the author or an administrator may cancel a plan; an approver may reject it."), null),
            { State: PlanState.Cancelled } model => (new(model), null),
            { IsOpen: false } model => (NotOpen(model), null),
            var model => (new(model), Entry(EntryTypes.PlanCancelled, model, json => json.WriteString("reason", $"Cancelled by {actor.Id}."))),
        },
        cancel);

    /// <summary>
    /// The one way to apply. Everything is checked again on the newest state: hash, time, what moved, the rules against
    /// the live budgets, and whose approval still holds. Applying again what was applied is harmless.
    /// </summary>
    public async Task<PlanOutcome> ApplyAsync(string id, string hash, Actor actor, CancellationToken cancel)
    {
        var outcome = await DecideAsync(id, actor, state => DecideApply(state, id, hash, actor), cancel);
        if (!outcome.Done || outcome.Plan!.ReadBack != PlanReadBack.Open)
            return outcome;
        await verifier.VerifyAsync(id);
        return outcome with { Plan = snapshots.Current.Plans.Find(id) ?? outcome.Plan };
    }

    private Decision DecideApply(Snapshot state, string id, string hash, Actor actor)
    {
        if (state.Plans.Find(id) is { State: PlanState.Applied } applied && applied.Plan.Hash == hash)
            return (new(applied), null);
        return OfOpen(state, id, hash, model =>
        {
            var after = After(state, model.Plan);
            var judgement = PlanRules.Judge(model, state, after, facts.Of(state));
            if (judgement.Denial is { } denial)
                return Refused(model, PlanRefusal.RuleDenied, denial, actor);
            if (judgement.Waiting is { } waiting)
                return Refused(model, PlanRefusal.NotApproved, waiting, actor);
            return (new(model), Entry(EntryTypes.PlanApplied, model, json => WriteApplied(json, model)));
        });
    }

    private static Snapshot After(Snapshot state, Plan plan) =>
        plan.Changes.Aggregate(state, (before, change) => ChangeApplier.Apply(before, change, state.Revision + 1, new(), ""));

    /// <summary>Recorded once for each person and rule: somebody who tries in a loop must not fill the ledger.</summary>
    private static Decision Refused(PlanModel model, PlanRefusal refusal, RuleResult result, Actor actor)
    {
        var known = model.Refusals.Any(note => note.Rule == result.Rule && Quorum.IsSame(note.By, actor));
        return (new(model, refusal, result.Detail) { Rule = result.Rule }, known ? null : Entry(EntryTypes.PlanRefused, model, json =>
        {
            json.WriteString("rule", result.Rule);
            json.WriteString("detail", result.Detail);
        }));
    }

    private static void WriteApplied(Utf8JsonWriter json, PlanModel model)
    {
        json.WriteArray("approvedBy", model.Approvals.Where(approval => approval.Approves), (writer, approval) => writer.WriteStringValue(approval.By.Id));
        if (model.Plan.Document.TryGetProperty("diff", out var diff))
        {
            json.WritePropertyName("diff");
            diff.WriteTo(json);
        }
    }

    /// <summary>Goes on with a plan that is open, current and the one that was read; else says why not, and writes down what ended it.</summary>
    private Decision OfOpen(Snapshot state, string id, string hash, Func<PlanModel, Decision> next)
    {
        if (state.Plans.Find(id) is not { } model)
            return (new(null, PlanRefusal.NotFound), null);
        if (!string.Equals(model.Plan.Hash, hash, StringComparison.Ordinal))
            return (new(model, PlanRefusal.WrongHash, "The hash is not that of the plan: read the plan again and send the hash of what you read."), null);
        if (PlanEnd.Of(model, state, time.GetUtcNow()) is { } end)
            return (new(model, end.Refusal, end.Advice), end.Entry);
        return model.IsOpen ? next(model) : (NotOpen(model), null);
    }

    private static PlanOutcome NotOpen(PlanModel model) => new(model, PlanRefusal.NotOpen, $"The plan is {model.State.Wire()}. {model.StateReason ?? "Propose a new one."}");

    private async Task<PlanOutcome> DecideAsync(string id, Actor actor, Func<Snapshot, Decision> decide, CancellationToken cancel)
    {
        PlanOutcome outcome = new(null, PlanRefusal.NotFound);
        var appended = await ledger.AppendAsync(
            actor,
            state =>
            {
                (outcome, var entry) = decide(state);
                return entry;
            },
            cancel);
        return outcome with { Plan = appended.Snapshot.Plans.Find(id) };
    }

    private static EntryDraft Entry(string type, PlanModel model, Action<Utf8JsonWriter> more) => PlanEnd.NewEntry(type, model, more);

    /// <summary>What to answer, and what to append for it, if anything.</summary>
    private readonly record struct Decision(PlanOutcome Outcome, EntryDraft? Entry)
    {
        public static implicit operator Decision((PlanOutcome Outcome, EntryDraft? Entry) pair) => new(pair.Outcome, pair.Entry);
    }
}
