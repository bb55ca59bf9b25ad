using System.Globalization;
using Microsoft.AspNetCore.Components;
using ReleaseTracks.Objectives;
using ReleaseTracks.Server.Components;

namespace ReleaseTracks.Server.Objectives.Budgets;

/// <summary>Every objective, worst first. Reads what all viewers share; one viewer more costs no query.</summary>
public sealed partial class BudgetsPage
{
    private const int MostWhole = 40;
    private readonly TypedQuery typed = new();
    private BudgetFilter filter = new();
    private BudgetView view = BudgetView.Empty;
    private BudgetView all = BudgetView.Empty;
    private List<BudgetLine> lines = [];

    [Inject]
    private BudgetBoard Budgets { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "q")]
    private string? Query { get; set; }

    [SupplyParameterFromQuery(Name = "track")]
    private string? Track { get; set; }

    [SupplyParameterFromQuery(Name = "verdict")]
    private string? VerdictName { get; set; }

    [SupplyParameterFromQuery(Name = "sort")]
    private string? Sort { get; set; }

    [SupplyParameterFromQuery(Name = "wall")]
    private string? Wall { get; set; }

    private bool IsWall => Wall == "1";

    private string Title => all.Loud > 0 ? $"({all.Loud}) Budgets · ReleaseTracks" : "Budgets · ReleaseTracks";

    /// <summary>Of all there are: a filter that hides what failed does not make it good news.</summary>
    private string Lead => all switch
    {
        { All: 0 } => "Every objective of every feature and track.",
        { Loud: 0 } => "Every objective of every feature and track. None has failed, and all can be measured.",
        _ => $"Every objective of every feature and track, the worst first: {all.CountOf(Verdict.Failed)} failed, {all.CountOf(Verdict.Error)} cannot be measured.",
    };

    /// <summary>What trusting the loop costs, by its own bound.</summary>
    private string Bound
    {
        get
        {
            var (objectives, bound) = BudgetView.FalseAlarms(Budgets.Rows());
            return objectives == 0
                ? "No objective here rolls anything back by itself."
                : string.Create(CultureInfo.InvariantCulture, $"{objectives} objectives may roll back by themselves. By their bounds (α), expect at most {bound:0.##} false rollbacks in 30 days.");
        }
    }

    protected override Task OnParametersSetAsync()
    {
        filter = BudgetFilter.Parse(Query, Track, VerdictName, Sort);
        typed.Arrive(filter.Query);
        return base.OnParametersSetAsync();
    }

    protected override void Read()
    {
        all = BudgetView.Of(State, Budgets.Rows(), new());
        view = filter.IsOpen ? all : BudgetView.Of(State, Budgets.Rows(), filter);
        lines = [.. view.Lines];
    }

    /// <summary>Typing replaces the address instead of filling the history with half words.</summary>
    private void Go(BudgetFilter wanted) => Navigation.NavigateTo(Address(wanted), replace: true);

    private string Address(BudgetFilter wanted) => Navigation.GetUriWithQueryParameters(Navigation.ToAbsoluteUri(Urls.Budgets).ToString(), wanted.Address());

    private string Address((string Name, string Value) more) => Navigation.GetUriWithQueryParameter(more.Name, more.Value);
}
