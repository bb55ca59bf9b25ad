using System.Collections.Immutable;
using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;
using ReleaseTracks.Rollbacks;

namespace ReleaseTracks.Snapshots;

/// <summary>
/// The ledger as state: one entry after the other, deterministic and without any outside input, so that every server
/// that has read the same entries has the same snapshot.
/// </summary>
public static class SnapshotFold
{
    /// <exception cref="LedgerFormatException">
    /// The entry does not follow the snapshot, is of a type this version does not know, or cannot be applied.
    /// </exception>
    public static Snapshot Apply(Snapshot state, LedgerEntry entry)
    {
        if (entry.Seq != state.Revision + 1)
            throw new LedgerFormatException("$.seq", $"entry {entry.Seq} does not follow revision {state.Revision}");
        var data = new JsonInput(entry.Data, "$.data", new());
        var next = entry.Type switch
        {
            EntryTypes.LedgerOpened when state.Revision > 0 =>
                throw new LedgerFormatException("$.type", $"entry {entry.Seq} opens a ledger that is open: it would replace the keys that are trusted"),
            EntryTypes.LedgerOpened => state with { Origin = data.Member("origin").RequiredString(200), LedgerKeys = [data.Member("vkey").RequiredString(400)] },
            EntryTypes.LedgerKeyAdded => state with { LedgerKeys = state.LedgerKeys.Add(data.Member("vkey").RequiredString(400)) },
            EntryTypes.DefaultsInstalled => ApplyChanges(state, ReadChanges(data), entry),
            _ when entry.Type.StartsWith(PlanFold.Prefix, StringComparison.Ordinal) => PlanFold.Apply(state, data, entry),
            EntryTypes.RollbackCommitted when RollbackJson.Read(entry) is var rollback => ServingTimes.Note(RollBack(state, rollback), rollback.Features, entry.At),
            EntryTypes.RollbackVerified => Follow(state, data, rollback => rollback with { State = RollbackState.Verified, VerifiedAt = entry.At }),
            EntryTypes.RollbackUnverified => Follow(state, data, rollback => rollback with { State = RollbackState.Unverified }),
            EntryTypes.RollbackStepTicked => PlaybookFold.Tick(state, data, entry),
            EntryTypes.AlertRaised => AlertFold.Raise(state, data, entry.At),
            EntryTypes.AlertResolved => AlertFold.Resolve(state, data),
            EntryTypes.FeatureKilled => Kill(state, data, entry),
            _ => AccessFold.Apply(state, data, entry) ?? throw Unknown(entry),
        };
        if (data.Errors.Any)
            throw new LedgerFormatException(data.Errors.All[0].Path, $"entry {entry.Seq}: {data.Errors.All[0].Message}");
        return next with { Revision = entry.Seq, At = entry.At };
    }

    internal static LedgerFormatException Unknown(LedgerEntry entry) =>
        new("$.type", $"entry {entry.Seq} is of the unknown type '{Text.Shown(entry.Type)}': a newer version wrote it");

    private static ImmutableArray<Change> ReadChanges(JsonInput data) =>
        [.. data.Member("changes").Items(int.MaxValue).Select(item => ChangeJson.Read(item, Snapshot.Empty)).OfType<Change>()];

    internal static Snapshot ApplyChanges(Snapshot state, ImmutableArray<Change> changes, LedgerEntry entry)
    {
        var errors = new InputErrors();
        var next = changes.Aggregate(state, (before, change) => ChangeApplier.Apply(before, change, entry.Seq, errors, "$.data.changes"));
        if (errors.Any)
            throw new LedgerFormatException(errors.All[0].Path, $"entry {entry.Seq}: {errors.All[0].Message}");
        return CloseRollbacks(ServingTimes.Note(next, changes.Select(change => change.FeatureKey).OfType<string>(), entry.At), entry);
    }

    /// <summary>A rollback is over when none of its features and not its track is held by it any more.</summary>
    private static Snapshot CloseRollbacks(Snapshot state, LedgerEntry entry)
    {
        if (!state.Rollbacks.HasOpen)
            return state;
        var over = state.Rollbacks.Open.Where(rollback => !IsHeld(state, rollback)).ToArray();
        return over.Aggregate(state, (before, rollback) => before with
        {
            Rollbacks = before.Rollbacks.Set(rollback.Id, rollback with { State = RollbackState.Cleared, ClearedAt = entry.At }, isFinished: true),
        });
    }

    private static bool IsHeld(Snapshot state, RollbackRecord rollback) =>
        state.Tracks.GetValueOrDefault(rollback.Track)?.ClosedBy == rollback.Id
        || rollback.Features.Any(key => state.Find(key)?.Switches.RolledBack.GetValueOrDefault(rollback.Track) == rollback.Id);

    /// <summary>A feature that is already rolled back on the track keeps its first rollback.</summary>
    public static Snapshot RollBack(Snapshot state, RollbackRecord rollback)
    {
        foreach (var key in rollback.Features)
        {
            if (state.Find(key) is not { } feature || feature.IsRolledBack(rollback.Track))
                continue;
            var switches = feature.Switches with { RolledBack = feature.Switches.RolledBack.SetItem(rollback.Track, rollback.Id) };
            state = state with { Features = state.Features.SetItem(key, feature.With(rollback.Revision, switches: switches)) };
        }

        if (rollback.WholeTrack && state.Tracks.GetValueOrDefault(rollback.Track) is { ClosedBy: null } track)
            state = state with { Tracks = state.Tracks.SetItem(rollback.Track, track with { ClosedBy = rollback.Id, Revision = rollback.Revision }) };
        return state with { Rollbacks = state.Rollbacks.Set(rollback.Id, PlaybookFold.Begin(state, rollback), isFinished: false) };
    }

    private static Snapshot Follow(Snapshot state, JsonInput data, Func<RollbackRecord, RollbackRecord> change)
    {
        if (state.Rollbacks.Find(data.Member("rollback").RequiredString(100)) is not { } rollback || rollback.State == RollbackState.Cleared)
            return state;
        return state with { Rollbacks = state.Rollbacks.Set(rollback.Id, change(rollback), isFinished: false) };
    }

    private static Snapshot Kill(Snapshot state, JsonInput data, LedgerEntry entry)
    {
        var key = data.Member("feature").RequiredString(63);
        if (state.Find(key) is not { } feature)
            throw new LedgerFormatException("$.data.feature", $"entry {entry.Seq} kills a feature that is not there");
        var switches = feature.Switches with { KilledReason = data.Member("reason").OptionalString(4000) ?? "", KilledAt = entry.At };
        return ServingTimes.Note(state with { Features = state.Features.SetItem(key, feature.With(entry.Seq, switches: switches)) }, [key], entry.At);
    }
}
