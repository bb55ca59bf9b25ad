using System.Text.Json;
using ReleaseTracks.Objectives;

namespace ReleaseTracks.Server.Tracks.Editing;

/// <summary>One objective as it is being typed. What is empty is left out, and then means the usual.</summary>
public sealed class ObjectiveDraft
{
    public ObjectiveDraft()
    {
    }

    public ObjectiveDraft(Objective objective)
    {
        Id = objective.Id;
        Indicator = objective.Indicator.Wire();
        Target = TrackDraft.Number(objective.Target);
        Window = Durations.Format(objective.Window);
        OnBreach = objective.OnBreach?.ToString().ToLowerInvariant() ?? "";
        Alpha = TrackDraft.Number(objective.Alpha);
        Margin = TrackDraft.Number(objective.Margin);
        SharedOutage = objective.SharedOutage.ToString().ToLowerInvariant();
        MinBudgetSpent = TrackDraft.Number(objective.MinBudgetSpent);
        TotalFrom = objective.TotalFrom?.Wire() ?? "";
        (Good, Bad, Total) = (objective.Source?.Good ?? "", objective.Source?.Bad ?? "", objective.Source?.Total ?? "");
    }

    public string Id { get; set; } = "";

    public string Indicator { get; set; } = "availability";

    public string Target { get; set; } = "";

    public string Window { get; set; } = "28d";

    public string OnBreach { get; set; } = "";

    public string Alpha { get; set; } = "";

    public string Margin { get; set; } = "";

    public string SharedOutage { get; set; } = "hold";

    public string MinBudgetSpent { get; set; } = "";

    public string TotalFrom { get; set; } = "";

    public string Good { get; set; } = "";

    public string Bad { get; set; } = "";

    public string Total { get; set; } = "";

    public bool HasSource => Good.Length + Bad.Length + Total.Length > 0;

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteTyped("id", Id);
        json.WriteTyped("indicator", Indicator);
        json.WriteTypedNumber("target", Target);
        json.WriteTyped("window", Window);
        json.WriteTyped("onBreach", OnBreach);
        json.WriteTypedNumber("alpha", Alpha);
        json.WriteTypedNumber("margin", Margin);
        json.WriteTyped("sharedOutage", SharedOutage);
        json.WriteTypedNumber("minBudgetSpent", MinBudgetSpent);
        json.WriteTyped("totalFrom", TotalFrom);
        if (HasSource)
        {
            json.WriteStartObject("source");
            json.WriteTyped("good", Good);
            json.WriteTyped("bad", Bad);
            json.WriteTyped("total", Total);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
