using System.Globalization;
using Microsoft.AspNetCore.Components;
using ReleaseTracks.Ledger;
using ReleaseTracks.Objectives;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Server.Features;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Map;

/// <summary>The picture for a meeting, and its replay. The address says what is shown: the moment, the search, the feature.</summary>
public sealed partial class MapPage
{
    private static readonly TimeSpan Slowest = TimeSpan.FromMilliseconds(900);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private readonly TypedQuery typed = new();
    private MapModel? model;
    private Snapshot head = Snapshot.Empty;
    private Snapshot shown = Snapshot.Empty;
    private Timeline timeline = Timeline.Empty;
    private FeatureFilter filter = FeatureFilter.Of(null, null);
    private string? fault;
    private CancellationTokenSource? playing;

    [SupplyParameterFromQuery(Name = "at")]
    public long? At { get; set; }

    [SupplyParameterFromQuery(Name = "feature")]
    public string? Feature { get; set; }

    [SupplyParameterFromQuery(Name = "q")]
    public string? Query { get; set; }

    [Inject]
    private LedgerReplay Replay { get; set; } = null!;

    [Inject]
    private BudgetBoard Budgets { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [CascadingParameter]
    public ViewerTime Viewer { get; set; } = ViewerTime.Utc;

    private int Position => shown.Revision >= head.Revision ? model!.Steps.Length : Math.Max(0, model!.At);

    private string Moment => shown.Revision >= head.Revision ? "Now" : $"{Viewer.Exact(shown.At)}, revision {shown.Revision}";

    private string Summary => $"Track map: {string.Join(", ", model!.Lanes.Select(lane => $"{lane.Features} on {lane.Name}"))}. "
        + $"{model.Nodes.Count(node => node.IsHeld)} rolled back or killed. {model.Steps.Length} changes since {Viewer.Exact(model.Steps[0].At)}. The table below says the same.";

    /// <summary>What the moment shown is about.</summary>
    private string Happened => shown.Revision >= head.Revision || model!.At < 0 ? "" : string.Join("; ", model.Links
        .Where(link => link.Event.Seq == model.Steps[model.At].Seq)
        .Select(link => $"{shown.Find(link.Event.Feature)?.Config.Name ?? link.Event.Feature}: {MapWords.Say(link.Event)}").Take(3));

    protected override void Dispose(bool disposing)
    {
        playing?.Cancel();
        playing?.Dispose();
        base.Dispose(disposing);
    }

    protected override Task OnParametersSetAsync()
    {
        typed.Arrive(Query ?? "");
        return base.OnParametersSetAsync();
    }

    protected override async Task<bool> ReadAsync()
    {
        try
        {
            timeline = await Replay.CatchUpAsync();
            head = Snapshots.Current;
            shown = At is { } revision ? await Replay.AtAsync(Math.Max(1, revision)) : head;
            fault = null;
        }
        catch (Exception lost) when (StoreFaults.IsUnavailable(lost) || lost is LedgerFormatException or InvalidOperationException)
        {
            fault = lost is LedgerFormatException ? lost.Message : "The store does not answer.";
            return true;
        }

        filter = FeatureFilter.Of(Query, null);
        var verdicts = Budgets.Rows().Where(row => row.Key.Feature is not null)
            .GroupBy(row => row.Key.Feature!, StringComparer.Ordinal).ToDictionary(group => group.Key, group => (Verdict?)group.Max(row => row.Verdict), StringComparer.Ordinal);
        model = MapLayout.Of(new(head, shown, timeline, key => verdicts.GetValueOrDefault(key), feature => filter.Matches(feature, () => null)));
        return true;
    }

    private void Search() => Navigate("q", typed.Send() is { Length: > 0 } text ? text : null);

    private void Select(string key) => Navigate("feature", key == Feature ? null : key);

    private void Slide(ChangeEventArgs change)
    {
        Stop();
        var position = int.Parse((string)change.Value!, CultureInfo.InvariantCulture);
        Go(position >= model!.Steps.Length ? null : model.Steps[position].Seq);
    }

    private void Go(long? revision) => Navigate("at", revision?.ToString(CultureInfo.InvariantCulture));

    private void Navigate(string name, string? value) =>
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(name, value), replace: true);

    private async Task PlayAsync()
    {
        if (playing is not null)
        {
            Stop();
            return;
        }

        using var run = playing = new();
        var steps = model!.Steps;
        var from = Position >= steps.Length ? 0 : Position + 1;
        var pace = Longest / Math.Max(1, steps.Length);
        try
        {
            for (var step = from; step <= steps.Length; step++)
            {
                Go(step == steps.Length ? null : steps[step].Seq);
                await Task.Delay(pace < Slowest ? pace : Slowest, Time, run.Token);
            }
        }
        catch (OperationCanceledException)
        {
        }

        if (playing == run)
            playing = null;
    }

    private void Stop()
    {
        playing?.Cancel();
        playing = null;
    }
}
