using System.Collections.Immutable;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Map;

/// <summary>
/// The picture as data, in its own units: whatever draws it needs to know nothing about ledgers, tracks or verdicts.
/// Time runs from left to right, one step per change; every line ends at its feature's node.
/// </summary>
public sealed record MapModel(
    MapSize Size,
    double Playhead,
    ImmutableArray<MapLane> Lanes,
    ImmutableArray<MapNode> Nodes,
    ImmutableArray<MapStretch> Stretches,
    ImmutableArray<MapLink> Links,
    ImmutableArray<MapStep> Steps,
    int Hidden)
{
    /// <summary>Index of the last step that has happened; -1 before the first.</summary>
    public int At => Steps.Count(step => step.X <= Playhead) - 1;
}

/// <summary>Time runs from Left to Right; the nodes beyond stand in one column, or in two when there are many.</summary>
public sealed record MapSize(double Width, double Height, double Left, double Right, double NodeWidth, double NodeHeight, int Columns)
{
    public double NodeX(int column) => Right + 28 + (column * (NodeWidth + 16));
}

/// <summary>A band for one track; a null track holds what is not released.</summary>
public sealed record MapLane(TrackKey? Track, string Name, double Top, double Height, int Features, bool Closed)
{
    public string Css => "lane-" + (Track?.Wire() ?? "none");
}

/// <summary>One feature, at the end of its line.</summary>
public sealed record MapNode(string Key, string Name, bool Ai, TrackKey? Lane, double X, double Y, double Percent, StatusLook Look, bool IsHeld)
{
    public string Css => "lane-" + (Lane?.Wire() ?? "none");
}

/// <summary>A feature on one track, unchanged, from one moment to the next.</summary>
public sealed record MapStretch(string Feature, TrackKey? Lane, double From, double To, double Y, double Percent, MapStretchState State)
{
    public string Css => $"lane-{Lane?.Wire() ?? "none"} is-{State.ToString().ToLowerInvariant()}";
}

public enum MapStretchState
{
    Serving,

    /// <summary>Its users get the fallback on this track.</summary>
    Held,
    Killed,
}

/// <summary>Something that happened to a feature: for moves from one lane to another, else in its place.</summary>
public sealed record MapLink(FeatureEvent Event, double X, double Reach, double FromY, double ToY, double Percent)
{
    public bool IsMove => FromY != ToY;

    public string Css => $"kind-{Event.Kind.ToString().ToLowerInvariant()} lane-{Event.To?.Wire() ?? "none"}";
}

/// <summary>One revision of the ledger that changed the picture.</summary>
public sealed record MapStep(long Seq, DateTimeOffset At, double X);
