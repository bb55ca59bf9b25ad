using ReleaseTracks.Tracks;

namespace ReleaseTracks.Objectives;

public enum ReadingStatus
{
    Ok,

    /// <summary>Nothing could be read. <see cref="CounterReading.Fault"/> says why.</summary>
    Unavailable,

    /// <summary>Something was read, but the source itself says that it is not everything.</summary>
    Partial,
}

/// <summary>How the reading of one own source went. Null scope means all features, or all tracks.</summary>
public sealed record SourceRead(string Source, string Objective, string? Feature, TrackKey? Track)
{
    /// <summary>Null when it was read in full; its samples are left out of the reading otherwise.</summary>
    public string? Fault { get; init; }

    public bool Partial { get; init; }

    public bool Covers(MeasuredRow row) =>
        row.Objective == Objective && (Feature ?? row.Feature) == row.Feature && (Track ?? row.Track) == row.Track;
}

/// <summary>
/// All outcome counters at one moment, from whichever source. Only an <see cref="ReadingStatus.Ok"/> reading may
/// change state; the counters are cumulative, so the next good reading covers what a failed one missed.
/// </summary>
public sealed record CounterReading
{
    public required ReadingStatus Status { get; init; }

    /// <summary>When it was asked for, in our own time.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Why it is not Ok, in words for a person.</summary>
    public string? Fault { get; init; }

    public IReadOnlyList<CounterSample> Samples { get; init; } = [];

    /// <summary>Age of the freshest sample of a row; a row that is missing here is of unknown age.</summary>
    public IReadOnlyDictionary<MeasuredRow, TimeSpan> Ages { get; init; } = new Dictionary<MeasuredRow, TimeSpan>();

    /// <summary>
    /// When the process behind an instance started, where that is known. Must be the process the samples are of: a
    /// start that is newer than its counters would count them twice.
    /// </summary>
    public IReadOnlyDictionary<string, DateTimeOffset> ProcessStarts { get; init; } = new Dictionary<string, DateTimeOffset>();

    /// <summary>
    /// How long counters that fell without a restart are taken for an answer from the past, and waited for; after that they
    /// are taken for a loss. Zero where the source can only answer with the present.
    /// </summary>
    public TimeSpan DoubtFor { get; init; } = TimeSpan.FromMinutes(15);

    public IReadOnlyList<SourceRead> Sources { get; init; } = [];

    /// <summary>What was ignored and why; bounded in number.</summary>
    public IReadOnlyList<string> Diagnostics { get; init; } = [];

    public static CounterReading Unavailable(DateTimeOffset at, string fault) =>
        new() { Status = ReadingStatus.Unavailable, At = at, Fault = fault };
}
