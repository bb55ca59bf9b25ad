using System.Net;
using System.Net.Sockets;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Server.Tests.Demo;

/// <summary>The main job, end to end, as a user runs it. One after the other: each loads the machine with real traffic.</summary>
public sealed class DemoTests(ITestOutputHelper output)
{
    private static readonly string[] Chapters = ["FAULT", "EVIDENCE", "ROLLED BACK", "FIRST BACK", "VERIFIED", "UNTOUCHED"];

    [Fact]
    public async Task Once_ErrorsTwiceOnTheSameData_RolledBackAndVerifiedBothTimes()
    {
        using var data = new TemporaryDirectory();
        await RollsBackAsync("availability", "--fault", "errors", "--data-path", data.Path);
        await RollsBackAsync("availability", "--fault", "errors", "--data-path", data.Path);
    }

    [Fact]
    public Task Once_SlowBackend_RolledBackByItsLatencyObjective() => RollsBackAsync("latency", "--fault", "slow");

    [Fact]
    public Task Once_HarmReported_RolledBackThoughAvailabilityIsPerfect() => RollsBackAsync("harm", "--fault", "harm");

    [Fact]
    public async Task Once_ThroughPrometheus_RolledBackAndVerified()
    {
        var product = $"127.0.0.1:{PrometheusServer.FreePort()}";
        await using var prometheus = await PrometheusServer.StartAsync([product]);
        var story = await RollsBackAsync("availability", "--app-urls", $"http://{product}", "--prometheus", prometheus.Url.AbsoluteUri);
        Assert.Contains("measured through Prometheus", story);
    }

    [Fact]
    public async Task Start_PortInUse_SaysWhichSwitchHelps()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var (exitCode, story) = await DemoProcess.RunAsync("--once", "--app-urls", $"http://{taken.LocalEndpoint}");
        output.WriteLine(story);
        Assert.Equal(1, exitCode);
        Assert.Contains("address already in use", story);
        Assert.Contains("--app-urls", story);
        Assert.DoesNotContain("   at ", story);
    }

    [Fact]
    public async Task Start_UnknownFault_SaysWhatThereIs()
    {
        var (exitCode, story) = await DemoProcess.RunAsync("--fault", "fire");
        Assert.Equal(2, exitCode);
        Assert.Contains("errors, slow or harm", story);
    }

    [Theory]
    [InlineData("--server and --token-file need each other", "--server", "http://127.0.0.1:9")]
    [InlineData("--once is for the story", "--once", "--server", "http://127.0.0.1:9", "--token-file", "none")]
    [InlineData("--server must be an address", "--server", "tracks", "--token-file", "none")]
    public async Task Start_ServerElsewhereAskedForWrongly_SaysHow(string fix, params string[] arguments)
    {
        var (exitCode, story) = await DemoProcess.RunAsync(arguments);
        Assert.Equal(2, exitCode);
        Assert.Contains(fix, story, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_TokenOfServerElsewhereIsMissing_SaysSo()
    {
        var (exitCode, story) = await DemoProcess.RunAsync("--server", "http://127.0.0.1:9", "--token-file", "/nowhere/token");
        Assert.Equal(1, exitCode);
        Assert.Contains("/nowhere/token", story, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", story, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terminate_WhileTrafficFlows_StopsCleanly()
    {
        await using var demo = DemoProcess.Start();
        await demo.SaysAsync("Traffic is measured");
        demo.Terminate();
        Assert.Equal(0, await demo.ExitAsync());
        output.WriteLine(demo.Story);
        Assert.Contains("Stopped.", demo.Story);
        Assert.DoesNotContain("fail:", demo.Story);
    }

    private async Task<string> RollsBackAsync(string objective, params string[] arguments)
    {
        var (exitCode, story) = await DemoProcess.RunAsync(["--once", .. arguments]);
        output.WriteLine(story);
        Assert.Equal(0, exitCode);
        var last = -1;
        foreach (var chapter in Chapters)
        {
            var at = story.IndexOf($"   {chapter}  ", StringComparison.Ordinal);
            Assert.True(at > last, $"{chapter} is missing or too early.");
            last = at;
        }

        Assert.Contains($"(breach-proven, {objective})", story);
        return story;
    }
}
