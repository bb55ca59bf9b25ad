using System.Collections.Immutable;

namespace ReleaseTracks.Snapshots;

public static class History
{
    /// <summary>How many finished items a snapshot keeps; the ledger has them all.</summary>
    public const int Most = 1000;
}

/// <summary>Items by id in the order they came, bounded: when too many are finished, the oldest finished one goes.</summary>
public sealed class History<T>
    where T : class
{
    private readonly ImmutableDictionary<string, (long Order, T Item)> byId;
    private readonly ImmutableSortedDictionary<long, string> order;
    private readonly ImmutableSortedSet<long> open;
    private readonly ImmutableSortedSet<long> finished;
    private readonly long next;

    private History(
        ImmutableDictionary<string, (long Order, T Item)> byId,
        ImmutableSortedDictionary<long, string> order,
        ImmutableSortedSet<long> open,
        ImmutableSortedSet<long> finished,
        long next) => (this.byId, this.order, this.open, this.finished, this.next) = (byId, order, open, finished, next);

    public static History<T> Empty { get; } = new(
        ImmutableDictionary.Create<string, (long, T)>(StringComparer.Ordinal),
        ImmutableSortedDictionary<long, string>.Empty,
        [],
        [],
        0);

    public int Count => byId.Count;

    /// <summary>Oldest first.</summary>
    public IEnumerable<T> All => order.Values.Select(id => byId[id].Item);

    public bool HasOpen => !open.IsEmpty;

    /// <summary>Those that are not finished, oldest first; what is finished costs nothing here.</summary>
    public IEnumerable<T> Open => open.Select(place => byId[order[place]].Item);

    public T? Find(string id) => byId.TryGetValue(id, out var found) ? found.Item : null;

    /// <summary>Adds or replaces; a replaced item keeps its place.</summary>
    public History<T> Set(string id, T item, bool isFinished)
    {
        var known = byId.TryGetValue(id, out var old);
        var place = known ? old.Order : next;
        var changed = new History<T>(
            byId.SetItem(id, (place, item)),
            order.SetItem(place, id),
            isFinished ? open.Remove(place) : open.Add(place),
            isFinished ? finished.Add(place) : finished.Remove(place),
            known ? next : next + 1);
        return changed.finished.Count > History.Most ? changed.WithoutOldest() : changed;
    }

    private History<T> WithoutOldest()
    {
        var oldest = finished.Min;
        return new(byId.Remove(order[oldest]), order.Remove(oldest), open, finished.Remove(oldest), next);
    }
}
