namespace ReleaseTracks.Objectives;

/// <summary>The last counters of one process. Decides once per reading what an unknown counter of it means.</summary>
internal sealed class InstanceCounters
{
    // Some clients compute the start time anew at every scrape.
    private static readonly TimeSpan StartJitter = TimeSpan.FromSeconds(1);

    // A client library never drops a series while the process lives; this only bounds what old features leave behind
    // on an instance whose restarts cannot be seen.
    private static readonly TimeSpan ForgetCounterAfter = TimeSpan.FromDays(30);

    private bool baseline;

    public Dictionary<CounterId, (double Value, DateTimeOffset SeenAt)> Counters { get; } = [];

    public DateTimeOffset? Start { get; set; }

    /// <summary>First good reading that did not have this instance, while it is absent.</summary>
    public DateTimeOffset? MissingSince { get; set; }

    /// <summary>Whether the reading under way has already shown this instance.</summary>
    public bool IsMet { get; private set; }

    /// <summary>False for an instance that no earlier reading had.</summary>
    public bool IsKnown { get; set; }

    public void Meet(DateTimeOffset? start, DateTimeOffset? lastPoll)
    {
        var young = start is not null && lastPoll is not null && start > lastPoll - CounterDeltas.StartGrace;
        baseline = !IsKnown && !young;

        // Every counter of a restarted process began at zero, also those that already overtook their old value.
        if (start - Start > StartJitter) Counters.Clear();
        Start = start ?? Start;
        MissingSince = null;
        IsKnown = IsMet = true;
    }

    public double Take(CounterId id, double value, DateTimeOffset at)
    {
        var known = Counters.TryGetValue(id, out var last);
        Counters[id] = (value, at);
        if (known) return value >= last.Value ? value - last.Value : value;
        return baseline ? 0 : value;
    }

    public void Close(DateTimeOffset at)
    {
        if (!IsMet)
        {
            MissingSince ??= at;
            return;
        }

        IsMet = false;
        foreach (var (id, counter) in Counters)
        {
            if (at - counter.SeenAt > ForgetCounterAfter) Counters.Remove(id);
        }
    }
}
