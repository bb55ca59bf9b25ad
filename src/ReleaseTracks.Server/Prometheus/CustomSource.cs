using System.Security.Cryptography;
using System.Text;
using ReleaseTracks.Objectives;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Prometheus;

/// <summary>
/// An objective measured by expressions of the user's own. <see cref="Feature"/> and <see cref="Track"/> are fixed
/// where the objective is set for them, and then need not be labels of the result; where null, the label says it.
/// </summary>
public sealed record CustomSource(string Objective, Indicator Indicator, ObjectiveSource Source, string? Feature, TrackKey? Track)
{
    /// <summary>
    /// Stable name of scope and expressions: an edited expression counts something else, so its counters must not be
    /// compared with the old ones.
    /// </summary>
    public string Id { get; } = Hash(Objective, Feature, Track?.Wire(), Source.Good, Source.Bad, Source.Total);

    public SourceRead Read() => new(Id, Objective, Feature, Track);

    private static string Hash(params string?[] parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts))).AsSpan(0, 12));
}
