using System.Collections.Immutable;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Map;

/// <summary>From steps and rows to places in the picture, up to a step.</summary>
internal sealed class MapPlace(MapSize size, ImmutableArray<MapLane> lanes, MapRows rows, ImmutableArray<MapStep> steps, double playhead)
{
    public const double LanePadding = 14;
    private const double MostReach = 42;

    public double Playhead => playhead;

    /// <summary>How far before and after its moment a curve from lane to lane reaches.</summary>
    private double Reach => Math.Min(MostReach, (size.Right - size.Left) / Math.Max(1, steps.Length) * 0.45);

    public (double X, double Y) NodeOf(MapTrail trail, int at)
    {
        var stay = trail.StayAt(at)!;
        return (size.NodeX(rows.Of(stay) % size.Columns), Y(stay));
    }

    public IEnumerable<MapStretch> Stretches(MapTrail trail, int at)
    {
        var points = trail.Points.Where(point => point.Step <= at).ToArray();
        for (var index = 0; index < points.Length; index++)
        {
            var (point, next) = (points[index], index + 1 < points.Length ? points[index + 1] : null);
            if (point.State.Gone || next?.Step == point.Step)
                continue;
            var stay = trail.StayAt(point.Step)!;
            var from = steps[point.Step].X + (Arrives(trail, stay) && stay.From == point.Step ? Reach : 0);
            var to = next is null ? playhead : steps[next.Step].X - (next.State.Lane != point.State.Lane && !next.State.Gone ? Reach : 0);
            yield return new(trail.Feature, point.State.Lane, from, Math.Max(from, to), Y(stay), point.State.Percent, point.State.Look);
        }
    }

    public IEnumerable<MapLink> Links(MapTrail trail, int at)
    {
        foreach (var point in trail.Points.Where(point => point.Step <= at && point.Event.Seq >= steps[0].Seq && MapLayout.IsSeen(point.Event)))
        {
            var (here, before) = (trail.StayAt(point.Step), trail.StayAt(point.Step - 1));
            if ((here ?? before) is not { } shown)
                continue;
            var moved = point.Event.Kind == FeatureEventKind.Moved && before is not null && here is not null && before != here;
            yield return new(point.Event, steps[point.Step].X, moved ? Reach : 0, moved ? Y(before!) : Y(shown), Y(shown), point.State.Percent);
        }
    }

    private static bool Arrives(MapTrail trail, TrailStay stay) => trail.StayAt(stay.From - 1) is not null;

    private double Y(TrailStay stay)
    {
        var lane = lanes.First(lane => lane.Track == stay.Lane);
        var pitch = (lane.Height - (2 * LanePadding)) / Math.Max(1, rows.In(stay.Lane));
        return lane.Top + LanePadding + ((rows.Of(stay) + 0.5) * pitch);
    }
}
