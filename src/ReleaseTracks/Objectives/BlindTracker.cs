namespace ReleaseTracks.Objectives;

/// <summary>What being blind asks for, by how long it has lasted.</summary>
public enum BlindAlarm
{
    None,

    /// <summary>Two minutes: nothing may widen on the track.</summary>
    Freeze,

    /// <summary>Ten minutes: call a person. Still no rollback: no data is not evidence.</summary>
    Page,
}

/// <summary>Since when each row or track could not be measured. One good measurement ends it.</summary>
public sealed class BlindTracker<TKey>
    where TKey : notnull
{
    public static readonly TimeSpan FreezeAfter = TimeSpan.FromMinutes(2);
    public static readonly TimeSpan PageAfter = TimeSpan.FromMinutes(10);

    private readonly Dictionary<TKey, DateTimeOffset> since;

    public BlindTracker()
        : this(new Dictionary<TKey, DateTimeOffset>())
    {
    }

    /// <summary>Continues from a stored <see cref="Since"/>, so that a restart does not hide how long it has lasted.</summary>
    public BlindTracker(IReadOnlyDictionary<TKey, DateTimeOffset> since) => this.since = new(since);

    public IReadOnlyDictionary<TKey, DateTimeOffset> Since => since;

    public BlindAlarm Update(TKey key, bool blind, DateTimeOffset now)
    {
        if (!blind) since.Remove(key);
        else since.TryAdd(key, now);
        return AlarmOf(key, now);
    }

    public BlindAlarm AlarmOf(TKey key, DateTimeOffset now) => Length(key, now) switch
    {
        null => BlindAlarm.None,
        var length when length >= PageAfter => BlindAlarm.Page,
        var length when length >= FreezeAfter => BlindAlarm.Freeze,
        _ => BlindAlarm.None,
    };

    /// <summary>How long the key has been blind, null when it is not.</summary>
    public TimeSpan? Length(TKey key, DateTimeOffset now) =>
        since.TryGetValue(key, out var start) ? now - start : null;

    /// <summary>Forgets every key that is no longer registered.</summary>
    public void Retain(IReadOnlySet<TKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        foreach (var key in since.Keys)
        {
            if (!keys.Contains(key)) since.Remove(key);
        }
    }
}
