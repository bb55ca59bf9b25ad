using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using ReleaseTracks.Access;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Components;

namespace ReleaseTracks.Server.Plans.Queue;

/// <summary>The buttons under a plan. What the service refuses is said here in its own words.</summary>
public sealed partial class PlanDecision
{
    private bool mayApprove;
    private bool mayApply;
    private bool mayCancel;
    private string comment = "";

    [Parameter, EditorRequired]
    public PlanModel Model { get; set; } = null!;

    [Parameter, EditorRequired]
    public DateTimeOffset Now { get; set; }

    [Inject]
    private PlanService Plans { get; set; } = null!;

    [Inject]
    private FreshSignIn Fresh { get; set; } = null!;

    [Inject]
    private AuthenticationStateProvider Session { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    private PlanState State => Model.StateAt(Now);

    protected override async Task OnParametersSetAsync()
    {
        mayApprove = await Caller.ForAsync(Policies.Approve) is not null;
        mayApply = await Caller.ForAsync(Policies.Propose) is not null;
        mayCancel = await Caller.ForAsync(Policies.Administer) is not null
            || (await Caller.ForAsync(Policies.View) is { } actor && Quorum.IsSame(actor, Model.Plan.Author));
    }

    private Task ApproveAsync() => DecideAsync(Policies.Approve, true, actor => Plans.ApproveAsync(Model.Plan.Id, Model.Plan.Hash, comment.Trim(), actor, CancellationToken.None));

    private Task RejectAsync() => DecideAsync(Policies.Approve, true, actor => Plans.RejectAsync(Model.Plan.Id, Model.Plan.Hash, comment.Trim(), actor, CancellationToken.None));

    private Task ApplyAsync() => DecideAsync(Policies.Propose, true, actor => Plans.ApplyAsync(Model.Plan.Id, Model.Plan.Hash, actor, CancellationToken.None));

    private async Task CancelAsync()
    {
        var isAdmin = await Caller.ForAsync(Policies.Administer) is not null;
        await DecideAsync(Policies.View, false, actor => Plans.CancelAsync(Model.Plan.Id, actor, isAdmin, CancellationToken.None));
    }

    private Task ReplanAsync() => ProposeAsync((actor, errors) => Plans.ReplanAsync(Model.Plan.Id, actor, errors, CancellationToken.None));

    private Task InverseAsync() => ProposeAsync(async (actor, errors) => new(await Plans.ProposeAsync(
        $"Take back: {PlanText.Title(Model.Plan)}", $"Inverse of plan {Model.Plan.Id}.", PlanText.Inverse(Model.Plan), actor, errors, CancellationToken.None)));

    private Task DecideAsync(string policy, bool fresh, Func<Actor, Task<PlanOutcome>> decide) => RunAsync(policy, async actor =>
    {
        if (fresh && !Fresh.IsFresh((await Session.GetAuthenticationStateAsync()).User))
            return [Fresh.Detail];
        var outcome = await decide(actor);
        return outcome.Done ? [] : [outcome.Detail.Length > 0 ? outcome.Detail : "It was refused; the plan may have changed meanwhile."];
    });

    private Task ProposeAsync(Func<Actor, InputErrors, Task<PlanOutcome>> propose) => RunAsync(Policies.Propose, async actor =>
    {
        var errors = new InputErrors();
        var outcome = await propose(actor, errors);
        if (outcome is { Done: true, Plan: { } made })
            Navigation.NavigateTo(Urls.Plan(made.Plan.Id));
        return [.. errors.All.Select(error => error.Message), .. outcome.Detail.Length > 0 ? [outcome.Detail] : Array.Empty<string>()];
    });
}
