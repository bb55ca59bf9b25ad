using System.Text.Json;
using ReleaseTracks.Features;
using ReleaseTracks.Plans;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Alerts;

/// <summary>A change of alerts as it stands in the ledger.</summary>
public static class AlertJson
{
    private const int ReasonLength = 500;

    public static void WriteMembers(Utf8JsonWriter json, AlertChange change)
    {
        json.WriteString("event", change.Event.Wire());
        json.WriteArray("rows", change.Rows, (writer, row) =>
        {
            writer.WriteStartObject();
            writer.WriteString("feature", row.Row.Feature);
            writer.WriteString("track", row.Row.Track.Wire());
            writer.WriteString("objective", row.Row.Objective);
            writer.WriteString("reason", row.Reason.Length > ReasonLength ? row.Reason[..ReasonLength] : row.Reason);
            writer.WriteEndObject();
        });
    }

    public static AlertChange Read(JsonInput data, bool raised)
    {
        var which = AlertEvents.Parse(data.Member("event").RequiredString(63));
        if (which is null)
            data.Member("event").Fail("Unknown event.");
        return new(raised, which ?? AlertEvent.Blind, [.. data.Member("rows").Items(int.MaxValue).Select(row => ReadRow(row, which ?? AlertEvent.Blind))]);
    }

    private static AlertCondition ReadRow(JsonInput row, AlertEvent which) => new(
        which,
        new RowKey(
            row.Member("feature").OptionalString(63),
            FeatureJson.ReadTrack(row.Member("track")) ?? TrackKey.Stable,
            row.Member("objective").RequiredString(63)),
        row.Member("reason").OptionalString(int.MaxValue) ?? "");
}
