namespace ReleaseTracks.Objectives;

/// <summary>Events of one minute or one hour, named by its start.</summary>
public readonly record struct SliBucket(DateTimeOffset Start, long Total, long Bad);

/// <summary>
/// Buckets of one width in rising order, only those with events, at most <c>keep</c> widths back from the newest.
/// </summary>
internal sealed class SliBuckets(TimeSpan width, int keep)
{
    private readonly List<(long Slot, long Total, long Bad)> buckets = [];
    private long firstComplete = long.MinValue;

    public bool IsEmpty => buckets.Count == 0;

    public long NewestSlot => buckets[^1].Slot;

    public long SlotOf(DateTimeOffset at) => at.UtcTicks / width.Ticks;

    public DateTimeOffset StartOf(long slot) => new(slot * width.Ticks, TimeSpan.Zero);

    /// <summary>Whether nothing since <paramref name="from"/> was dropped for its age.</summary>
    public bool Reaches(DateTimeOffset from) => !IsEmpty && SlotOf(from) >= Math.Max(firstComplete, NewestSlot - keep + 1);

    public void Add(DateTimeOffset at, long total, long bad)
    {
        var slot = SlotOf(at);
        if (!IsEmpty && slot <= NewestSlot - keep) return;
        var index = FirstFrom(slot);
        if (index < buckets.Count && buckets[index].Slot == slot)
            buckets[index] = (slot, buckets[index].Total + total, buckets[index].Bad + bad);
        else
            buckets.Insert(index, (slot, total, bad));
        RemoveBefore(NewestSlot - keep + 1);
    }

    public (long Total, long Bad) Sum(DateTimeOffset from, DateTimeOffset to)
    {
        long total = 0, bad = 0;
        for (var index = FirstFrom(SlotOf(from)); index < buckets.Count && StartOf(buckets[index].Slot) < to; index++)
        {
            total += buckets[index].Total;
            bad += buckets[index].Bad;
        }

        return (total, bad);
    }

    /// <summary>Of the bucket that holds a moment; zero where it has no events.</summary>
    public (long Total, long Bad) At(DateTimeOffset at)
    {
        var slot = SlotOf(at);
        var index = FirstFrom(slot);
        return index < buckets.Count && buckets[index].Slot == slot ? (buckets[index].Total, buckets[index].Bad) : (0, 0);
    }

    public DateTimeOffset? FirstSince(DateTimeOffset from)
    {
        var index = FirstFrom(SlotOf(from));
        return index < buckets.Count ? StartOf(buckets[index].Slot) : null;
    }

    public void RemoveBefore(long slot)
    {
        firstComplete = Math.Max(firstComplete, slot);
        buckets.RemoveRange(0, FirstFrom(slot));
    }

    public IEnumerable<SliBucket> List() => buckets.Select(bucket => new SliBucket(StartOf(bucket.Slot), bucket.Total, bucket.Bad));

    private int FirstFrom(long slot)
    {
        var (low, high) = (0, buckets.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (buckets[middle].Slot < slot) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
