using System.Collections.Immutable;
using System.Globalization;
using ReleaseTracks.Objectives;

namespace ReleaseTracks.Rollbacks;

/// <summary>One thing wrong with a recording: where, and what to do about it.</summary>
public sealed record BacktestProblem(int Line, string Column, string Fix)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"line {Line}, {Column}: {Fix}");
}

/// <summary>
/// Reads <c>seconds,total,bad,controlTotal,controlBad</c> rows, with or without that header. Everything wrong is
/// reported at once; no rows are given unless all are right.
/// </summary>
public sealed class BacktestCsv
{
    private static readonly string[] Columns = ["seconds", "total", "bad", "controlTotal", "controlBad"];

    private readonly ImmutableArray<BacktestRow>.Builder rows = ImmutableArray.CreateBuilder<BacktestRow>();
    private readonly ImmutableArray<BacktestProblem>.Builder problems = ImmutableArray.CreateBuilder<BacktestProblem>();
    private int line;

    private BacktestCsv()
    {
    }

    public static (ImmutableArray<BacktestRow> Rows, ImmutableArray<BacktestProblem> Problems) Read(IEnumerable<string> lines)
    {
        var csv = new BacktestCsv();
        foreach (var text in lines)
            csv.Add(text.TrimStart('\uFEFF').Trim());
        if (csv.rows.Count == 0 && csv.problems.Count == 0)
            csv.Problem("seconds", "There are no rows; give at least one.");
        return (csv.problems.Count == 0 ? csv.rows.ToImmutable() : [], csv.problems.ToImmutable());
    }

    private void Add(string text)
    {
        line++;
        if (text.Length == 0)
            return;
        var cells = text.Split(',', StringSplitOptions.TrimEntries);
        if (rows.Count == 0 && cells[0].Equals(Columns[0], StringComparison.OrdinalIgnoreCase))
            return;
        if (cells.Length is not (3 or 5))
        {
            Problem("row", $"Has {cells.Length} columns; give {string.Join(',', Columns)}, or the first three without control.");
            return;
        }
        var (before, seconds) = (problems.Count, Seconds(cells[0]));
        var counts = Counts(cells);
        if (problems.Count == before)
            rows.Add(new(seconds, counts));
    }

    private double Seconds(string cell)
    {
        if (!double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) || !(seconds is >= 0 and <= 1e10))
            Problem(Columns[0], $"'{cell}' is not a time; give seconds from the start, 0 to 10,000,000,000.");
        else if (rows.Count > 0 && seconds <= rows[^1].Seconds)
            Problem(Columns[0], $"{cell} does not come after the row before; sort the rows and remove doubles.");
        return seconds;
    }

    private IntervalCounts? Counts(string[] cells)
    {
        var (total, bad) = (Count(cells, 1), Count(cells, 2));
        var (controlTotal, controlBad) = cells.Length == 5 ? (Count(cells, 3), Count(cells, 4)) : (null, null);
        if (total is null && cells[1].Length == 0)
        {
            if (cells.Skip(2).Any(cell => cell.Length > 0))
                Problem(Columns[1], "Is empty, which means no data in this interval; leave the other counts empty too, or give 0.");
            return null;
        }
        if (cells[2].Length == 0)
            Problem(Columns[2], "Is empty; give the number of bad events, 0 if none.");
        if (cells.Length == 5 && cells[3].Length == 0 != (cells[4].Length == 0))
            Problem(cells[3].Length == 0 ? Columns[3] : Columns[4], "Is empty; give both counts of the control, or leave both empty.");
        return new(total ?? 0, bad ?? 0, controlTotal ?? 0, controlBad ?? 0);
    }

    private long? Count(string[] cells, int column)
    {
        if (cells[column].Length == 0)
            return null;
        if (long.TryParse(cells[column], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= 1_000_000_000_000)
            return count;
        Problem(Columns[column], $"'{cells[column]}' is not a count; give a whole number from 0 to 1,000,000,000,000.");
        return null;
    }

    private void Problem(string column, string fix) => problems.Add(new(Math.Max(1, line), column, fix));
}
