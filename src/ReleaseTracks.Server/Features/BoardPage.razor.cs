using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Server.Features.Moves;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Server.Tracks;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Features;

/// <summary>The live board. It reads the shared snapshot and rows only, so a viewer more costs no query.</summary>
public sealed partial class BoardPage : IAsyncDisposable
{
    private readonly TypedQuery typed = new();
    private ElementReference lanes;
    private IJSObjectReference? script;
    private FeatureFilter filter = FeatureFilter.Of(null, null);
    private Card? dragged;
    private MoveWish? move;
    private bool mayPropose;
    private Board board = new([], [], []);

    [SupplyParameterFromQuery(Name = "q")]
    public string? Query { get; set; }

    [SupplyParameterFromQuery(Name = "show")]
    public string? Shown { get; set; }

    [Inject]
    private PageCaller Caller { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    [Inject]
    private BudgetBoard Budgets { get; set; } = null!;

    [Inject]
    private EnrolledCounts Enrolled { get; set; } = null!;

    /// <summary>The number in the tab tells somebody who works elsewhere to come and look.</summary>
    private string Title
    {
        get
        {
            var loud = board.Lanes.SelectMany(lane => lane.Cards).Count(card => card.IsHeld || StatusMapper.Of(card.Worst).IsLoud);
            return loud > 0 ? $"({loud}) ReleaseTracks" : "ReleaseTracks";
        }
    }

    public async ValueTask DisposeAsync()
    {
        Dispose();
        try
        {
            if (script is not null)
                await script.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The page is gone, and its script with it.
        }
    }

    protected override async Task OnInitializedAsync() => mayPropose = await Caller.ForAsync(Policies.Propose) is not null;

    protected override Task OnParametersSetAsync()
    {
        typed.Arrive(Query ?? "");
        filter = FeatureFilter.Of(Query, Shown);
        return base.OnParametersSetAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        script = await Script.InvokeAsync<IJSObjectReference>("import", "./Features/BoardPage.razor.js");
        await script.InvokeVoidAsync("attach", lanes);
    }

    protected override void Read() => board = Board.Of(State, Budgets.Rows(), filter);

    private void Go(FeatureFilter wanted) => Navigation.NavigateTo(
        Navigation.GetUriWithQueryParameters(Urls.Board, new Dictionary<string, object?>
        {
            ["q"] = wanted.Text.Length > 0 ? wanted.Text : null,
            ["show"] = wanted.Show.Length > 0 ? wanted.Show : null,
        }),
        replace: true);

    private void Drop(TrackKey target)
    {
        if (dragged is { } card && card.Lane != target)
            move = new(card.Feature.Config, target);
        dragged = null;
    }

    private void Move(MoveWish wish) => move = wish;

    private string NameOf(string key) => State.Find(key)?.Config.Name ?? key;
}
