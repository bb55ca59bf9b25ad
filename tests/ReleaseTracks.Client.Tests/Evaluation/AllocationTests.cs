using ReleaseTracks.Client.Tests.Harness;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Client.Tests.Evaluation;

public sealed class AllocationTests
{
    [Fact]
    public async Task Evaluate_KnownUsers_AllocatesNothing()
    {
        await using var server = await TestServer.StartAsync();
        await server.PutFeatureAsync(TestServerCalls.SmartReplies.Replace("""[{"variant":"on","weight":100}]""", """[{"variant":"on","weight":50},{"variant":"off","weight":50}]""", StringComparison.Ordinal));
        await server.ApplyAsync("""[{"op":"track.put","track":{"key":"innovative","cohortPercent":50}},{"op":"organisation.put","organisation":{"id":"acme","ceiling":"stable"}}]""");
        await server.EnrolAsync("ada", "ai", 1);
        await using var app = await ClientApp.StartAsync(server, TestServer.BootstrapToken);
        await app.VariantAsync("smart-replies", "ada");
        await app.VariantAsync("smart-replies", "bea");
        var evaluator = app.Evaluator;
        for (var i = 0; i < 1000; i++)
            Run();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
            Run();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run()
        {
            evaluator.Evaluate("smart-replies", "ada");
            evaluator.Evaluate("smart-replies", "ada", "acme");
            evaluator.Evaluate("smart-replies", "bea");
            evaluator.Evaluate("smart-replies", null);
            evaluator.Evaluate("unknown", "ada");
        }
    }
}
