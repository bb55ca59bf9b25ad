using System.Text.Json;
using ReleaseTracks.Objectives;
using ReleaseTracks.Plans;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Http;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Objectives;

public static class BudgetEndpoints
{
    public static void MapBudgets(this IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/budgets", List)
        .WithTags("Budgets").RequireAuthorization(Policies.View)
        .WithSummary("Every objective of every feature and of every track, worst first.");

    private static JsonAnswer List(BudgetBoard board, TimeProvider time)
    {
        var now = time.GetUtcNow();
        var rows = board.Rows()
            .OrderByDescending(row => row.Verdict)
            .ThenBy(row => row.Remaining ?? double.MaxValue)
            .ThenBy(row => row.Key.Feature, StringComparer.Ordinal);
        return JsonAnswer.Array(rows, (json, row) => Write(json, row, now));
    }

    private static void Write(Utf8JsonWriter json, BudgetRow row, DateTimeOffset now)
    {
        json.WriteStartObject();
        json.WriteString("feature", row.Key.Feature);
        json.WriteString("track", row.Key.Track.Wire());
        json.WriteString("objective", row.Key.Objective);
        json.WriteString("indicator", row.Objective.Indicator.Wire());
        json.WriteNumber("target", row.Objective.Target);
        json.WriteString("window", Durations.Format(row.Objective.Window));
        json.WriteString("onBreach", row.Objective.BreachActionOn(row.Key.Track).ToString().ToLowerInvariant());
        json.WriteNumber("good", row.Good);
        json.WriteNumber("bad", row.Bad);
        json.WriteOptional("remaining", row.Remaining);
        json.WriteStartObject("burnRates");
        foreach (var (window, rate) in row.BurnRates.List())
            json.WriteOptional(window, rate);
        json.WriteEndObject();
        json.WriteString("verdict", row.Verdict.Wire());
        json.WriteString("cause", row.Cause?.Wire());
        json.WriteStrings("reasons", row.Reasons);
        json.WriteStartObject("evidence");
        json.WriteOptional("g", row.Evidence?.G);
        json.WriteOptional("bR", row.Evidence?.BR);
        json.WriteOptional("c1", row.Evidence?.C1);
        json.WriteOptional("threshold", row.Evidence?.Threshold);
        json.WriteEndObject();
        json.WriteOptional("provenAt", row.ProvenAt);
        json.WriteOptional("dataAgeSeconds", row.DataAt is { } at ? Math.Max(0, (now - at).TotalSeconds) : null);
        json.WriteString("freshness", row.Freshness.ToString().ToLowerInvariant());
        json.WriteBoolean("sharedOutage", row.SharedOutage);
        json.WriteBoolean("freezeWidening", row.FreezeWidening);
        json.WriteBoolean("rolledBack", row.RolledBack);
        json.WriteNumber("spentWindows", row.SpentWindows);
        json.WriteEndObject();
    }
}
