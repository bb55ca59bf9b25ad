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
        json.WriteArray("approvals", model.Approvals, WriteApproval);
        json.WriteBoolean("solo", model.Approvals.Any(approval => approval.Solo));
        if (model.StateReason is { } reason)
            json.WriteString("stateReason", reason);
        json.WriteArray("refusals", model.Refusals, WriteRefusal);
        if (model.AppliedRevision is { } revision)
        {
            json.WriteNumber("appliedRevision", revision);
            json.WriteString("readBack", model.ReadBack.ToString().ToLowerInvariant());
        }

        json.WriteEndObject();
    }

    private static void WriteApproval(Utf8JsonWriter json, PlanApproval approval)
    {
        json.WriteStartObject();
        json.WriteActor("by", approval.By);
        json.WriteString("decision", approval.Approves ? "approve" : "reject");
        json.WriteString("comment", approval.Comment);
        json.WriteBoolean("solo", approval.Solo);
        json.WriteString("at", Json.Time(approval.At));
        json.WriteEndObject();
    }

    private static void WriteRefusal(Utf8JsonWriter json, PlanRefusalNote refusal)
    {
        json.WriteStartObject();
        json.WriteActor("by", refusal.By);
        json.WriteString("rule", refusal.Rule);
        json.WriteString("detail", refusal.Detail);
        json.WriteString("at", Json.Time(refusal.At));
        json.WriteEndObject();
    }
}
