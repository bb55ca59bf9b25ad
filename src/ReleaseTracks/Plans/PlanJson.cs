using System.Text.Json;

namespace ReleaseTracks.Plans;

/// <summary>A plan as the API gives it: the hashed document, and beside it what is not part of the hash.</summary>
public static class PlanJson
{
    public static void Write(Utf8JsonWriter json, PlanModel model, DateTimeOffset now)
    {
        json.WriteStartObject();
        foreach (var member in model.Plan.Document.EnumerateObject())
            member.WriteTo(json);
        json.WriteString("hash", model.Plan.Hash);
        json.WriteString("state", model.StateAt(now).Wire());
        json.WriteStartArray("approvals");
        json.WriteEndArray();
        if (model.StateReason is { } reason)
            json.WriteString("stateReason", reason);
        if (model.AppliedRevision is { } revision)
            json.WriteNumber("appliedRevision", revision);
        json.WriteEndObject();
    }
}
