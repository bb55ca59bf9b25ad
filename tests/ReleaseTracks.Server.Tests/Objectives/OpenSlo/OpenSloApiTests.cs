using System.Text;
using System.Text.Json;
using ReleaseTracks.Objectives.OpenSlo;
using ReleaseTracks.Server.Objectives.OpenSlo;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;
using ReleaseTracks.Server.Tests.Operations;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Tests.Objectives.OpenSlo;

public sealed class OpenSloApiTests : IAsyncLifetime
{
    private const string Call = "/api/v1/objectives?format=openslo";

    private const string Plain = """
        {"key":"smart-replies","name":"Smart replies","variants":{"off":false,"on":true},"fallback":"off","releases":{"ai":[{"variant":"on","weight":100}]}}
        """;

    private static readonly string Feature = Plain.TrimEnd()[..^1] + """
        ,"objectives":[{"id":"latency","indicator":"latency","target":0.975,"window":"36h","onBreach":"pause","alpha":0.05,"margin":1.5,"sharedOutage":"rollback",
         "minBudgetSpent":0.05,"source":{"bad":"app_slow_total{app=\"x: #1\"}","total":"app_requests_total"}}]}
        """;

    private TestServer server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await TestServer.StartAsync();
        await server.PutFeatureAsync(Feature);
    }

    public async ValueTask DisposeAsync() => await server.DisposeAsync();

    [Fact]
    public async Task Export_DefaultTracksAndAFeature_IsTheGoldenFile()
    {
        var answer = await server.Admin.CallAsync($"GET {Call}");

        Assert.Equal((200, "application/yaml; charset=utf-8"), (answer.Status, answer.ContentType));
        var golden = Shipped.At("tests", "testdata", "openslo", "objectives.yaml");
        Assert.Equal(await File.ReadAllTextAsync(golden, TestContext.Current.CancellationToken), answer.Text);
    }

    [Fact]
    public async Task Import_WhatWasExported_ChangesNothingAndStoresNothing()
    {
        var before = Current.Revision;
        var yaml = (await server.Admin.CallAsync($"GET {Call}")).Text;

        var answer = await ImportAsync(yaml);

        Assert.Equal((200, JsonValueKind.Null), (answer.Status, answer.Json.GetProperty("plan").ValueKind));
        Assert.Equal(before, Current.Revision);
    }

    [Fact]
    public async Task Import_AChangedTarget_IsAPlanForThatTrackAlone()
    {
        var yaml = (await server.Admin.CallAsync($"GET {Call}")).Text;
        var before = ScopedObjective.In(Current).ToArray();

        var answer = await ImportAsync(yaml.Replace("target: 0.995", "target: 0.9951", StringComparison.Ordinal), "&title=Tighter&reason=because");

        var plan = answer.Json;
        Assert.Equal((201, "Tighter", "because"), (answer.Status, plan.GetProperty("title").GetString(), plan.GetProperty("reason").GetString()));
        Assert.Equal($"/api/v1/plans/{plan.GetProperty("id").GetString()}", answer.Raw.Headers.Location!.ToString());
        Assert.Equal(["innovative", "ai"], plan.GetProperty("changes").EnumerateArray().Select(change => change.GetProperty("track").GetProperty("key").GetString()));
        Assert.Equal(before, ScopedObjective.In(Current));

        await ApplyAsync(plan);

        Assert.Equal(before.Select(one => one.Objective.Target is 0.995 ? 0.9951 : one.Objective.Target), ScopedObjective.In(Current).Select(one => one.Objective.Target));
        Assert.Contains("target: 0.9951", (await server.Admin.CallAsync($"GET {Call}")).Text);
    }

    [Fact]
    public async Task Import_ALooserTarget_NeedsApproval()
    {
        var yaml = (await server.Admin.CallAsync($"GET {Call}")).Text;

        var plan = (await ImportAsync(yaml.Replace("target: 0.975", "target: 0.5", StringComparison.Ordinal))).Json;

        Assert.Equal("proposed", plan.GetProperty("state").GetString());
        Assert.Equal(1, plan.GetProperty("approvalsNeeded").GetInt32());
    }

    [Fact]
    public async Task Import_OnAnotherServer_GivesItTheSameObjectives()
    {
        var yaml = (await server.Admin.CallAsync($"GET {Call}")).Text;
        await using var other = await TestServer.StartAsync();
        await other.PutFeatureAsync(Plain);

        var plan = (await other.Admin.CallAsync($"POST {Call}", yaml, "application/yaml")).Json;
        await ApplyAsync(plan, other);

        Assert.Equal(yaml, (await other.Admin.CallAsync($"GET {Call}")).Text);
    }

    [Fact]
    public async Task Import_WithErrors_NamesThemAllAndStoresNothing()
    {
        var yaml = (await server.Admin.CallAsync($"GET {Call}")).Text;
        var before = Current.Revision;

        var answer = await ImportAsync(yaml
            .Replace("target: 0.975", "target: 1", StringComparison.Ordinal)
            .Replace("releasetracks.track: stable", "releasetracks.track: beta", StringComparison.Ordinal));

        Assert.Equal((400, "invalid"), (answer.Status, answer.Problem));
        Assert.Equal(
            ["documents[0].metadata.annotations.releasetracks.track", "documents[1].metadata.annotations.releasetracks.track", "documents[6].spec.objectives[0].target"],
            answer.ErrorPaths.Order(StringComparer.Ordinal));
        Assert.Equal(before, Current.Revision);
    }

    [Fact]
    public async Task Import_MoreThanAnObjectiveMayHave_IsRefusedByThePlan()
    {
        var one = (await server.Admin.CallAsync($"GET {Call}")).Text.Split("---\n")[1];
        var many = string.Concat(Enumerable.Range(0, 21).Select(i => "---\n" + one.Replace("releasetracks.id: availability", $"releasetracks.id: a{i}", StringComparison.Ordinal)));

        var answer = await ImportAsync(many);

        Assert.Equal((400, "invalid"), (answer.Status, answer.Problem));
    }

    [Fact]
    public async Task Import_TooLargeOrNotUtf8OrNoFormat_IsAProblem()
    {
        Assert.Equal("too-large", (await ImportAsync(new string('#', 1024 * 1024 + 1))).Problem);
        Assert.Equal("not-utf8", (await server.Admin.CallAsync($"POST {Call}", [0x61, 0xFF], "application/yaml")).Problem);
        Assert.Equal(["format"], (await server.Admin.CallAsync("POST /api/v1/objectives", "a: 1", "application/yaml")).ErrorPaths);
        Assert.Equal(["format"], (await server.Admin.CallAsync("GET /api/v1/objectives?format=sloth")).ErrorPaths);
        Assert.Equal(["$"], (await ImportAsync("")).ErrorPaths);
    }

    [Fact]
    public async Task Import_ChunkedWithoutEnd_IsCutOffAtTheBound()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Call) { Content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(new string('#', 3 * 1024 * 1024)))) };
        request.Headers.TransferEncodingChunked = true;
        try
        {
            using var answer = await server.Admin.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(413, (int)answer.StatusCode);
        }
        catch (HttpRequestException)
        {
            // Cut off while it was still sending, which is as good.
        }
    }

    [Fact]
    public async Task Export_OfAWindowOfSeconds_SaysWhichObjective()
    {
        await server.PutFeatureAsync(Feature.Replace("36h", "1h1s", StringComparison.Ordinal));

        var answer = await server.Admin.CallAsync($"GET {Call}");

        Assert.Equal((409, "cannot-export"), (answer.Status, answer.Problem));
        Assert.Equal(["feature/smart-replies.objectives.latency.window"], answer.ErrorPaths);
    }

    [Fact]
    public async Task Commands_ExportAndImport_DoTheSameAndSayTheSame()
    {
        using var directory = new TemporaryDirectory();
        var file = Path.Combine(directory.Path, "objectives.yaml");

        Assert.Equal((0, "", ""), await RunAsync(OpenSloCommands.ExportAsync, "--to", file));
        var yaml = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        Assert.Equal((0, yaml, ""), await RunAsync(OpenSloCommands.ExportAsync));
        Assert.Equal((0, "Nothing to change: every objective in the file is in force.\n", ""), await RunAsync(OpenSloCommands.ImportAsync, "--from", file));
        await File.WriteAllTextAsync(file, yaml.Replace("target: 0.95\n", "target: 0.96\n", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var (exit, output, _) = await RunAsync(OpenSloCommands.ImportAsync, "--from", file, "--title", "A title & more");
        Assert.Equal(0, exit);
        Assert.StartsWith("Plan pl_", output, StringComparison.Ordinal);
        Assert.Equal("A title & more", Current.Plans.All.Last().Plan.Document.GetProperty("title").GetString());
    }

    [Fact]
    public async Task Commands_Refused_SayWhyAndWhatToDo()
    {
        using var directory = new TemporaryDirectory();
        var file = Path.Combine(directory.Path, "objectives.yaml");
        await File.WriteAllTextAsync(file, "a: *b\n", TestContext.Current.CancellationToken);

        var broken = await RunAsync(OpenSloCommands.ImportAsync, "--from", file);
        Assert.Equal(1, broken.Exit);
        Assert.Contains("documents[0].a: Anchors and aliases are not read: write the value out. (line 1)", broken.Error);
        Assert.Contains("cannot be read", (await RunAsync(OpenSloCommands.ImportAsync, "--from", file + ".none")).Error);
        Assert.Equal((1, true), (await RunAsync(OpenSloCommands.ExportAsync, "--url", "http://127.0.0.1:1")) is var (exit, _, error) ? (exit, error.Contains("http://127.0.0.1:1", StringComparison.Ordinal)) : default);
        Assert.Equal(2, (await RunAsync(OpenSloCommands.ExportAsync, "--from", file)).Exit);
        Assert.Equal(2, (await RunAsync(OpenSloCommands.ImportAsync)).Exit);
        using var stranger = new StringWriter();
        Assert.Equal(1, await OpenSloCommands.ExportAsync([], server.Url.AbsoluteUri, null, TextWriter.Null, stranger));
        Assert.Contains("ReleaseTracks__Access__BootstrapToken", stranger.ToString());
    }

    private async Task<(int Exit, string Output, string Error)> RunAsync(
        Func<string[], string, string?, TextWriter, TextWriter, Task<int>> command, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        return (await command(args, server.Url.AbsoluteUri, TestServer.BootstrapToken, output, error), output.ToString(), error.ToString());
    }

    private Snapshot Current => ((SnapshotHolder)server.Services.GetService(typeof(SnapshotHolder))!).Current;

    private Task<Answer> ImportAsync(string yaml, string more = "") => server.Admin.CallAsync($"POST {Call}{more}", yaml, "application/yaml");

    private async Task ApplyAsync(JsonElement plan, TestServer? on = null)
    {
        var (id, hash) = (plan.GetProperty("id").GetString()!, plan.GetProperty("hash").GetString()!);
        if (plan.GetProperty("approvalsNeeded").GetInt32() > 0)
            await (on ?? server).ApproveAsync(id, hash);
        await (on ?? server).SendAsync(HttpMethod.Post, $"/api/v1/plans/{id}/apply", $$"""{"hash":"{{hash}}"}""");
    }
}
