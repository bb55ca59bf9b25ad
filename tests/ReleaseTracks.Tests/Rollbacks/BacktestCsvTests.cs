using ReleaseTracks.Objectives;
using ReleaseTracks.Rollbacks;

namespace ReleaseTracks.Tests.Rollbacks;

public sealed class BacktestCsvTests
{
    [Fact]
    public void Read_AllForms_GivesRows()
    {
        var (rows, problems) = BacktestCsv.Read(["\uFEFFseconds,total,bad,controlTotal,controlBad", "0,15,1,135,2", "15, 14, 0,,", "", "30,,,,", "45.5,3,9"]);

        Assert.Empty(problems);
        Assert.Equal([new(0, new(15, 1, 135, 2)), new(15, new(14, 0, 0, 0)), new(30, null), new BacktestRow(45.5, new IntervalCounts(3, 9, 0, 0))], rows);
    }

    [Fact]
    public void Read_ManyMistakes_AreReportedAtOnce()
    {
        var (rows, problems) = BacktestCsv.Read(["0,1,0,,", "x,-1,1.5,,", "0,1,0,,", "30,1,,5,", "45,,2,,", "60,1", "NaN,1,0", "75,1,0,,"]);

        Assert.Empty(rows);
        Assert.Equal(
            [(2, "seconds"), (2, "total"), (2, "bad"), (3, "seconds"), (4, "bad"), (4, "controlBad"), (5, "total"), (6, "row"), (7, "seconds")],
            problems.Select(problem => (problem.Line, problem.Column)));
        Assert.Contains("line 2, total: '-1' is not a count", problems[1].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoRows_IsAProblem() => Assert.Single(BacktestCsv.Read(["seconds,total,bad,controlTotal,controlBad"]).Problems);
}
