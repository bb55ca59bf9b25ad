using ReleaseTracks.Access;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Http;
using ReleaseTracks.Server.Snapshots;

namespace ReleaseTracks.Server.Plans;

public static class PlanEndpoints
{
    private const int CommentLength = 4000;

    public static void AddPlans(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PlanOptions>().Bind(configuration.GetSection(PlanOptions.Section))
            .Validate(options => options.IsValid, PlanOptions.Rule).ValidateOnStart();
        services.AddOptions<FreshSignInOptions>().Bind(configuration.GetSection(AccessOptions.Section))
            .Validate(options => options.IsValid, FreshSignInOptions.Rule).ValidateOnStart();
        services.AddSingleton<FreshSignIn>();
        services.AddSingleton<PlanFacts>();
        services.AddSingleton<PlanVerifier>();
        services.AddSingleton<PlanService>();
        services.AddHostedService<PlanKeeper>();
    }

    public static void MapPlans(this IEndpointRouteBuilder routes)
    {
        var plans = routes.MapGroup("/api/v1/plans").WithTags("Plans");
        plans.MapGet("", List).RequireAuthorization(Policies.View).WithSummary("Plans, newest first; ?state= filters.");
        plans.MapGet("/{id}", Get).RequireAuthorization(Policies.View).WithSummary("One plan.");
        plans.MapPost("", Propose).RequireAuthorization(Policies.Propose).WithSummary("Proposes changes; answers with the hashed plan.");
        plans.MapPost("/{id}/approvals", Decide).RequireAuthorization(Policies.Approve).WithSummary("Approves or rejects a plan by its hash.");
        plans.MapPost("/{id}/apply", Apply).RequireAuthorization(Policies.Propose).WithSummary("Applies a plan by its hash.");
        plans.MapPost("/{id}/replan", Replan).RequireAuthorization(Policies.Propose)
            .WithSummary("Proposes the same changes on the present state, as a new plan without approvals.");
        plans.MapDelete("/{id}", Cancel).RequireAuthorization(Policies.View).WithSummary("Cancels a plan; its author or an administrator may.");
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
        return await plans.ProposeAsync(body.Root, http.User.Actor(), errors, http.RequestAborted) is { } plan
            ? Created(http, plan, time)
            : Problems.Invalid(errors);
    }

    private static async Task<IResult> Replan(string id, HttpContext http, PlanService plans, TimeProvider time)
    {
        var errors = new InputErrors();
        var outcome = await plans.ReplanAsync(id, http.User.Actor(), errors, http.RequestAborted);
        if (!outcome.Done)
            return PlanProblems.Of(outcome);
        return outcome.Plan is { } plan ? Created(http, plan, time) : Problems.Invalid(errors);
    }

    private static async Task<IResult> Decide(string id, HttpContext http, PlanService plans, FreshSignIn fresh, TimeProvider time)
    {
        var body = await JsonBody.ReadAsync(http.Request);
        if (body.Problem is not null)
            return body.Problem;
        var errors = new InputErrors();
        var input = new JsonInput(body.Root, "", errors);
        if (!input.RequireObject("hash", "decision", "comment"))
            return Problems.Invalid(errors);
        var (hash, decision) = (input.Member("hash").RequiredString(64), input.Member("decision").RequiredString(63));
        var comment = input.Member("comment").OptionalString(CommentLength) ?? "";
        if (decision is not ("approve" or "reject" or ""))
            input.Member("decision").Fail("Choose approve or reject.");
        if (errors.Any)
            return Problems.Invalid(errors);
        if (decision == "approve" && !fresh.IsFresh(http.User))
            return SignInAgain(fresh);
        var outcome = await (decision == "approve"
            ? plans.ApproveAsync(id, hash, comment, http.User.Actor(), http.RequestAborted)
            : plans.RejectAsync(id, hash, comment, http.User.Actor(), http.RequestAborted));
        return outcome.Done ? Answer(outcome.Plan!, time, StatusCodes.Status200OK) : PlanProblems.Of(outcome);
    }

    private static async Task<IResult> Apply(string id, HttpContext http, PlanService plans, FreshSignIn fresh)
    {
        var body = await JsonBody.ReadAsync(http.Request);
        if (body.Problem is not null)
            return body.Problem;
        var errors = new InputErrors();
        var input = new JsonInput(body.Root, "", errors);
        var hash = input.RequireObject("hash") ? input.Member("hash").RequiredString(64) : "";
        if (errors.Any)
            return Problems.Invalid(errors);
        if (!fresh.IsFresh(http.User))
            return SignInAgain(fresh);
        var outcome = await plans.ApplyAsync(id, hash, http.User.Actor(), http.RequestAborted);
        return outcome.Done
            ? JsonAnswer.Object(json =>
            {
                json.WriteNumber("revision", outcome.Revision);
                json.WriteString("readBack", outcome.Plan!.ReadBack.ToString().ToLowerInvariant());
            })
            : PlanProblems.Of(outcome);
    }

    private static async Task<IResult> Cancel(string id, HttpContext http, PlanService plans, TimeProvider time)
    {
        var outcome = await plans.CancelAsync(id, http.User.Actor(), http.User.IsInRole(Roles.Admin), http.RequestAborted);
        return outcome.Done ? Answer(outcome.Plan!, time, StatusCodes.Status200OK) : PlanProblems.Of(outcome);
    }

    private static IResult SignInAgain(FreshSignIn fresh) => Problems.Forbidden("sign-in-again", "The sign-in is too old for this.", fresh.Detail);

    internal static JsonAnswer Created(HttpContext http, PlanModel plan, TimeProvider time)
    {
        http.Response.Headers.Location = $"/api/v1/plans/{plan.Plan.Id}";
        return Answer(plan, time, StatusCodes.Status201Created);
    }

    private static JsonAnswer Answer(PlanModel plan, TimeProvider time, int status) =>
        new(json => PlanJson.Write(json, plan, time.GetUtcNow()), status);
}
