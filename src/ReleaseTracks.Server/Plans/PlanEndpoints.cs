using ReleaseTracks.Plans;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Http;
using ReleaseTracks.Server.Snapshots;

namespace ReleaseTracks.Server.Plans;

public static class PlanEndpoints
{
    public static void AddPlans(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PlanOptions>().Bind(configuration.GetSection(PlanOptions.Section))
            .Validate(options => options.IsValid, PlanOptions.Rule).ValidateOnStart();
        services.AddSingleton<PlanService>();
    }

    public static void MapPlans(this IEndpointRouteBuilder routes)
    {
        var plans = routes.MapGroup("/api/v1/plans").WithTags("Plans");
        plans.MapGet("", List).RequireAuthorization(Policies.View).WithSummary("Plans, newest first; ?state= filters.");
        plans.MapGet("/{id}", Get).RequireAuthorization(Policies.View).WithSummary("One plan.");
        plans.MapPost("", Propose).RequireAuthorization(Policies.Propose).WithSummary("Proposes changes; answers with the hashed plan.");
        plans.MapPost("/{id}/apply", Apply).RequireAuthorization(Policies.Propose).WithSummary("Applies a plan by its hash.");
    }

    private static IResult List(SnapshotHolder snapshots, TimeProvider time, string? state = null)
    {
        var now = time.GetUtcNow();
        if (state is not null && !Enum.GetValues<PlanState>().Any(known => known.Wire() == state))
            return Problems.Invalid("state", $"Unknown state; known are {string.Join(", ", Enum.GetValues<PlanState>().Select(PlanStates.Wire))}.");
        var plans = snapshots.Current.Plans.All.Where(plan => state is null || plan.StateAt(now).Wire() == state).Reverse();
        return JsonAnswer.Array(plans, (json, plan) => PlanJson.Write(json, plan, now));
    }

    private static IResult Get(string id, SnapshotHolder snapshots, TimeProvider time) =>
        snapshots.Current.Plans.Find(id) is { } plan ? Answer(plan, time, StatusCodes.Status200OK) : Problems.NotFound("plan");

    private static async Task<IResult> Propose(HttpContext http, PlanService plans, TimeProvider time)
    {
        var body = await JsonBody.ReadAsync(http.Request);
        if (body.Problem is not null)
            return body.Problem;
        var errors = new InputErrors();
        if (await plans.ProposeAsync(body.Root, http.User.Actor(), errors, http.RequestAborted) is not { } plan)
            return Problems.Invalid(errors);
        http.Response.Headers.Location = $"/api/v1/plans/{plan.Plan.Id}";
        return Answer(plan, time, StatusCodes.Status201Created);
    }

    private static async Task<IResult> Apply(string id, HttpContext http, PlanService plans)
    {
        var body = await JsonBody.ReadAsync(http.Request);
        if (body.Problem is not null)
            return body.Problem;
        var errors = new InputErrors();
        var input = new JsonInput(body.Root, "", errors);
        var hash = input.RequireObject("hash") ? input.Member("hash").RequiredString(64) : "";
        if (errors.Any)
            return Problems.Invalid(errors);
        var outcome = await plans.ApplyAsync(id, hash, http.User.Actor(), http.RequestAborted);
        return outcome.Refusal switch
        {
            null => JsonAnswer.Object(json => json.WriteNumber("revision", outcome.Revision)),
            ApplyRefusal.NotFound => Problems.NotFound("plan"),
            ApplyRefusal.WrongHash => Problems.Conflict("wrong-hash", "The hash is not that of the plan.", outcome.Detail),
            ApplyRefusal.Stale => Problems.Conflict("plan-stale", "The plan is stale.", outcome.Detail),
            ApplyRefusal.Expired => Problems.Conflict("plan-expired", "The plan has expired.", outcome.Detail),
            _ => Problems.Conflict("plan-not-open", "The plan cannot be applied.", outcome.Detail),
        };
    }

    private static JsonAnswer Answer(PlanModel plan, TimeProvider time, int status) =>
        new(json => PlanJson.Write(json, plan, time.GetUtcNow()), status);
}
