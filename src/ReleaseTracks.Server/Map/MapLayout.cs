using System.Collections.Immutable;
using ReleaseTracks.Features;
using ReleaseTracks.Objectives;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Map;

/// <summary>What the picture is made of. The verdict is asked for the present only: the ledger does not keep verdicts.</summary>
/// <param name="Head">The newest state: it decides which features there are and where everything stands.</param>
/// <param name="State">The state to show.</param>
/// <param name="Timeline">What happened, complete up to <paramref name="Head"/>.</param>
/// <param name="Verdict">The worst verdict of a feature now.</param>
/// <param name="Shows">Which features to show.</param>
public sealed record MapInput(Snapshot Head, Snapshot State, Timeline Timeline, Func<string, Verdict?> Verdict, Func<FeatureModel, bool> Shows)
{
    public bool IsNow => State.Revision >= Head.Revision;
}

/// <summary>Places everything. Pure: the same history gives the same picture, and replaying it moves only what moved.</summary>
public static class MapLayout
{
    /// <summary>More than these cannot be told apart on one screen; those that changed last are shown.</summary>
    public const int MostFeatures = 150;

    /// <summary>What happened before the last so many changes stands together at the left edge.</summary>
    public const int MostSteps = 240;

    private const double Left = 168;
    private const double Narrow = 740;
    private const double Wide = 860;
    private const double AxisHeight = 34;
    private const int FewRows = 8;
    private const int SomeRows = 16;

    private static readonly StatusLook Past = new("Served", MudBlazor.Icons.Material.Outlined.Circle, Tone.Neutral, "Verdicts of the past are not in the ledger.");
    private static readonly TrackKey?[] Order = [null, TrackKey.Ai, TrackKey.Innovative, TrackKey.Stable];

    public static MapModel Of(MapInput input)
    {
        var (events, hidden) = EventsShown(input);
        var steps = Steps(events.SelectMany(one => one.Events));
        var trails = events.Select(one => MapTrail.Of(one.Feature, one.Events, seq => StepOf(steps, seq))).ToArray();
        var rows = new MapRows(trails);
        var at = steps.Count(step => step.Seq <= input.State.Revision) - 1;
        var (lanes, size) = Lanes(input, rows, trails, at);
        steps = Spread(steps, size);
        var place = new MapPlace(size, lanes, rows, steps, Playhead(steps, size, at, input.IsNow));
        return new(
            size, place.Playhead, lanes,
            [.. trails.Select(trail => Node(input, place, trail, at)).OfType<MapNode>().OrderBy(node => node.Y)],
            [.. trails.SelectMany(trail => place.Stretches(trail, at))],
            [.. trails.SelectMany(trail => place.Links(trail, at))],
            steps, hidden);
    }

    private static (ImmutableArray<(string Feature, ImmutableList<FeatureEvent> Events)> Shown, int Hidden) EventsShown(MapInput input)
    {
        var all = input.Head.Features.Values.Where(feature => input.Shows(feature))
            .Select(feature => (Feature: feature.Config.Key, Events: input.Timeline.Of(feature.Config.Key)))
            .Where(one => one.Events.Exists(IsSeen)).ToArray();
        return ([.. all.OrderByDescending(one => one.Events[^1].Seq).Take(MostFeatures).OrderBy(one => one.Feature, StringComparer.Ordinal)], Math.Max(0, all.Length - MostFeatures));
    }

    private static ImmutableArray<MapStep> Steps(IEnumerable<FeatureEvent> events)
    {
        var moments = events.Where(IsSeen).GroupBy(one => one.Seq).OrderBy(one => one.Key).TakeLast(MostSteps).Select(group => (Seq: group.Key, group.First().At)).ToArray();
        return [.. moments.Select(moment => new MapStep(moment.Seq, moment.At, Left))];
    }

    /// <summary>Evenly: what matters in a meeting is what came after what, and ledgers have quiet years.</summary>
    private static ImmutableArray<MapStep> Spread(ImmutableArray<MapStep> steps, MapSize size) =>
        [.. steps.Select((step, index) => step with { X = Left + ((index + 0.5) * (size.Right - Left) / steps.Length) })];

    /// <summary>A changed name or text leaves the picture as it was.</summary>
    internal static bool IsSeen(FeatureEvent happened) => happened.Kind is not (FeatureEventKind.Changed or FeatureEventKind.Disclosed);

    private static int StepOf(ImmutableArray<MapStep> steps, long seq)
    {
        var found = steps.BinarySearch(new MapStep(seq, default, 0), BySeq);
        return Math.Max(0, found >= 0 ? found : ~found - 1);
    }

    private static readonly Comparer<MapStep> BySeq = Comparer<MapStep>.Create((a, b) => a.Seq.CompareTo(b.Seq));

    /// <summary>In the past the lines end half a step after what happened last.</summary>
    private static double Playhead(ImmutableArray<MapStep> steps, MapSize size, int at, bool isNow)
    {
        if (isNow || steps.IsEmpty)
            return size.Right;
        return at < 0 ? Left : Math.Min(size.Right, steps[at].X + ((size.Right - Left) / steps.Length / 2));
    }

    private static (ImmutableArray<MapLane> Lanes, MapSize Size) Lanes(MapInput input, MapRows rows, MapTrail[] trails, int at)
    {
        var columns = rows.Total > SomeRows ? 2 : 1;
        var pitch = rows.Total <= FewRows ? 60d : columns == 1 ? 42 : 12.5;
        var node = rows.Total <= FewRows ? (Width: 312d, Height: 48d) : columns == 1 ? (300, 34) : (306, 21);
        var lanes = ImmutableArray.CreateBuilder<MapLane>();
        var top = AxisHeight;
        foreach (var track in Order.Where(track => track is not null || rows.Has(null)))
        {
            var height = Math.Max(Math.Max(1, rows.In(track)) * pitch, node.Height) + (2 * MapPlace.LanePadding);
            var model = track is { } key ? input.State.Tracks.GetValueOrDefault(key) : null;
            var features = trails.Count(trail => trail.At(at)?.State is { Gone: false } state && state.Lane == track);
            lanes.Add(new(track, track is { } named ? model?.Config.Name ?? named.Label() : "Not released", top, height, features, model?.ClosedBy is not null));
            top += height + 6;
        }

        var size = new MapSize(0, top, Left, columns == 1 ? Wide : Narrow, node.Width, node.Height, columns);
        return (lanes.ToImmutable(), size with { Width = size.NodeX(columns - 1) + node.Width + 8 });
    }

    private static MapNode? Node(MapInput input, MapPlace place, MapTrail trail, int at)
    {
        if (trail.At(at)?.State is not { Gone: false } state || input.State.FindUnarchived(trail.Feature) is not { } feature)
            return null;
        var held = feature.Switches.Killed || !feature.Switches.RolledBack.IsEmpty;
        var look = feature.Switches.Killed ? StatusMapper.Killed : held ? StatusMapper.RolledBack : input.IsNow ? StatusMapper.Of(input.Verdict(trail.Feature)) : Past;
        var (x, y) = place.NodeOf(trail, at);
        return new(trail.Feature, feature.Config.Name, feature.Config.Ai, state.Lane, x, y, state.Percent, look, held);
    }
}
