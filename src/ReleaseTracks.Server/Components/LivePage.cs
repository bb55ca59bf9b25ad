using Microsoft.AspNetCore.Components;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Components;

/// <summary>
/// A page that is read when it opens, when its address changes, and whenever there is news. What it shows is of one
/// snapshot and one moment.
/// </summary>
public abstract class LivePage : ComponentBase, IDisposable
{
    private IDisposable? subscription;

    [Inject]
    protected SnapshotHolder Snapshots { get; set; } = null!;

    [Inject]
    protected TimeProvider Time { get; set; } = null!;

    [Inject]
    private LiveUpdates Live { get; set; } = null!;

    protected Snapshot State { get; private set; } = Snapshot.Empty;

    protected DateTimeOffset Now { get; private set; }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => subscription?.Dispose();

    protected override async Task OnParametersSetAsync() => await ReadNowAsync();

    protected override void OnAfterRender(bool firstRender)
    {
        // Not while prerendering: nobody would dispose that subscription's page in time.
        if (firstRender)
            subscription = Live.Subscribe(() => InvokeAsync(UpdateAsync));
    }

    /// <summary>Takes what the page shows from <see cref="State"/> and from what all viewers share; costs no query.</summary>
    protected virtual void Read()
    {
    }

    /// <summary>For a page that needs more than that.</summary>
    /// <returns>Whether anything is to be drawn anew.</returns>
    protected virtual Task<bool> ReadAsync()
    {
        Read();
        return Task.FromResult(true);
    }

    private async Task UpdateAsync()
    {
        if (await ReadNowAsync())
            StateHasChanged();
    }

    private Task<bool> ReadNowAsync()
    {
        (State, Now) = (Snapshots.Current, Time.GetUtcNow());
        return ReadAsync();
    }
}
