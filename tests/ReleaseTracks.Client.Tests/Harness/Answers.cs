using System.Text;

namespace ReleaseTracks.Client.Tests.Harness;

/// <summary>Snapshots as a server would give them.</summary>
internal static class Answers
{
    public static string Snapshot(long revision, string origin = "releasetracks/00000001", string features = "[]") => $$$"""
        {"revision":{{{revision}}},"origin":"{{{origin}}}","at":"2026-11-22T10:30:00.0000000Z",
         "tracks":[{"key":"stable"},{"key":"innovative"},{"key":"ai","optIn":true,"disclosure":{"version":1,"text":"AI."}}],
         "features":{{{features}}},"organisations":[]}
        """;

    public static byte[] Bytes(long revision, string origin = "releasetracks/00000001", string features = "[]") =>
        Encoding.UTF8.GetBytes(Snapshot(revision, origin, features));

    /// <summary>On for everybody.</summary>
    public static string Feature(string key = "f") =>
        $$"""{"key":"{{key}}","name":"F","variants":{"off":false,"on":true},"fallback":"off","releases":{"stable":[{"variant":"on","weight":100}]},"killed":false,"rolledBack":[]}""";
}
