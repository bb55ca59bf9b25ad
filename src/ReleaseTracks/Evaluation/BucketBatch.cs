using System.Runtime.CompilerServices;
using System.Text;

namespace ReleaseTracks.Evaluation;

/// <summary>Buckets of one user, <see cref="Bucketing"/>'s, computed as many at once as a vector has lanes.</summary>
internal readonly ref struct BucketBatch<T>
    where T : unmanaged, ILanes<T>
{
    private readonly Span<byte> messages;
    private readonly Span<bool> isLong;
    private readonly int userBytes;

    /// <param name="messages">Room for <see cref="BucketHint.Size"/> bytes for each lane.</param>
    /// <param name="isLong">Room for each lane.</param>
    /// <param name="user">The user's id, which every message begins with.</param>
    public BucketBatch(Span<byte> messages, Span<bool> isLong, ReadOnlySpan<char> user)
    {
        this.messages = messages;
        this.isLong = isLong;
        if (!Encoding.UTF8.TryGetBytes(user, messages[..BucketHint.Size], out userBytes))
            userBytes = BucketHint.Size;
        for (var lane = 1; lane < T.Count; lane++)
            messages[..userBytes].CopyTo(Message(lane));
    }

    /// <param name="splits">At most one for each lane.</param>
    /// <param name="percentages">Takes the buckets, in their order.</param>
    /// <returns>False if the messages are too long for this.</returns>
    [SkipLocalsInit]
    public bool TryCompute(ReadOnlySpan<TrackTable.Split> splits, scoped Span<double> percentages)
    {
        for (var lane = 0; lane < splits.Length; lane++)
        {
            var blocks = splits[lane].Hint.Complete(Message(lane), userBytes);
            if (blocks == 0)
                return false;
            isLong[lane] = blocks > 1;
        }

        isLong[splits.Length..].Clear();
        Span<uint> words = stackalloc uint[T.Count];
        Sha256Lanes.FirstWords<T>(messages, isLong, words);
        for (var lane = 0; lane < splits.Length; lane++)
            percentages[lane] = Bucketing.Percentage(words[lane]);
        return true;
    }

    private Span<byte> Message(int lane) => messages.Slice(lane * BucketHint.Size, BucketHint.Size);
}
