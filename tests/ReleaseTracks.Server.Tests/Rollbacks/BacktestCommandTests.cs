using System.Text.Json;
using ReleaseTracks.Server.Rollbacks;

namespace ReleaseTracks.Server.Tests.Rollbacks;

public sealed class BacktestCommandTests : IDisposable
{
    private readonly string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
    private readonly StringWriter output = new(), error = new();

    public void Dispose()
    {
        File.Delete(file);
        output.Dispose();
        error.Dispose();
    }

    private int Run(IEnumerable<string> rows, params string[] args)
    {
        File.WriteAllLines(file, ["seconds,total,bad,controlTotal,controlBad", .. rows]);
        return BacktestCommand.Run([.. args, file], output, error);
    }

    [Fact]
    public void Run_BreachedRecording_PrintsChangesAndTheRollback()
    {
        var exit = Run(Enumerable.Range(0, 40).Select(i => $"{i * 15},15,{(i < 20 ? 0 : 9)},,"), "--objective", "0.99");

        Assert.Equal((0, ""), (exit, error.ToString()));
        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal("Healthy", lines[0].GetProperty("verdict").GetString());
        Assert.Equal("breach-proven", lines[^2].GetProperty("cause").GetString());
        Assert.Equal(JsonValueKind.Null, lines[^2].GetProperty("evidence").GetProperty("c1").ValueKind);
        Assert.True(lines[^2].GetProperty("evidence").GetProperty("g").GetDouble() >= Math.Log(100));
        Assert.Equal("Failed", lines[^1].GetProperty("final").GetString());
        Assert.InRange(lines[^1].GetProperty("rollbackAtSeconds").GetDouble(), 300, 420);
    }

    [Fact]
    public void Run_WrongArguments_AreAllNamed()
    {
        Assert.Equal(2, Run([], "--objective", "1", "--alpha=0", "--interval", "soon", "--colour", "red"));
        foreach (var name in new[] { "--objective", "--alpha", "--interval", "--colour" })
            Assert.Contains(name + ": ", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(output.ToString());
    }

    [Fact]
    public void Run_BadRecording_NamesEveryLine()
    {
        Assert.Equal(2, Run(["0,a,0,,", "15,1,b,,"], "--objective", "0.99"));
        Assert.Contains("line 2, total", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("line 3, bad", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_NoSuchFile_IsRefused() =>
        Assert.Equal(2, BacktestCommand.Run(["--objective", "0.99", file + ".none"], output, error));

    [Fact]
    public void Run_RowsFurtherApartThanTheInterval_AsksAboutIt()
    {
        Assert.Equal(0, Run(Enumerable.Range(0, 9).Select(i => $"{i * 60},15,0,,"), "--objective", "0.99"));
        Assert.Contains("--interval 60s", error.ToString(), StringComparison.Ordinal);
    }
}
