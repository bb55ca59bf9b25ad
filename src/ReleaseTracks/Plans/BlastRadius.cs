using System.Text.Json;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Plans;

/// <summary>Users for whom something rises: enrolled users of a track times the share of its buckets that is touched.</summary>
public static class BlastRadius
{
    private const int Digits = 6;

    /// <summary>
    /// Buckets of different features are independent of each other, so a user is touched by none of them with the product
    /// of the untouched shares.
    /// </summary>
    public static void Write(Utf8JsonWriter json, Exposure exposure, IReadOnlyDictionary<TrackKey, long> enrolled)
    {
        var tracks = exposure.Shares.Where(share => share.Raised > 0)
            .GroupBy(share => share.Track)
            .OrderBy(group => group.Key)
            .Select(group => (Track: group.Key, Percent: Union(group.Select(share => share.Raised))))
            .Select(row => (row.Track, row.Percent, Users: (long)Math.Ceiling(enrolled.GetValueOrDefault(row.Track) * row.Percent / 100)))
            .ToArray();
        json.WriteStartObject("blastRadius");
        json.WriteNumber("users", tracks.Sum(row => row.Users));
        json.WriteArray("tracks", tracks, (writer, row) =>
        {
            writer.WriteStartObject();
            writer.WriteString("track", row.Track.Wire());
            writer.WriteNumber("users", row.Users);
            writer.WriteNumber("percent", row.Percent);
            writer.WriteEndObject();
        });
        json.WriteNumber("percent", tracks.Select(row => row.Percent).Concat(exposure.Entering.Select(entry => entry.Percent)).DefaultIfEmpty().Max());
        json.WriteArray("entering", exposure.Entering, (writer, entry) =>
        {
            writer.WriteStartObject();
            writer.WriteString("track", entry.Track.Wire());
            writer.WriteNumber("percent", entry.Percent);
            writer.WriteEndObject();
        });
        json.WriteEndObject();
    }

    /// <summary>One share is exactly itself, however it is added up.</summary>
    private static double Union(IEnumerable<double> percents)
    {
        var all = percents.ToArray();
        return Math.Round(all.Length == 1 ? all[0] : 100 * (1 - all.Aggregate(1d, (rest, percent) => rest * (1 - (percent / 100)))), Digits);
    }
}
