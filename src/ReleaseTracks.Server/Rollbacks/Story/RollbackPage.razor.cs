using Microsoft.AspNetCore.Components;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Rollbacks.Story;

/// <summary>One rollback as a story: what was seen, what it came to, what people did about it, and the way back.</summary>
public sealed partial class RollbackPage : IDisposable
{
    private Snapshot state = Snapshot.Empty;
    private RollbackRecord? rollback;
    private string headline = "";
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

    public void Dispose() => subscription?.Dispose();

    protected override void OnParametersSet()
    {
        Read();
        if (rollback is null)
            Navigation.NotFound();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            subscription = Live.Subscribe(() => InvokeAsync(Update));
    }

    private void Update()
    {
        Read();
        StateHasChanged();
    }

    private void Read()
    {
        (state, now) = (Snapshots.Current, Time.GetUtcNow());
        // A cleared one may leave the snapshot while somebody reads it; what is on the page stays.
        rollback = state.Rollbacks.Find(Id) ?? rollback;
        headline = rollback is null ? "" : RollbackText.Headline(rollback, state);
    }

    private string NameOf(string key) => state.Find(key)?.Config.Name ?? key;
}
