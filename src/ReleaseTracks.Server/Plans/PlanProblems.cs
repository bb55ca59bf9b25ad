using Microsoft.AspNetCore.Http.HttpResults;
using ReleaseTracks.Server.Http;

namespace ReleaseTracks.Server.Plans;

/// <summary>Refusals as problems. One that a rule is behind names it.</summary>
internal static class PlanProblems
{
    public static ProblemHttpResult Of(PlanOutcome outcome) => outcome.Refusal switch
    {
        PlanRefusal.NotFound => Problems.NotFound("plan"),
        PlanRefusal.WrongHash => Problems.Conflict("wrong-hash", "The hash is not that of the plan.", outcome.Detail),
        PlanRefusal.Stale => Replannable("plan-stale", "The plan is stale.", outcome),
        PlanRefusal.Expired => Replannable("plan-expired", "The plan has expired.", outcome),
        PlanRefusal.OwnPlan => Problems.Forbidden("own-plan", "This is your own plan.", outcome.Detail),
        PlanRefusal.NotYours => Problems.Forbidden("not-yours", "This is somebody else's plan.", outcome.Detail),
        PlanRefusal.NotApproved => Ruled("not-approved", "The plan is not approved.", outcome),
        PlanRefusal.RuleDenied => Ruled("rule-denied", $"The rule {outcome.Rule} says no.", outcome),
        _ => Problems.Conflict("plan-not-open", "The plan is not open.", outcome.Detail),
    };

    private static ProblemHttpResult Ruled(string type, string title, PlanOutcome outcome) => With(type, title, outcome.Detail, "rule", outcome.Rule);

    private static ProblemHttpResult Replannable(string type, string title, PlanOutcome outcome) =>
        With(type, title, outcome.Detail, "replan", $"/api/v1/plans/{outcome.Plan!.Plan.Id}/replan");

    private static ProblemHttpResult With(string type, string title, string detail, string name, string? value) => TypedResults.Problem(
        detail,
        statusCode: StatusCodes.Status409Conflict,
        title: title,
        type: Problems.Prefix + type,
        extensions: new Dictionary<string, object?> { [name] = value });
}
