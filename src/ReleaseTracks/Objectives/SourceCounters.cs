namespace ReleaseTracks.Objectives;

internal readonly record struct CounterId(OutcomeSeries Series, CounterPart Part);

/// <summary>The last counters of one source, per instance, and when it was last read in full.</summary>
internal sealed class SourceCounters
{
    public DateTimeOffset? At { get; set; }

    public Dictionary<string, InstanceCounters> Instances { get; } = [];

    public double Take(in CounterSample sample, IReadOnlyDictionary<string, DateTimeOffset> starts, DateTimeOffset at)
    {
        if (!Instances.TryGetValue(sample.Instance, out var instance))
            Instances.Add(sample.Instance, instance = new InstanceCounters());
        if (!instance.IsMet) instance.Meet(starts.TryGetValue(sample.Instance, out var start) ? start : null, At);
        return instance.Take(new CounterId(sample.Series, sample.Part), sample.Value, at);
    }

    /// <summary>Ends one full reading: from now on this is "the last poll", and absences are noted.</summary>
    public void Close(DateTimeOffset at)
    {
        At = at;
        foreach (var (name, instance) in Instances)
        {
            instance.Close(at);
            if (instance.MissingSince is { } since && at - since > CounterDeltas.ForgetInstanceAfter) Instances.Remove(name);
        }
    }
}
