using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Flagd;

/// <summary>The definitions of the current snapshot, written once for everybody who listens.</summary>
public sealed class FlagdSet(SnapshotHolder snapshots)
{
    private readonly Lock gate = new();
    private Snapshot written = Snapshot.Empty;

    /// <summary>The set of the newest snapshot; the same object as long as what is served did not change.</summary>
    public string Current
    {
        get
        {
            lock (gate)
            {
                var state = snapshots.Current;
                // What did not change from one snapshot to the next is the same object.
                if (field is null || (state.Revision > written.Revision && !ReferenceEquals(state.Features, written.Features)))
                    field = FlagdDefinitions.Write(state);
                if (state.Revision > written.Revision)
                    written = state;
                return field;
            }
        }
    }
}
