using System.Collections.Immutable;
using ReleaseTracks.Objectives;

namespace ReleaseTracks.Tracks;

/// <summary>A time in which nothing widens on a track: it opens when the cron expression fires and lasts for the duration.</summary>
public sealed record FreezeWindow(string Cron, TimeSpan Duration, string TimeZone)
{
    public bool Covers(FreezeWindow other) => Cron == other.Cron && TimeZone == other.TimeZone && Duration >= other.Duration;

    public override string ToString() => $"{Cron} for {Durations.Format(Duration)}, {TimeZone}";
}

/// <summary>What the plan rules ask of a track, beside its objectives.</summary>
public sealed record TrackLimits
{
    /// <summary>How long a feature serves this track before it may move on to the next lower one.</summary>
    public TimeSpan SoakTime { get; init; }

    /// <summary>How many events it has had on this track by then.</summary>
    public long SoakVolume { get; init; }

    /// <summary>How long after a rollback on this track a plan may clear it.</summary>
    public TimeSpan RollbackCooldown { get; init; }

    /// <summary>For how many percent of the track's users one plan may raise something.</summary>
    public double MaxStepPercent { get; init; } = 100;

    public ImmutableArray<FreezeWindow> FreezeWindows { get; init; } = [];

    public static TrackLimits None { get; } = new();

    /// <summary>
    /// What holds where a track says nothing: a first release is never in the way, moving on towards stable takes time.
    /// </summary>
    public static TrackLimits DefaultOf(TrackKey track) => track switch
    {
        TrackKey.Ai => new() { SoakTime = TimeSpan.FromDays(1), SoakVolume = 100 },
        TrackKey.Innovative => new() { SoakTime = TimeSpan.FromDays(3), SoakVolume = 100 },
        _ => None,
    };

    public bool Equals(TrackLimits? other) => other is not null
        && (SoakTime, SoakVolume, RollbackCooldown, MaxStepPercent) == (other.SoakTime, other.SoakVolume, other.RollbackCooldown, other.MaxStepPercent)
        && FreezeWindows.SequenceEqual(other.FreezeWindows);

    public override int GetHashCode() => HashCode.Combine(SoakTime, SoakVolume, RollbackCooldown, MaxStepPercent, FreezeWindows.Length);
}
