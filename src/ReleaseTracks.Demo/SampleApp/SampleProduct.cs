using ReleaseTracks.Demo.Hosting;
using ReleaseTracks.Demo.Setup;

namespace ReleaseTracks.Demo.SampleApp;

/// <summary>The sample app, its AI backend, its readers' choices and its key, all for as long as somebody needs them.</summary>
internal sealed class SampleProduct(DemoOptions options, FaultSwitch fault, ServedLog served, TimeProvider time)
{
    /// <param name="server">Where the features are.</param>
    /// <param name="api">To that server, for the key.</param>
    /// <param name="whileUp">Gets the app, the backend, and a client of the app; when it ends, so does everything.</param>
    /// <param name="cancel">Gives up starting.</param>
    public async Task RunAsync(Uri server, ManagementApi api, Func<HostedApp, HostedApp, HttpClient, Task> whileUp, CancellationToken cancel)
    {
        var (keyId, secret) = await api.CreateKeyAsync("the-daily-feed", cancel);
        try
        {
            using var serverHttp = Clients.Create(server, secret);
            await using var backend = await AiBackend.StartAsync(options, fault, time, cancel);
            using var backendHttp = Clients.Create(backend.Address);
            await using var product = await ProductApp.StartAsync(options, serverHttp, secret, backendHttp, served, cancel);
            using var productHttp = Clients.Create(product.Address);
            await Enrolment.RunAsync(serverHttp, await api.DisclosureVersionAsync(cancel), cancel);
            await whileUp(product, backend, productHttp);
        }
        finally
        {
            await api.RevokeKeyAsync(keyId);
        }
    }
}
