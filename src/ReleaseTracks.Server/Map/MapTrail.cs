using System.Collections.Immutable;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Map;

/// <summary>What a feature is between two events.</summary>
internal readonly record struct TrailState(TrackKey? Lane, double Percent, int HeldOn, bool Killed, bool Gone)
{
    public MapStretchState Look => Killed ? MapStretchState.Killed
        : Lane is { } lane && (HeldOn & (1 << (int)lane)) != 0 ? MapStretchState.Held
        : MapStretchState.Serving;

    public TrailState After(FeatureEvent happened) => happened.Kind switch
    {
        FeatureEventKind.Added or FeatureEventKind.Moved => this with { Lane = happened.To, Percent = happened.Percent ?? 0, Gone = false },
        FeatureEventKind.Reweighted when happened.Track == Lane => this with { Percent = happened.Percent ?? Percent },
        FeatureEventKind.RolledBack => this with { HeldOn = HeldOn | (1 << (int)happened.Track!.Value) },
        FeatureEventKind.Cleared => this with { HeldOn = HeldOn & ~(1 << (int)happened.Track!.Value) },
        FeatureEventKind.Killed => this with { Killed = true },
        FeatureEventKind.Revived => this with { Killed = false },
        FeatureEventKind.Archived => this with { Gone = true },
        FeatureEventKind.Restored => this with { Gone = false },
        _ => this,
    };
}

/// <summary>An event, and what the feature is after it.</summary>
internal sealed record TrailPoint(int Step, FeatureEvent Event, TrailState State);

/// <summary>A feature in one lane, from one step to another; <see cref="Open"/> where it is there to this day.</summary>
internal sealed record TrailStay(string Feature, TrackKey? Lane, int From, int To)
{
    public const int Open = int.MaxValue;
}

/// <summary>One feature's way through the lanes, told by its events.</summary>
internal sealed record MapTrail(string Feature, ImmutableArray<TrailPoint> Points)
{
    /// <param name="feature">Its key.</param>
    /// <param name="events">Oldest first.</param>
    /// <param name="stepOf">The step of an entry; entries before the picture's first step share that.</param>
    public static MapTrail Of(string feature, IEnumerable<FeatureEvent> events, Func<long, int> stepOf)
    {
        TrailState? state = null;
        var points = ImmutableArray.CreateBuilder<TrailPoint>();
        foreach (var happened in events)
        {
            state = (state ?? new(happened.From, happened.WasPercent ?? 0, 0, false, false)).After(happened);
            points.Add(new(stepOf(happened.Seq), happened, state.Value));
        }

        return new(feature, points.ToImmutable());
    }

    /// <summary>The point that counts at a step; null before the feature was there.</summary>
    public TrailPoint? At(int step) => Points.LastOrDefault(point => point.Step <= step);

    public ImmutableArray<TrailStay> Stays { get; } = [.. StaysOf(Feature, Points).Where(stay => stay.From < stay.To)];

    public TrailStay? StayAt(int step) => Stays.LastOrDefault(stay => stay.From <= step && step < stay.To);

    private static IEnumerable<TrailStay> StaysOf(string feature, ImmutableArray<TrailPoint> points)
    {
        TrailStay? stay = null;
        foreach (var point in points)
        {
            if (stay is not null && (point.State.Gone || point.State.Lane != stay.Lane))
            {
                yield return stay with { To = point.Step };
                stay = null;
            }

            if (!point.State.Gone)
                stay ??= new(feature, point.State.Lane, point.Step, TrailStay.Open);
        }

        if (stay is not null)
            yield return stay;
    }
}
