using System.Collections.Immutable;
using ReleaseTracks.Access;
using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Rollbacks;

/// <summary>What a rollback or kill came to: the revision since which it holds. A repeated one changes nothing.</summary>
public sealed record RollbackOutcome(string Id, long Revision, bool Changed);

/// <summary>
/// Lowers exposure at once: no plan, no approval, no evidence needed. Every rollback, by people and by the control
/// loop, is committed here, and is proven to only lower by evaluating before and after.
/// </summary>
public sealed class RollbackService(LedgerService ledger, ControlMetrics metrics, TimeProvider time)
{
    /// <returns>Null if there is no such feature.</returns>
    public async Task<RollbackOutcome?> RollBackAsync(string feature, TrackKey track, string reason, Actor actor, CancellationToken cancel)
    {
        var rollback = new RollbackRecord
        {
            Id = Secrets.Id("rb_"),
            Features = [feature],
            Track = track,
            At = time.GetUtcNow(),
            Cause = RollbackCause.Manual,
            Reasons = reason.Length > 0 ? [reason] : [],
            Actor = actor,
        };
        var appended = await CommitAsync(rollback, cancel);
        if (appended.Entry is not null)
            return new(rollback.Id, appended.Snapshot.Revision, true);
        if (appended.Snapshot.FindUnarchived(feature) is not { } model)
            return null;
        var existing = model.Switches.RolledBack[track];
        return new(existing, appended.Snapshot.Rollbacks.Find(existing)?.Revision ?? model.Revision, false);
    }

    /// <summary>Commits a rollback unless all its features are rolled back already (and its track is closed, if it is track-wide).</summary>
    public async Task<Appended> CommitAsync(RollbackRecord rollback, CancellationToken cancel)
    {
        var appended = await ledger.AppendAsync(rollback.Actor, state => Draft(state, rollback), cancel);
        if (appended.Entry is not null && appended.Snapshot.Rollbacks.Find(rollback.Id) is { } committed)
            metrics.CountRollback(committed);
        return appended;
    }

    /// <summary>Every track gets DISABLED and no value. Idempotent. Null if there is no such feature.</summary>
    public async Task<RollbackOutcome?> KillAsync(string feature, string reason, Actor actor, CancellationToken cancel)
    {
        var appended = await ledger.AppendAsync(
            actor,
            state => state.FindUnarchived(feature) is { Switches.Killed: false }
                ? new(EntryTypes.FeatureKilled, Json.Object(json =>
                {
                    json.WriteString("feature", feature);
                    json.WriteString("reason", reason);
                }))
                : null,
            cancel);
        return appended.Snapshot.FindUnarchived(feature) is { } model
            ? new(feature, appended.Entry is null ? model.Revision : appended.Snapshot.Revision, appended.Entry is not null)
            : null;
    }

    public Task<Appended> VerifiedAsync(string rollback, string how, CancellationToken cancel) =>
        FollowAsync(rollback, EntryTypes.RollbackVerified, how, state => state is RollbackState.Committed or RollbackState.Unverified, cancel);

    public Task<Appended> UnverifiedAsync(string rollback, string why, CancellationToken cancel) =>
        FollowAsync(rollback, EntryTypes.RollbackUnverified, why, state => state is RollbackState.Committed, cancel);

    /// <summary>
    /// Ticks a step of the playbook (from 1, as people count), or takes the tick back; one that stands as asked stays with
    /// whoever ticked it first.
    /// </summary>
    /// <returns>The rollback as it is now; null if there is no such rollback or step.</returns>
    public async Task<RollbackRecord?> TickAsync(string id, int step, bool done, Actor actor, CancellationToken cancel)
    {
        var appended = await ledger.AppendAsync(
            actor,
            state => StepOf(state.Rollbacks.Find(id), step) is { } found && found.IsDone != done
                ? new(EntryTypes.RollbackStepTicked, Json.Object(json =>
                {
                    json.WriteString("rollback", id);
                    json.WriteNumber("step", step - 1);
                    json.WriteString("text", found.Text);
                    json.WriteBoolean("done", done);
                }))
                : null,
            cancel);
        var rollback = appended.Snapshot.Rollbacks.Find(id);
        return StepOf(rollback, step) is null ? null : rollback;
    }

    private static EntryDraft? Draft(Snapshot state, RollbackRecord rollback)
    {
        var open = rollback.Features.Where(key => state.FindUnarchived(key) is { } model && !model.IsRolledBack(rollback.Track)).ToImmutableArray();
        var closes = rollback.WholeTrack && state.Tracks.GetValueOrDefault(rollback.Track) is { ClosedBy: null };
        if (open.IsEmpty && !closes)
            return null;
        var draft = rollback with { Features = open };
        // By evaluating, not by its name: whatever is called a rollback, it is not stored if somebody would get more.
        if (Exposure.Compare(state, SnapshotFold.RollBack(state, draft)).Effect == ExposureEffect.Raises)
            throw new InvalidOperationException($"Rollback {rollback.Id} would raise exposure.");
        return new(EntryTypes.RollbackCommitted, Json.Object(json => RollbackJson.WriteMembers(json, draft)));
    }

    private static PlaybookStep? StepOf(RollbackRecord? rollback, int step) => rollback?.Playbook.ElementAtOrDefault(step - 1);

    private Task<Appended> FollowAsync(string id, string type, string detail, Func<RollbackState, bool> allowed, CancellationToken cancel) =>
        ledger.AppendAsync(
            ControlLoop,
            state => state.Rollbacks.Find(id) is { } rollback && allowed(rollback.State)
                ? new(type, Json.Object(json =>
                {
                    json.WriteString("rollback", id);
                    json.WriteString("detail", detail);
                }))
                : null,
            cancel);

    /// <summary>Who acts when the control loop does.</summary>
    public static Actor ControlLoop { get; } = new(ActorKinds.System, "control-loop", "automation");
}
