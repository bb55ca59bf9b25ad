using System.Text.Json;
using Microsoft.Extensions.Options;
using ReleaseTracks.Access;
using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;
using ReleaseTracks.Plans.Rules;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Plans;

/// <summary>
/// Everything that happens to plans. HTTP, pages and agents come through here, and every step decides on the newest
/// snapshot under the append that records it.
/// </summary>
public sealed partial class PlanService(
    LedgerService ledger,
    SnapshotHolder snapshots,
    EnrollmentStore enrollments,
    PlanFacts facts,
    PlanVerifier verifier,
    IOptions<PlanOptions> options,
    TimeProvider time)
{
    /// <summary>Null when the body is not a valid plan; the errors say why and nothing is stored.</summary>
    public Task<PlanModel?> ProposeAsync(JsonElement body, Actor author, InputErrors errors, CancellationToken cancel) =>
        ProposeAsync(body, author, null, errors, cancel);

    /// <summary>As above, for changes that were made in the program instead of being sent.</summary>
    public Task<PlanModel?> ProposeAsync(
        string title, string reason, IEnumerable<Change> changes, Actor author, InputErrors errors, CancellationToken cancel) =>
        ProposeAsync(PlanDraft.Body(title, reason, changes), author, null, errors, cancel);

    /// <summary>What proposing would answer, with nothing stored: diff, exposure, blast radius and every rule. Its id stands for nothing.</summary>
    public async Task<Plan?> PreviewAsync(JsonElement body, Actor author, InputErrors errors)
    {
        var state = snapshots.Current;
        return Read(body, state, errors) is { } draft ? Build(draft, "preview", author, await enrollments.CountsAsync(), null) : null;
    }

    /// <summary>As above, for changes that were made in the program instead of being sent.</summary>
    public Task<Plan?> PreviewAsync(string title, string reason, IEnumerable<Change> changes, Actor author, InputErrors errors) =>
        PreviewAsync(PlanDraft.Body(title, reason, changes), author, errors);

    /// <summary>
    /// The same changes as a new plan on the present state, with its own hash and without the approvals. No plan and no
    /// refusal: the changes are no longer possible, and the errors say why.
    /// </summary>
    public async Task<PlanOutcome> ReplanAsync(string id, Actor author, InputErrors errors, CancellationToken cancel)
    {
        if (snapshots.Current.Plans.Find(id) is not { } model)
            return new(null, PlanRefusal.NotFound);
        if (model.State == PlanState.Applied)
            return new(model, PlanRefusal.NotOpen, "The plan is applied: propose what is to come next.");
        var document = model.Plan.Document;
        var body = PlanDraft.Body(Text(document, "title"), Text(document, "reason"), model.Plan.Changes);
        return new(await ProposeAsync(body, author, id, errors, cancel));

        static string Text(JsonElement document, string name) => document.TryGetProperty(name, out var text) ? text.GetString() ?? "" : "";
    }

    private async Task<PlanModel?> ProposeAsync(JsonElement body, Actor author, string? replans, InputErrors errors, CancellationToken cancel)
    {
        if (Read(body, snapshots.Current, errors) is not { } first)
            return null;
        var enrolled = await enrollments.CountsAsync();
        var id = Secrets.Id("pl_");
        var appended = await ledger.AppendAsync(
            author,
            state =>
            {
                // Read again when the state moved: the plan must show what it does to the state it is based on.
                if ((ReferenceEquals(first.Before, state) ? first : Read(body, state, errors)) is not { } draft)
                    return null;
                var plan = Build(draft, id, author, enrolled, replans);
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

    private static PlanDraft? Read(JsonElement body, Snapshot state, InputErrors errors)
    {
        if (PlanDraft.Read(body, state, errors) is not { } draft)
            return null;
        FreezeCalendar.Check(draft, errors);
        return errors.Any ? null : draft;
    }

    private Plan Build(PlanDraft draft, string id, Actor author, IReadOnlyDictionary<TrackKey, long> enrolled, string? replans)
    {
        var live = facts.Of(draft.Before);
        var judgement = PlanRules.Judge(draft.Before, draft.After, author, live);
        return PlanBuilder.Build(draft, judgement, new(id, author, enrolled, live.Now, options.Value.LifetimeSpan) { Replans = replans });
    }
}
