using System.Collections.Immutable;
using Microsoft.AspNetCore.Components;
using ReleaseTracks.Features;
using ReleaseTracks.Objectives;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Server.Components.Charts;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Server.Tracks;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Features.Detail;

/// <summary>A plan that somebody is about to look at.</summary>
public sealed record PlanWish(string Title, IReadOnlyList<Change> Changes);

/// <summary>Everything about one feature. It reads what all viewers share; the chosen objective is in the address.</summary>
public sealed partial class FeaturePage
{
    private FeatureModel? feature;
    private ImmutableArray<BudgetRow> rows = [];
    private ImmutableList<FeatureEvent> events = [];
    private ImmutableArray<FeedbackReport> reports = [];
    private string? reportsFault;
    private PlanWish? draft;
    private StopKind? stopping;
    private bool mayPropose;
    private bool mayAct;

    [Parameter]
    public string Key { get; set; } = "";

    [SupplyParameterFromQuery(Name = "track")]
    public string? Track { get; set; }

    [SupplyParameterFromQuery(Name = "objective")]
    public string? Objective { get; set; }

    [Inject]
    private BudgetBoard Budgets { get; set; } = null!;

    [Inject]
    private EnrolledCounts Enrolled { get; set; } = null!;

    [Inject]
    private LedgerReplay Replay { get; set; } = null!;

    [Inject]
    private RecentFeedback Feedback { get; set; } = null!;

    [Inject]
    private PageCaller Caller { get; set; } = null!;

    private string Lead => $"{feature!.Config.Key}{(feature.Config.Owner.Length > 0 ? $" · owned by {feature.Config.Owner}" : "")} · revision {feature.Revision}";

    /// <summary>What the address asks for, or else what needs a look most.</summary>
    private BudgetRow Chosen => rows.FirstOrDefault(row => row.Key.Track.Wire() == Track && row.Key.Objective == Objective) ?? rows.MaxBy(row => row.Verdict)!;

    protected override async Task OnInitializedAsync()
    {
        mayPropose = await Caller.ForAsync(Policies.Propose) is not null;
        mayAct = await Caller.ForAsync(Policies.Act) is not null;
    }

    protected override async Task<bool> ReadAsync()
    {
        feature = State.Find(Key);
        rows = [.. Budgets.Rows().Where(row => row.Key.Feature == Key).OrderByDescending(row => row.Key.Track).ThenBy(row => row.Key.Objective, StringComparer.Ordinal)];
        if (feature is null)
            return true;
        try
        {
            events = (await Replay.CatchUpAsync()).Of(Key);
            reports = await Feedback.OfAsync(Key);
            reportsFault = null;
        }
        catch (Exception lost) when (StoreFaults.IsUnavailable(lost) || lost is InvalidOperationException)
        {
            // The rest of the page needs no store; this part is as it was last read.
            reportsFault = "The store does not answer: this may be old.";
        }

        return true;
    }

    private Verdict? VerdictOn(TrackKey track) => rows.Where(row => row.Key.Track == track).Max(row => (Verdict?)row.Verdict);

    private string UrlOf(BudgetRow row) =>
        $"{Urls.Feature(Key)}?track={row.Key.Track.Wire()}&objective={Uri.EscapeDataString(row.Key.Objective)}";

    private ImmutableArray<ChartMark> Marks(TrackKey track) =>
    [
        .. events.Where(one => one.Track == track && one.Kind is FeatureEventKind.RolledBack or FeatureEventKind.Cleared)
            .Where(one => Now - one.At < TimeSpan.FromDays(28))
            .TakeLast(3)
            .Select(one => new ChartMark(one.Kind == FeatureEventKind.RolledBack ? "Rolled back" : "Cleared", one.At)),
    ];

    private void Propose(PlanWish wish) => draft = wish;
}
