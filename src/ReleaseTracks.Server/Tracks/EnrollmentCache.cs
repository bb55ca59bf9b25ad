using Microsoft.Extensions.Caching.Memory;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tracks;

/// <summary>
/// Enrollments by user, bounded in number. An entry is dropped when the store signals a change; what was being read
/// from the store while the signal came is not kept, so a stale read cannot outlive an opt-out.
/// </summary>
public sealed class EnrollmentCache : IDisposable
{
    private const int MostUsers = 1_000_000;
    private const int Stripes = 1024;
    private readonly MemoryCache users = new(new MemoryCacheOptions { SizeLimit = MostUsers, CompactionPercentage = 0.05 });
    private readonly long[] changes = new long[Stripes];
    private readonly StoreSignals signals;

    public EnrollmentCache(StoreSignals signals)
    {
        this.signals = signals;
        signals.EnrollmentPublished += OnChanged;
        signals.MayHaveMissed += Clear;
    }

    public bool TryGet(string userId, out Enrollment enrollment)
    {
        var found = users.TryGetValue(userId, out Enrollment? cached);
        enrollment = cached ?? Enrollment.None;
        return found;
    }

    public void Remove(string userId)
    {
        Interlocked.Increment(ref changes[Stripe(userId)]);
        users.Remove(userId);
    }

    /// <summary>Everything is in doubt, as after a lost connection to the store.</summary>
    public void Clear()
    {
        for (var i = 0; i < Stripes; i++)
            Interlocked.Increment(ref changes[i]);
        users.Clear();
    }

    /// <summary>Take before reading from the store; <see cref="PutLoaded"/> keeps the result only if nothing changed since.</summary>
    public long StartLoading(string userId) => Interlocked.Read(ref changes[Stripe(userId)]);

    public void PutLoaded(string userId, Enrollment enrollment, long ticket)
    {
        if (Interlocked.Read(ref changes[Stripe(userId)]) == ticket)
            users.Set(userId, enrollment, new MemoryCacheEntryOptions { Size = 1 });
    }

    public void Dispose()
    {
        signals.EnrollmentPublished -= OnChanged;
        signals.MayHaveMissed -= Clear;
        users.Dispose();
    }

    private void OnChanged(EnrollmentSignal signal) => Remove(signal.User);

    private static int Stripe(string userId) => (int)((uint)StringComparer.Ordinal.GetHashCode(userId) % Stripes);
}
