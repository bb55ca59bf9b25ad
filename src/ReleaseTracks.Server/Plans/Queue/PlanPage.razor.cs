using Microsoft.AspNetCore.Components;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Server.Plans.Preview;

namespace ReleaseTracks.Server.Plans.Queue;

/// <summary>One plan for whoever has to decide on it: what it would do, what the rules say, and the hash that is agreed to.</summary>
public sealed partial class PlanPage
{
    private PlanModel? model;
    private PlanReading? reading;

    [Parameter]
    public string Id { get; set; } = "";

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    private string? Left => model is { IsOpen: true } && model.Plan.ExpiresAt > Now ? Show.Span(model.Plan.ExpiresAt - Now) : null;

    private string ReadBack => model!.ReadBack switch
    {
        PlanReadBack.Verified => "and read back: what is served is what was approved",
        PlanReadBack.Unverified => "but what is served is not what was approved",
        _ => "not read back yet",
    };

    protected override async Task OnParametersSetAsync()
    {
        await base.OnParametersSetAsync();
        if (model is null)
            Navigation.NotFound();
    }

    protected override void Read()
    {
        // A finished one may leave the snapshot while somebody reads it; what is on the page stays.
        var next = State.Plans.Find(Id) ?? (model?.Plan.Id == Id ? model : null);
        if (next is not null && next.Plan.Hash != model?.Plan.Hash)
            reading = PlanReading.Of(next.Plan);
        model = next;
    }
}
