namespace ReleaseTracks.Objectives;

/// <summary>The last counters of one process. Decides once per reading what an unknown counter of it means.</summary>
internal sealed class InstanceCounters
{
    // Some clients compute the start time anew at every scrape.
    private static readonly TimeSpan StartJitter = TimeSpan.FromSeconds(1);

    private const double Hair = 1e-6;

    // A client library never drops a series while the process lives; this only bounds what old features leave behind
    // on an instance whose restarts cannot be seen.
    private static readonly TimeSpan ForgetCounterAfter = TimeSpan.FromDays(30);

    private bool baseline;
    private bool sameProcess;

    public Dictionary<CounterId, (double Value, DateTimeOffset SeenAt)> Counters { get; } = [];

    public DateTimeOffset? Start { get; set; }

    /// <summary>First good reading that did not have this instance, while it is absent.</summary>
    public DateTimeOffset? MissingSince { get; set; }

    /// <summary>Whether the reading under way has already shown this instance.</summary>
    public bool IsMet { get; private set; }

    /// <summary>False for an instance that no earlier reading had.</summary>
    public bool IsKnown { get; set; }

    /// <summary>When it began to show a state before the one that is known, while it does. Not kept over a restart: the doubt begins anew.</summary>
    public DateTimeOffset? BehindSince { get; set; }

    /// <summary>
    /// Whether this is how the process was before: of one that did not restart no counter can fall. Prometheus answers
    /// from the past when its clock was set back, when it came back from a backup, or when the other one of a pair answers.
    /// </summary>
    public bool IsBehind(CounterId id, double value, DateTimeOffset? start)
    {
        if (start is null || Start is null)
            return false;
        return start < Start - StartJitter
            || (start - Start <= StartJitter && Counters.TryGetValue(id, out var last) && value < last.Value - Hair);
    }

    public void Meet(DateTimeOffset? start, DateTimeOffset? lastPoll)
    {
        var young = start is not null && lastPoll is not null && start > lastPoll - CounterDeltas.StartGrace;
        baseline = !IsKnown && !young;
        sameProcess = start is not null && start - Start <= StartJitter;

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
        // What fell in one and the same process was lost, and is not counted a second time.
        if (known) return value >= last.Value ? value - last.Value : sameProcess ? 0 : value;
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
