using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using ReleaseTracks.Access;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Server.Store;

namespace ReleaseTracks.Server.Plans.Queue;

/// <summary>
/// The buttons under a plan. Each asks again who is there when it is pressed, and goes through the service that HTTP goes
/// through; what that refuses is said here in its own words.
/// </summary>
public sealed partial class PlanDecision
{
    private bool mayApprove;
    private bool mayApply;
    private bool mayCancel;
    private bool busy;
    private string comment = "";
    private string[] faults = [];

    [Parameter, EditorRequired]
    public PlanModel Model { get; set; } = null!;

    [Parameter, EditorRequired]
    public DateTimeOffset Now { get; set; }

    [Inject]
    private PlanService Plans { get; set; } = null!;

    [Inject]
    private PageCaller Caller { get; set; } = null!;

    [Inject]
    private FreshSignIn Fresh { get; set; } = null!;

    [Inject]
    private AuthenticationStateProvider Session { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    private PlanState State => Model.StateAt(Now);

    private bool Disabled => busy || !RendererInfo.IsInteractive;

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

    private Task DecideAsync(string policy, bool fresh, Func<Actor, Task<PlanOutcome>> decide) => RunAsync(policy, fresh, async actor =>
    {
        var outcome = await decide(actor);
        faults = outcome.Done ? [] : [outcome.Detail.Length > 0 ? outcome.Detail : "It was refused; the plan may have changed meanwhile."];
    });

    private Task ProposeAsync(Func<Actor, InputErrors, Task<PlanOutcome>> propose) => RunAsync(Policies.Propose, false, async actor =>
    {
        var errors = new InputErrors();
        var outcome = await propose(actor, errors);
        faults = [.. errors.All.Select(error => error.Message), .. outcome.Detail.Length > 0 ? [outcome.Detail] : Array.Empty<string>()];
        if (outcome is { Done: true, Plan: { } made })
            Navigation.NavigateTo(Urls.Plan(made.Plan.Id));
    });

    private async Task RunAsync(string policy, bool fresh, Func<Actor, Task> act)
    {
        // Two quick presses are one.
        if (busy)
            return;
        if (await Caller.ForAsync(policy) is not { } actor)
        {
            faults = ["You are not signed in any more, or your role was taken away."];
            return;
        }

        if (fresh && !Fresh.IsFresh((await Session.GetAuthenticationStateAsync()).User))
        {
            faults = [Fresh.Detail];
            return;
        }

        (busy, faults) = (true, []);
        try
        {
            await act(actor);
        }
        catch (LedgerUnavailableException refused)
        {
            faults = [refused.Message];
        }
        catch (Exception lost) when (StoreFaults.IsUnavailable(lost))
        {
            faults = ["The store does not answer: look at the plan again before you try once more."];
        }
        finally
        {
            busy = false;
        }
    }
}
