namespace ReleaseTracks.Ledger;

/// <summary>Hashes side by side in chunks: no object per hash, and no copy of everything when it grows.</summary>
internal sealed class HashList
{
    private const int PerChunk = 256;
    private readonly List<byte[]> _chunks = [];

    public long Count { get; private set; }

    public ReadOnlySpan<byte> this[long index] => Slot(index);

    public void Add(ReadOnlySpan<byte> hash) => hash.CopyTo(Add());

    /// <summary>Makes room for one more and returns it, to be filled by the caller.</summary>
    public Span<byte> Add()
    {
        if (Count == (long)_chunks.Count * PerChunk) _chunks.Add(new byte[PerChunk * MerkleHash.Size]);
        return Slot(Count++);
    }

    private Span<byte> Slot(long index) =>
        _chunks[(int)(index / PerChunk)].AsSpan((int)(index % PerChunk) * MerkleHash.Size, MerkleHash.Size);
}
