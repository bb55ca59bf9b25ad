using System.Collections.Immutable;
using ReleaseTracks.Objectives;

namespace ReleaseTracks.Tracks;

/// <summary>One release track as it was written: who may enter it, what it promises, what to do when it breaks.</summary>
public sealed record Track
{
    public required TrackKey Key { get; init; }

    public required string Name { get; init; }

    /// <summary>Nobody is put on the track; people choose it. Always true for ai.</summary>
    public bool OptIn { get; init; }

    /// <summary>What a user consents to on entering; required for ai.</summary>
    public Disclosure? Disclosure { get; init; }

    public ImmutableArray<Objective> Objectives { get; init; } = [];

    /// <summary>What people do after a rollback, step by step.</summary>
    public ImmutableArray<string> Playbook { get; init; } = [];

    /// <summary>What the plan rules ask before something widens here.</summary>
    public TrackLimits Limits { get; init; } = TrackLimits.None;

    /// <summary>Share of users without a choice of their own that is put on the track, in percent; innovative only.</summary>
    public double CohortPercent { get; init; }
}

/// <summary>A track in one snapshot: what was written, since which revision, and whether a rollback closed it.</summary>
public sealed record TrackModel(Track Config, long Revision)
{
    /// <summary>The track-wide rollback that keeps newcomers out until a plan clears it.</summary>
    public string? ClosedBy { get; init; }

    /// <summary>The revision at which the last track-wide rollback was cleared; a new one means fresh evidence.</summary>
    public long ClearedRevision { get; init; }
}
