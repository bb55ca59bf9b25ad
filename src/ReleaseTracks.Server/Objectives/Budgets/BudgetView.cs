using System.Collections.Immutable;
using ReleaseTracks.Objectives;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Objectives.Budgets;

public enum BudgetSort
{
    /// <summary>By verdict, then by what is left: what somebody should look at first.</summary>
    Worst,
    Remaining,
    Burn,
    Name,
}

/// <summary>What a reader of the budgets asked for; the whole of it is in the page's address.</summary>
public sealed record BudgetFilter(string Query = "", TrackKey? Track = null, Verdict? Verdict = null, BudgetSort Sort = BudgetSort.Worst)
{
    public static BudgetFilter Parse(string? query, string? track, string? verdict, string? sort) => new(
        query?.Trim() ?? "",
        TrackKeys.TryParse(track ?? "", out var key) ? key : null,
        Enum.TryParse<Verdict>(verdict, ignoreCase: true, out var wanted) && Enum.IsDefined(wanted) ? wanted : null,
        Enum.TryParse<BudgetSort>(sort, ignoreCase: true, out var order) && Enum.IsDefined(order) ? order : BudgetSort.Worst);

    /// <summary>For the address: what is as usual is left out.</summary>
    public Dictionary<string, object?> Address() => new()
    {
        ["q"] = Query.Length > 0 ? Query : null,
        ["track"] = Track?.Wire(),
        ["verdict"] = Verdict?.ToString().ToLowerInvariant(),
        ["sort"] = Sort == BudgetSort.Worst ? null : Sort.ToString().ToLowerInvariant(),
    };

    public bool IsOpen => Query.Length == 0 && Track is null && Verdict is null;
}

/// <summary>A row and the name people know its feature by.</summary>
public sealed record BudgetLine(BudgetRow Row, string Name);

/// <summary>The budgets as one reader wants to see them, and how many there are of each verdict. Pure.</summary>
public sealed record BudgetView(ImmutableArray<BudgetLine> Lines, ImmutableSortedDictionary<Verdict, int> Counts, int All)
{
    public static BudgetView Empty { get; } = new([], ImmutableSortedDictionary<Verdict, int>.Empty, 0);

    public static BudgetView Of(Snapshot state, ImmutableArray<BudgetRow> rows, BudgetFilter filter)
    {
        var matching = rows
            .Where(row => filter.Track is null || row.Key.Track == filter.Track)
            .Select(row => new BudgetLine(row, Name(state, row)))
            .Where(line => Matches(line, filter.Query))
            .ToArray();
        var counts = matching.GroupBy(line => line.Row.Verdict).ToImmutableSortedDictionary(group => group.Key, group => group.Count());
        var wanted = matching.Where(line => filter.Verdict is null || line.Row.Verdict == filter.Verdict);
        return new([.. Sort(wanted, filter.Sort)], counts, matching.Length);
    }

    /// <summary>How many failed or cannot be measured.</summary>
    public int Loud => CountOf(Verdict.Failed) + CountOf(Verdict.Error);

    public int CountOf(Verdict verdict) => Counts.GetValueOrDefault(verdict);

    /// <summary>How likely a wrong rollback is at most: the bounds of all objectives that may roll back add up.</summary>
    public static (int Objectives, double Bound) FalseAlarms(ImmutableArray<BudgetRow> rows)
    {
        var acting = rows.Where(row => row.Objective.BreachActionOn(row.Key.Track) == BreachAction.Rollback).ToArray();
        return (acting.Length, acting.Sum(row => row.Objective.Alpha));
    }

    private static string Name(Snapshot state, BudgetRow row) => row.Key.Feature is { } key
        ? state.Find(key)?.Config.Name ?? key
        : $"{state.Tracks.GetValueOrDefault(row.Key.Track)?.Config.Name ?? row.Key.Track.Label()} as a whole";

    private static bool Matches(BudgetLine line, string query) => query.Length == 0
        || line.Name.Contains(query, StringComparison.OrdinalIgnoreCase)
        || line.Row.Key.Feature?.Contains(query, StringComparison.OrdinalIgnoreCase) == true
        || line.Row.Key.Objective.Contains(query, StringComparison.OrdinalIgnoreCase);

    /// <summary>The key at the end, so that equal rows do not change places from round to round.</summary>
    private static IOrderedEnumerable<BudgetLine> Sort(IEnumerable<BudgetLine> lines, BudgetSort sort)
    {
        var sorted = sort switch
        {
            BudgetSort.Remaining => lines.OrderBy(line => line.Row.Remaining ?? double.MaxValue),
            BudgetSort.Burn => lines.OrderByDescending(line => line.Row.BurnRates.OneHour ?? double.MinValue),
            BudgetSort.Name => lines.OrderBy(line => line.Name, StringComparer.OrdinalIgnoreCase),
            _ => lines.OrderByDescending(line => line.Row.Verdict).ThenBy(line => line.Row.RolledBack).ThenBy(line => line.Row.Remaining ?? double.MaxValue),
        };
        return sorted.ThenBy(line => line.Row.Key.Feature ?? "", StringComparer.Ordinal)
            .ThenBy(line => line.Row.Key.Track)
            .ThenBy(line => line.Row.Key.Objective, StringComparer.Ordinal);
    }
}
