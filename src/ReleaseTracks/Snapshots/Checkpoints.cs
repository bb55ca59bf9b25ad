namespace ReleaseTracks.Snapshots;

/// <summary>
/// Snapshots of the past to start folding from. However long the ledger gets there are at most <see cref="Most"/>, evenly
/// spaced: when they are too many every second goes and the distance doubles. Snapshots share what did not change, so
/// keeping them costs little. One thread writes.
/// </summary>
public sealed class Checkpoints
{
    public const int Most = 64;
    private readonly List<Snapshot> kept = [];

    /// <summary>Entries between two snapshots.</summary>
    public long Distance { get; private set; } = 16;

    public int Count => kept.Count;

    /// <summary>Snapshots must come in the order of their revisions.</summary>
    public void Offer(Snapshot state)
    {
        if (state.Revision % Distance != 0)
            return;
        kept.Add(state);
        if (kept.Count <= Most)
            return;
        Distance *= 2;
        kept.RemoveAll(one => one.Revision % Distance != 0);
    }

    /// <summary>The newest snapshot that is not after the revision.</summary>
    public Snapshot Before(long revision) => kept.FindLast(one => one.Revision <= revision) ?? Snapshot.Empty;
}
