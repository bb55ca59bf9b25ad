using Microsoft.AspNetCore.Components;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Server.Snapshots;

namespace ReleaseTracks.Server.Components;

/// <summary>What is around every page, with the two numbers that tell somebody elsewhere to come and look.</summary>
public sealed partial class MainLayout : IDisposable
{
    private int loud;
    private int held;
    private IDisposable? subscription;

    [Inject]
    private NavigationManager Address { get; set; } = null!;

    [Inject]
    private SnapshotHolder Snapshots { get; set; } = null!;

    [Inject]
    private BudgetBoard Budgets { get; set; } = null!;

    [Inject]
    private LiveUpdates Live { get; set; } = null!;

    /// <summary>A wall shows budgets and nothing else.</summary>
    private bool IsWall => Address.Uri.Contains("wall=1", StringComparison.Ordinal) && Address.ToBaseRelativePath(Address.Uri).StartsWith("budgets", StringComparison.Ordinal);

    public void Dispose() => subscription?.Dispose();

    protected override void OnInitialized() => Count();

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            subscription = Live.Subscribe(() => InvokeAsync(Update));
    }

    private void Update()
    {
        if (Count())
            StateHasChanged();
    }

    /// <returns>Whether a number changed: the layout must not draw itself with every tick.</returns>
    private bool Count()
    {
        var before = (loud, held);
        loud = Budgets.Rows().Count(row => !row.RolledBack && StatusMapper.Of(row.Verdict).IsLoud);
        held = Snapshots.Current.Rollbacks.Open.Count();
        return before != (loud, held);
    }
}
