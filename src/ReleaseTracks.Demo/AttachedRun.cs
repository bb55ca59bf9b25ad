using ReleaseTracks.Demo.Hosting;
using ReleaseTracks.Demo.SampleApp;
using ReleaseTracks.Demo.Setup;
using ReleaseTracks.Demo.Story;
using ReleaseTracks.Demo.Traffic;

namespace ReleaseTracks.Demo;

/// <summary>The sample app and its readers for servers that run elsewhere. It fails when somebody asks its AI backend to.</summary>
internal sealed class AttachedRun(DemoOptions options, SampleProduct sample, TimeProvider time, Storyteller story)
{
    public async Task RunAsync(Uri server, CancellationToken cancel)
    {
        using var operatorHttp = Clients.Create(server, await TokenAsync(cancel));
        var api = new ManagementApi(operatorHttp);
        await ReleaseAsync(api, cancel);
        await sample.RunAsync(server, api, (product, backend, productHttp) => ReadAsync(server, product, backend, productHttp, cancel), cancel);
    }

    private Task ReadAsync(Uri server, HostedApp product, HostedApp backend, HttpClient productHttp, CancellationToken cancel)
    {
        story.Tell(time.GetUtcNow(), $"Sample app is up at {product.Address}, with the features of {server}; its readers are reading.");
        story.Write($"""

              Let its AI fail   curl -X POST {new Uri(backend.Address, "fault/errors")}   (or slow, or harm)
              Mend it           curl -X POST {new Uri(backend.Address, "fault/none")}

            """);
        return new ReaderLoad(productHttp, time).RunAsync(cancel);
    }

    /// <summary>Features that are there stay as they are: rolled back ones too, when the sample app is started again.</summary>
    private static async Task ReleaseAsync(ManagementApi api, CancellationToken cancel)
    {
        var present = await api.FeaturesAsync(cancel);
        var known = present.EnumerateArray().Select(feature => feature.GetProperty("key").GetString()).ToHashSet(StringComparer.Ordinal);
        if (!DemoFeature.All.All(feature => known.Contains(feature.Key)))
            await api.ApplyAsync("The Daily Feed", "The features of the sample app.", FeaturePlan.Changes(present), cancel);
    }

    private async Task<string> TokenAsync(CancellationToken cancel)
    {
        try
        {
            return (await File.ReadAllTextAsync(options.TokenFile, cancel)).Trim();
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new DemoException($"The token for {options.Server} cannot be read: {failed.Message}", failed);
        }
    }
}
