using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Map;

/// <summary>
/// Which row of its lane each stay has. A row is used again once a feature has left it, so that a lane is as high as
/// what was in it at the same time, not as what ever was. The rows come from the whole history: replaying moves
/// features, never rows.
/// </summary>
internal sealed class MapRows
{
    private readonly Dictionary<(string Feature, int From), int> rows = [];
    private readonly Dictionary<int, int> counts = [];

    public MapRows(IEnumerable<MapTrail> trails)
    {
        foreach (var lane in trails.SelectMany(trail => trail.Stays).GroupBy(stay => stay.Lane))
            Place(Rank(lane.Key), [.. lane.OrderBy(stay => stay.From).ThenByDescending(stay => stay.To).ThenBy(stay => stay.Feature, StringComparer.Ordinal)]);
    }

    /// <summary>Rows of all lanes together.</summary>
    public int Total => counts.Values.Sum();

    public bool Has(TrackKey? lane) => counts.ContainsKey(Rank(lane));

    public int In(TrackKey? lane) => counts.GetValueOrDefault(Rank(lane));

    public int Of(TrailStay stay) => rows[(stay.Feature, stay.From)];

    private static int Rank(TrackKey? lane) => lane is { } track ? (int)track : -1;

    private void Place(int lane, TrailStay[] stays)
    {
        var free = new List<int>();
        foreach (var stay in stays)
        {
            // Not in the very step in which the last one left: their curves would touch.
            var row = free.FindIndex(from => from < stay.From);
            if (row < 0)
            {
                row = free.Count;
                free.Add(0);
            }

            free[row] = stay.To;
            rows[(stay.Feature, stay.From)] = row;
        }

        counts[lane] = free.Count;
    }
}
