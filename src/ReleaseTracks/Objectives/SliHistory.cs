namespace ReleaseTracks.Objectives;

/// <summary>
/// How many events, and how many bad ones, each key had over time: by the minute for 7 hours and by the hour for 91
/// days back from its newest event. A window starts at the bucket that holds its first moment, so no event inside it is left
/// out, and up to one minute (window within 7 hours) or one hour (longer) before it may be counted too. At most 2,605
/// buckets per key; <see cref="Trim"/> drops keys that have aged out. One thread writes and reads.
/// </summary>
public sealed class SliHistory<TKey>
    where TKey : notnull
{
    public static readonly TimeSpan MinutesKept = TimeSpan.FromHours(7);

    private readonly Dictionary<TKey, Series> series = [];
    private readonly int hoursKept;

    public SliHistory()
        : this(TimeSpan.FromDays(91))
    {
    }

    /// <param name="keep">How far back hours are kept; at least the longest objective window.</param>
    public SliHistory(TimeSpan keep) => hoursKept = (int)Math.Ceiling(keep / TimeSpan.FromHours(1)) + 1;

    public IReadOnlyCollection<TKey> Keys => series.Keys;

    public void Add(TKey key, DateTimeOffset at, long total, long bad)
    {
        if (total == 0 && bad == 0) return;
        var one = GetOrAdd(key);
        one.Minutes.Add(at, total, bad);
        one.Hours.Add(at, total, bad);
    }

    /// <summary>Events from <paramref name="from"/> to <paramref name="to"/>, with the granularity of the class.</summary>
    public (long Total, long Bad) Sum(TKey key, DateTimeOffset from, DateTimeOffset to)
    {
        if (!series.TryGetValue(key, out var one)) return (0, 0);
        return one.Minutes.Reaches(from) ? one.Minutes.Sum(from, to) : one.Hours.Sum(from, to);
    }

    /// <summary>
    /// Start of the first bucket with events that is not before <paramref name="notBefore"/>'s own; never earlier than
    /// <paramref name="notBefore"/>. Null when there were none.
    /// </summary>
    public DateTimeOffset? ObservedSince(TKey key, DateTimeOffset notBefore)
    {
        if (!series.TryGetValue(key, out var one)) return null;
        if (one.Minutes.Reaches(notBefore)) return Later(one.Minutes.FirstSince(notBefore), notBefore);
        var hour = one.Hours.FirstSince(notBefore);

        // While the minutes of the first hour are still there, they say it better.
        if (hour is { } start && one.Minutes.Reaches(start)) return Later(one.Minutes.FirstSince(start) ?? hour, notBefore);
        return Later(hour, notBefore);
    }

    /// <summary>
    /// Forgets what happened before <paramref name="at"/> (a budget starts anew after a cleared rollback). Called at
    /// that moment it is exact. Called again after loading, the minute that holds it is dropped whole; once its
    /// minutes are gone, the hour.
    /// </summary>
    public void Restart(TKey key, DateTimeOffset at)
    {
        if (!series.TryGetValue(key, out var old)) return;
        series.Remove(key);
        var hourOfRestart = old.Hours.SlotOf(at);
        var minutes = old.Minutes.List().Where(bucket => bucket.Start >= at).ToList();
        var hours = old.Hours.List().Where(bucket => old.Hours.SlotOf(bucket.Start) > hourOfRestart).ToList();
        var sameHour = minutes.Where(bucket => old.Hours.SlotOf(bucket.Start) == hourOfRestart).ToList();
        if (sameHour.Count > 0)
            hours.Insert(0, new SliBucket(old.Hours.StartOf(hourOfRestart), sameHour.Sum(b => b.Total), sameHour.Sum(b => b.Bad)));
        Load(key, minutes, hours);
    }

    /// <summary>Adds stored buckets, in any order.</summary>
    public void Load(TKey key, IEnumerable<SliBucket> minutes, IEnumerable<SliBucket> hours)
    {
        ArgumentNullException.ThrowIfNull(minutes);
        ArgumentNullException.ThrowIfNull(hours);
        foreach (var bucket in minutes) GetOrAdd(key).Minutes.Add(bucket.Start, bucket.Total, bucket.Bad);
        foreach (var bucket in hours) GetOrAdd(key).Hours.Add(bucket.Start, bucket.Total, bucket.Bad);
    }

    public IReadOnlyList<SliBucket> Minutes(TKey key) => series.TryGetValue(key, out var one) ? [.. one.Minutes.List()] : [];

    public IReadOnlyList<SliBucket> Hours(TKey key) => series.TryGetValue(key, out var one) ? [.. one.Hours.List()] : [];

    /// <summary>Every key that has events in the minute that holds a moment.</summary>
    public IEnumerable<(TKey Key, long Total, long Bad)> MinuteOf(DateTimeOffset at) => Of(at, one => one.Minutes);

    /// <summary>Every key that has events in the hour that holds a moment.</summary>
    public IEnumerable<(TKey Key, long Total, long Bad)> HourOf(DateTimeOffset at) => Of(at, one => one.Hours);

    public bool Remove(TKey key) => series.Remove(key);

    /// <summary>Drops what has aged out by <paramref name="now"/>, and keys that have nothing left.</summary>
    public void Trim(DateTimeOffset now)
    {
        foreach (var (key, one) in series)
        {
            one.Minutes.RemoveBefore(one.Minutes.SlotOf(now - MinutesKept));
            one.Hours.RemoveBefore(one.Hours.SlotOf(now) - hoursKept);
            if (one.Hours.IsEmpty && one.Minutes.IsEmpty) series.Remove(key);
        }
    }

    private IEnumerable<(TKey Key, long Total, long Bad)> Of(DateTimeOffset at, Func<Series, SliBuckets> buckets)
    {
        foreach (var (key, one) in series)
        {
            var (total, bad) = buckets(one).At(at);
            if (total > 0 || bad > 0)
                yield return (key, total, bad);
        }
    }

    private static DateTimeOffset? Later(DateTimeOffset? first, DateTimeOffset notBefore) =>
        first < notBefore ? notBefore : first;

    private Series GetOrAdd(TKey key)
    {
        if (!series.TryGetValue(key, out var one)) series.Add(key, one = new Series(hoursKept));
        return one;
    }

    private sealed class Series(int hoursKept)
    {
        public SliBuckets Minutes { get; } = new(TimeSpan.FromMinutes(1), (int)MinutesKept.TotalMinutes);

        public SliBuckets Hours { get; } = new(TimeSpan.FromHours(1), hoursKept);
    }
}
