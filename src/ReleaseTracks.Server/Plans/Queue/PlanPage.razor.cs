using Microsoft.AspNetCore.Components;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Server.Plans.Preview;
using ReleaseTracks.Server.Snapshots;

namespace ReleaseTracks.Server.Plans.Queue;

/// <summary>One plan for whoever has to decide on it: what it would do, what the rules say, and the hash that is agreed to.</summary>
public sealed partial class PlanPage : IDisposable
{
    private PlanModel? model;
    private PlanReading? reading;
    private DateTimeOffset now;
    private IDisposable? subscription;

    [Parameter]
    public string Id { get; set; } = "";

    [Inject]
    private SnapshotHolder Snapshots { get; set; } = null!;

    [Inject]
    private LiveUpdates Live { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    private string? Left => model is { IsOpen: true } && model.Plan.ExpiresAt > now ? Show.Span(model.Plan.ExpiresAt - now) : null;

    private string ReadBack => model!.ReadBack switch
    {
        PlanReadBack.Verified => "and read back: what is served is what was approved",
        PlanReadBack.Unverified => "but what is served is not what was approved",
        _ => "not read back yet",
    };

    public void Dispose() => subscription?.Dispose();

    protected override void OnParametersSet()
    {
        Read();
        if (model is null)
            Navigation.NotFound();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            subscription = Live.Subscribe(() => InvokeAsync(() =>
            {
                Read();
                StateHasChanged();
            }));
    }

    private void Read()
    {
        now = Time.GetUtcNow();
        // A finished one may leave the snapshot while somebody reads it; what is on the page stays.
        var next = Snapshots.Current.Plans.Find(Id) ?? (model?.Plan.Id == Id ? model : null);
        if (next is not null && next.Plan.Hash != model?.Plan.Hash)
            reading = PlanReading.Of(next.Plan);
        model = next;
    }
}
