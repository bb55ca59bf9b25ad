using ReleaseTracks.Server.Store;

namespace ReleaseTracks.Demo.Hosting;

/// <summary>A web application that runs, and the address under which this machine reaches it.</summary>
internal sealed class HostedApp(WebApplication app, Uri address) : IAsyncDisposable
{
    /// <summary>Open pages and streams are cut after this, so that Ctrl+C works with a browser attached.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(3);

    public Uri Address { get; } = address;

    public IServiceProvider Services => app.Services;

    /// <summary>What all three have in common: no signals of their own, no log lines between the lines of the story.</summary>
    public static void Prepare(WebApplicationBuilder builder, LogLevel from)
    {
        builder.Services.AddSingleton<IHostLifetime, QuietLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.AddFilter((_, level) => level >= from && from != LogLevel.None);
        builder.Logging.AddFilter("Microsoft", from).AddFilter("Microsoft.Hosting.Lifetime", from).AddFilter("System", from);
        // Said better below, or true of every run: the keys are in a directory that goes with it.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
    }

    /// <param name="app">Built and mapped.</param>
    /// <param name="what">Its name for people.</param>
    /// <param name="urlSwitch">The switch that moves it to another port.</param>
    /// <param name="cancel">Gives up starting.</param>
    /// <exception cref="DemoException">It cannot start; the message names the switch that helps.</exception>
    public static async Task<HostedApp> StartAsync(WebApplication app, string what, string urlSwitch, CancellationToken cancel)
    {
        try
        {
            await app.StartAsync(cancel);
            return new(app, Reachable(app.Urls.First()));
        }
        catch (Exception failed)
        {
            // What did start must stop before what it uses is disposed.
            await app.StopAsync(CancellationToken.None);
            await app.DisposeAsync();
            throw failed switch
            {
                IOException => new DemoException(
                    $"{what} cannot listen: {failed.Message} Choose another port with {urlSwitch}, such as {urlSwitch} http://127.0.0.1:0 for any free one.", failed),
                DataDirectoryInUseException => new DemoException(
                    "The data directory is in use by another process. Stop that one, or choose another directory with --data-path.", failed),
                InvalidOperationException => new DemoException($"{what} cannot start: {failed.Message}", failed),
                _ => failed,
            };
        }
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
    }

    /// <summary>An address to bind to is not always one to call: 0.0.0.0 and [::] mean every interface.</summary>
    private static Uri Reachable(string url)
    {
        var binding = BindingAddress.Parse(url);
        return new UriBuilder(binding.Scheme, binding.Host is "+" or "*" or "0.0.0.0" or "[::]" ? "localhost" : binding.Host, binding.Port).Uri;
    }
}
