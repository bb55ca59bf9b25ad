using System.Text.Json.Serialization;
using ReleaseTracks.Objectives;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Client.Objectives;

/// <summary>One row of a report, as the server takes it.</summary>
internal sealed record OutcomeRow(string Feature, string Track, string Variant, string Indicator, long Good, long Bad)
{
    [JsonIgnore]
    public long Events => Good + Bad;
}

/// <summary>A report. Its id stays the same however often it is sent, so that the server counts it once.</summary>
internal sealed record OutcomeBatch(string BatchId, OutcomeRow[] Outcomes)
{
    /// <summary>The server's bound.</summary>
    public const int MostRows = 1000;

    [JsonIgnore]
    public long Events => Outcomes.Sum(row => row.Events);

    public static OutcomeBatch Of(IEnumerable<OutcomeRow> rows) => new($"app-{Guid.NewGuid():N}", [.. rows]);

    /// <summary>What happened since the last time.</summary>
    public static IEnumerable<OutcomeBatch> Take(OutcomeCounts counts) => counts.All
        .Select(series => (series.Key, Taken: series.Value.Take()))
        .Where(series => series.Taken != (0, 0))
        .Select(series => new OutcomeRow(
            series.Key.Feature, series.Key.Track.Wire(), series.Key.Variant, series.Key.Indicator.Wire(), series.Taken.Good, series.Taken.Bad))
        .Chunk(MostRows)
        .Select(Of);
}
