using Microsoft.AspNetCore.Components;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Tracks;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Features;

/// <summary>The live board. It reads the shared snapshot and rows only, so a viewer more costs no query.</summary>
public sealed partial class BoardPage : IDisposable
{
    private Board board = new([], [], []);
    private Snapshot state = Snapshot.Empty;
    private long revision;
    private DateTimeOffset now;
    private IDisposable? subscription;

    [Inject]
    private SnapshotHolder Snapshots { get; set; } = null!;

    [Inject]
    private BudgetBoard Budgets { get; set; } = null!;

    [Inject]
    private EnrolledCounts Enrolled { get; set; } = null!;

    [Inject]
    private LiveUpdates Live { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    /// <summary>The number in the tab tells somebody who works elsewhere to come and look.</summary>
    private string Title
    {
        get
        {
            var loud = board.Lanes.SelectMany(lane => lane.Cards).Count(card => card.IsHeld || StatusMapper.Of(card.Worst).IsLoud);
            return loud > 0 ? $"({loud}) ReleaseTracks" : "ReleaseTracks";
        }
    }

    public void Dispose() => subscription?.Dispose();

    protected override void OnInitialized() => Read();

    protected override void OnAfterRender(bool firstRender)
    {
        // Not while prerendering: nobody would dispose that subscription's page in time.
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
        state = Snapshots.Current;
        revision = state.Revision;
        now = Time.GetUtcNow();
        board = Board.Of(state, Budgets.Rows());
    }

    private string NameOf(string key) => state.Find(key)?.Config.Name ?? key;
}
