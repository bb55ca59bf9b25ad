using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.Extensions;
using CloudNative.CloudEvents.SystemTextJson;
using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;

namespace ReleaseTracks.Server.Ledger;

/// <summary>
/// Ledger entries as CloudEvents 1.0. The data is the entry as it stands in the ledger; <c>sequence</c> is its number,
/// so whoever has read up to n goes on with <c>from=</c>n + 1.
/// </summary>
public static class LedgerEvents
{
    private const string TypePrefix = "releasetracks.";
    private static readonly string[] Subjects = ["feature", "rollback", "plan", "id"];
    private static readonly JsonEventFormatter Formatter = new(new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }, default);

    /// <param name="origin">Which ledger: the name it was opened with.</param>
    /// <param name="stored">The bytes of one entry.</param>
    public static ReadOnlyMemory<byte> Write(string origin, byte[] stored)
    {
        var entry = LedgerEntryCodec.Read(stored);
        var happened = new CloudEvent(CloudEventsSpecVersion.V1_0)
        {
            Id = entry.Id,
            Source = Source(origin),
            Type = TypePrefix + entry.Type,
            Time = entry.At,
            Subject = SubjectOf(entry.Data),
            DataContentType = "application/json",
            Data = JsonElement.Parse(stored),
        };
        happened.SetAttributeFromString(Sequence.SequenceAttribute.Name, entry.Seq.ToString(CultureInfo.InvariantCulture));
        happened.SetAttributeFromString(Sequence.SequenceTypeAttribute.Name, "Integer");
        return Formatter.EncodeStructuredModeMessage(happened, out _);
    }

    /// <summary>An event that is in no ledger: somebody wants to see whether it arrives.</summary>
    public static ReadOnlyMemory<byte> WriteTest(string origin, string id, DateTimeOffset at, string destination) => Formatter.EncodeStructuredModeMessage(
        new CloudEvent(CloudEventsSpecVersion.V1_0)
        {
            Id = id,
            Source = Source(origin),
            Type = TypePrefix + "alert.test",
            Time = at,
            Subject = destination,
            DataContentType = "application/json",
            Data = Json.Object(json => json.WriteString("destination", destination)),
        },
        out _);

    private static Uri Source(string origin) => new($"urn:releasetracks:ledger:{Uri.EscapeDataString(origin)}", UriKind.Absolute);

    /// <summary>What the entry is about, by its key or id; null for what concerns the whole ledger.</summary>
    private static string? SubjectOf(JsonElement data)
    {
        if (data.ValueKind != JsonValueKind.Object)
            return null;
        foreach (var name in Subjects)
        {
            if (!data.TryGetProperty(name, out var value))
                continue;
            if (value.ValueKind == JsonValueKind.String)
                return value.GetString();
            if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("id", out var id))
                return id.GetString();
        }

        return null;
    }
}
