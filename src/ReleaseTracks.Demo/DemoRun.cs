using ReleaseTracks.Demo.Hosting;
using ReleaseTracks.Demo.SampleApp;
using ReleaseTracks.Demo.Setup;
using ReleaseTracks.Demo.Story;
using ReleaseTracks.Demo.Traffic;

namespace ReleaseTracks.Demo;

/// <summary>Starts everything, tells the story, and takes everything down again in the opposite order.</summary>
internal sealed class DemoRun(DemoOptions options, TimeProvider time, Storyteller story)
{
    private static readonly TimeSpan OnceWithin = TimeSpan.FromSeconds(120);
    private readonly FaultSwitch fault = new();
    private readonly ServedLog served = new(time);
    private RollbackWatch? watch;

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(DemoOptions options, TimeProvider time, TextWriter output, CancellationToken stop)
    {
        var story = new Storyteller(output, time.GetUtcNow());
        using var bound = new CancellationTokenSource(options.Once ? OnceWithin : Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, bound.Token);
        var run = new DemoRun(options, time, story);
        try
        {
            await run.RunAsync(either.Token);
            story.Write("\nThe rollback is verified from the sample app's side.");
            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            story.Write("\nStopped.");
            return options.Once ? 1 : 0;
        }
        catch (OperationCanceledException) when (bound.IsCancellationRequested)
        {
            story.Write($"\nFAILED: not within {OnceWithin.TotalSeconds:0} s. Still waiting for {run.watch?.Waiting ?? "the traffic to be measured"}.");
            return 1;
        }
        catch (Exception failed) when (failed is DemoException or HttpRequestException or OperationCanceledException)
        {
            story.Write($"\nFAILED: {failed.Message}");
            return 1;
        }
    }

    private async Task RunAsync(CancellationToken cancel)
    {
        var sample = new SampleProduct(options, fault, served, time);
        if (options.Server is { } elsewhere)
        {
            await new AttachedRun(options, sample, time, story).RunAsync(elsewhere, cancel);
            return;
        }

        using var data = new DataDirectory(options.DataPath);
        await using var server = await DemoServer.StartAsync(options, data.Path, cancel);
        story.Write("ReleaseTracks demo: an AI feature goes bad and is rolled back by itself.\n");
        story.Tell(time.GetUtcNow(), $"Server is up at {Plain(server.Address)} (embedded store in {data.Path}, a look every {DemoServer.Interval.TotalSeconds:0} s)");
        using var operatorHttp = Clients.Create(server.Address, server.BootstrapToken);
        var api = new ManagementApi(operatorHttp, server.ApproveAsync);
        var revision = await api.ApplyAsync(
            "The Daily Feed", "The features of the demo.", FeaturePlan.Changes(await api.FeaturesAsync(cancel)), cancel);
        await sample.RunAsync(server.Address, api, (product, _, productHttp) => ServeAsync(server, api, revision, product, productHttp, cancel), cancel);
    }

    private async Task ServeAsync(DemoServer server, ManagementApi api, long revision, HostedApp product, HttpClient productHttp, CancellationToken cancel)
    {
        story.Tell(time.GetUtcNow(), $"Sample app is up at {Plain(product.Address)}; its features are released by plan, revision {revision}");
        story.Tell(time.GetUtcNow(), $"Readers: {Readers.Ai.Count} on AI (each agreed to the disclosure), {Readers.Innovative.Count} on Innovative, {Readers.Stable.Count} on Stable");
        story.Write($"""

              Watch the tracks   {server.NewSignInLink()}
                                 (signs in once; verdicts and budgets, and the rollback when it happens)
              Be an AI reader    {new Uri(product.Address, $"feed?user={Readers.Ai[0]}")}
              Be on Stable       {new Uri(product.Address, $"feed?user={Readers.Stable[0]}")}

            """);
        var load = new ReaderLoad(productHttp, time);
        var warmup = new Warmup(options, server, product.Address, load, story, time);
        watch = new(server, api, served, fault, story, time);
        await WithTrafficAsync(load, token => TellAsync(warmup, watch, token), cancel);
    }

    private static string Plain(Uri address) => address.GetLeftPart(UriPartial.Authority);

    private async Task TellAsync(Warmup warmup, RollbackWatch watcher, CancellationToken cancel)
    {
        await warmup.RunAsync(cancel);
        await watcher.FollowAsync(options.Fault, cancel);
        if (options.Once)
            return;
        story.Write("\nThe rollback is verified. Traffic goes on, for you to look around; Ctrl+C ends it.");
        await Task.Delay(Timeout.InfiniteTimeSpan, time, cancel);
    }

    /// <summary>Traffic ends before what it talks to does. If it breaks, so does the story.</summary>
    private static async Task WithTrafficAsync(ReaderLoad load, Func<CancellationToken, Task> tell, CancellationToken cancel)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var traffic = load.RunAsync(ending.Token);
        var telling = tell(ending.Token);
        var first = await Task.WhenAny(telling, traffic);
        await ending.CancelAsync();
        await Task.WhenAll(telling, traffic).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
        cancel.ThrowIfCancellationRequested();
    }
}
