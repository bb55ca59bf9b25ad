using Microsoft.AspNetCore.Components;
using ReleaseTracks.Access;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Server.Store;

namespace ReleaseTracks.Server.Plans.Preview;

/// <summary>
/// Shows what changes would do and proposes them as a plan. That is all it can do: it has no way to apply anything.
/// </summary>
public partial class PlanDialog
{
    private static readonly Actor Looking = new(ActorKinds.System, "preview", "page");
    private Modal? modal;
    private PlanReading? reading;
    private PlanModel? proposed;
    private IReadOnlyList<Change> shown = [];
    private string[] unclear = [];
    private string reason = "";
    private bool mayPropose;

    /// <summary>Also the plan's title.</summary>
    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    [Parameter, EditorRequired]
    public IReadOnlyList<Change> Changes { get; set; } = [];

    /// <summary>What can still be chosen; it changes <see cref="Changes"/>.</summary>
    [Parameter]
    public RenderFragment? Controls { get; set; }

    /// <summary>As soon as the plan exists; the dialog stays to say so.</summary>
    [Parameter]
    public EventCallback OnProposed { get; set; }

    [Parameter, EditorRequired]
    public EventCallback OnClosed { get; set; }

    protected override async Task OnInitializedAsync() => mayPropose = await Caller.ForAsync(Policies.Propose) is not null;

    protected override async Task OnParametersSetAsync()
    {
        if (proposed is not null || (reading is not null && Same(shown, Changes)))
            return;
        shown = Changes;
        await PreviewAsync();
    }

    private async Task PreviewAsync()
    {
        var wanted = shown;
        var errors = new InputErrors();
        try
        {
            var plan = await Plans.PreviewAsync(Title, reason, wanted, await Caller.ForAsync(Policies.View) ?? Looking, errors);
            // Somebody who moves a slider is ahead of the answers.
            if (!Same(wanted, shown))
                return;
            reading = plan is null ? null : PlanReading.Of(plan);
            unclear = [.. errors.All.Select(error => error.Message)];
        }
        catch (Exception lost) when (StoreFaults.IsUnavailable(lost))
        {
            Log.NoPreview(Logger, lost);
            (reading, unclear) = (null, ["The store does not answer, so it cannot be said what this would do. Close and try again."]);
        }
    }

    private Task ProposeAsync() => RunAsync(Policies.Propose, async author =>
    {
        var errors = new InputErrors();
        proposed = await Plans.ProposeAsync(Title, reason.Trim(), Changes, author, errors, CancellationToken.None);
        if (proposed is not null)
            await OnProposed.InvokeAsync();
        return errors.All.Select(error => error.Message);
    });

    private static bool Same(IReadOnlyList<Change> a, IReadOnlyList<Change> b) =>
        ReferenceEquals(a, b) || PlanDraft.Body("", "", a).GetRawText() == PlanDraft.Body("", "", b).GetRawText();

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "A plan could not be previewed on a page")]
        public static partial void NoPreview(ILogger logger, Exception cause);
    }
}
