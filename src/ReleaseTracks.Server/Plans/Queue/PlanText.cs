using System.Text.Json;
using ReleaseTracks.Plans;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Plans.Queue;

/// <summary>A plan in words.</summary>
public static class PlanText
{
    public static string Title(Plan plan) => Member(plan, "title") is { Length: > 0 } title ? title : $"Plan {plan.Id}";

    public static string Reason(Plan plan) => Member(plan, "reason") ?? "";

    /// <summary>How far the approvals are.</summary>
    public static string Approvals(PlanModel model) => (model.Plan.ApprovalsNeeded, model.Approvals.Count(approval => approval.Approves)) switch
    {
        (0, _) => "needs no approval",
        var (needed, given) => $"{given} of {needed} {(needed == 1 ? "approval" : "approvals")}",
    };

    /// <summary>The changes that take the plan back, as its document has them.</summary>
    public static IReadOnlyList<Change> Inverse(Plan plan) =>
        [.. new JsonInput(plan.Document, "", new()).Member("inverse").Items(int.MaxValue).Select(item => ChangeJson.Read(item, Snapshot.Empty)).OfType<Change>()];

    private static string? Member(Plan plan, string name) =>
        plan.Document.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
