using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Client.Tracks;

/// <summary>
/// Who enrolled on what, as the server last said, for a bounded number of users. A change that the stream tells takes
/// effect at once where it lowers the track; where it raises it, when the server was asked. What is in doubt stays known
/// until it is read again: a connection that broke must not throw users off their track, nor may one be guessed.
/// </summary>
internal sealed class EnrollmentCache(IOptions<ReleaseTracksOptions> options, TimeProvider time)
{
    private const int Stripes = 1024;
    private const double EvictedShare = 0.05;
    private static readonly TimeSpan FreshWithoutStream = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, Entry> users = new(StringComparer.Ordinal);
    private readonly long[] changes = new long[Stripes];
    private readonly Lock evicting = new();
    private long generation;
    private volatile bool live;
    private IEnumerator<KeyValuePair<string, Entry>>? clock;
    private int count;

    /// <summary>Users whose enrollment must be read again now; raised for those in the cache only.</summary>
    public event Action<IEnumerable<string>>? Stale;

    public int Count => Volatile.Read(ref count);

    /// <summary>The last known enrollment; null for somebody unknown. Allocates nothing.</summary>
    /// <param name="user">The user.</param>
    /// <param name="fresh">Nothing newer can have been missed.</param>
    public Enrollment? Find(string user, out bool fresh)
    {
        fresh = false;
        if (!users.TryGetValue(user, out var entry))
            return null;
        entry.Used = true;
        // Without a stream nobody tells of changes, so what is known ages quickly.
        fresh = entry.Generation == Interlocked.Read(ref generation) && (live || time.GetElapsedTime(entry.ReadAt) < FreshWithoutStream);
        return entry.Stored;
    }

    /// <summary>Take before asking; <see cref="Put"/> keeps an answer only if nothing changed since.</summary>
    public (long Changes, long Generation) Ask(string user) => (Interlocked.Read(ref changes[Stripe(user)]), Interlocked.Read(ref generation));

    /// <returns>False if the user changed while the server was being asked: ask again.</returns>
    public bool Put(string user, Enrollment stored, (long Changes, long Generation) asked)
    {
        var entry = new Entry(stored, asked.Generation, time.GetTimestamp());
        lock (changes)
        {
            if (Interlocked.Read(ref changes[Stripe(user)]) != asked.Changes)
                return false;
            if (users.TryAdd(user, entry))
                count++;
            else
                users[user] = entry;
        }

        if (Count > options.Value.MostUsers)
            Evict();
        return true;
    }

    /// <summary>The stream says that a user is on another track.</summary>
    public void Changed(string user, TrackKey track)
    {
        lock (changes)
        {
            Interlocked.Increment(ref changes[Stripe(user)]);
            if (!users.TryGetValue(user, out var entry))
                return;
            // How they left is not told; that they are off the higher track is enough until it is read.
            var stored = track < entry.Stored.Track ? entry.Stored with { Track = track, Source = EnrollmentSource.OptOut } : entry.Stored;
            users[user] = new(stored, -1, entry.ReadAt) { Used = entry.Used };
        }

        Stale?.Invoke([user]);
    }

    /// <summary>Changes may have been missed. With a stream everybody known is read again; without one, when they turn up.</summary>
    public void Doubt(bool live)
    {
        Interlocked.Increment(ref generation);
        this.live = live;
        if (live)
            Stale?.Invoke(users.Keys);
    }

    /// <summary>The clock algorithm: whoever was not seen since the hand last passed goes.</summary>
    private void Evict()
    {
        if (!evicting.TryEnter())
            return;
        try
        {
            var excess = Count - options.Value.MostUsers + (int)(options.Value.MostUsers * EvictedShare);
            for (var passed = 0; excess > 0 && passed < 3 * options.Value.MostUsers; passed++)
            {
                clock ??= users.GetEnumerator();
                if (!clock.MoveNext())
                    clock = null;
                else if (clock.Current.Value.Used)
                    clock.Current.Value.Used = false;
                else if (Remove(clock.Current))
                    excess--;
            }
        }
        finally
        {
            evicting.Exit();
        }
    }

    private bool Remove(KeyValuePair<string, Entry> known)
    {
        lock (changes)
        {
            if (!users.TryRemove(known))
                return false;
            count--;
            return true;
        }
    }

    private static int Stripe(string user) => (int)((uint)StringComparer.Ordinal.GetHashCode(user) % Stripes);

    private sealed class Entry(Enrollment stored, long generation, long readAt)
    {
        public Enrollment Stored => stored;

        public long Generation => generation;

        public long ReadAt => readAt;

        public bool Used { get; set; }
    }
}
