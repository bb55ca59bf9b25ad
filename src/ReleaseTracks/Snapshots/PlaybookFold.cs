using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;
using ReleaseTracks.Rollbacks;

namespace ReleaseTracks.Snapshots;

/// <summary>What people do after a rollback, as entries of the ledger: each tick, and each one taken back.</summary>
internal static class PlaybookFold
{
    public static RollbackRecord Begin(Snapshot state, RollbackRecord rollback) => rollback with
    {
        Playbook = [.. (state.Tracks.GetValueOrDefault(rollback.Track)?.Config.Playbook ?? []).Select(text => new PlaybookStep(text))],
    };

    public static Snapshot Tick(Snapshot state, JsonInput data, LedgerEntry entry)
    {
        var id = data.Member("rollback").RequiredString(100);
        var step = data.Member("step").Whole() ?? -1;
        if (state.Rollbacks.Find(id) is not { } rollback)
            return state;
        if (step < 0 || step >= rollback.Playbook.Length)
            throw new LedgerFormatException("$.data.step", $"entry {entry.Seq} ticks a step that is not in the playbook");
        var before = rollback.Playbook[(int)step];
        var after = data.Member("done").Flag() ? before with { DoneBy = entry.Actor, DoneAt = entry.At } : new(before.Text);
        var next = rollback with { Playbook = rollback.Playbook.SetItem((int)step, after) };
        return state with { Rollbacks = state.Rollbacks.Set(id, next, isFinished: rollback.State == RollbackState.Cleared) };
    }
}
