using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using ReleaseTracks.Server.Prometheus;

namespace ReleaseTracks.Server.Tests.Harness;

/// <summary>What differs from a server with the embedded store, an empty data path and real time.</summary>
public sealed record TestServerOptions
{
    /// <summary>Settings by full key, such as <c>ReleaseTracks:Control:Interval</c>; they win over the harness's own.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    public TimeProvider? Time { get; init; }

    public IOutcomeSource? Outcomes { get; init; }

    /// <summary>StackExchange.Redis connection string; null: the embedded store.</summary>
    public string? Redis { get; init; }

    /// <summary>Null: a directory of its own that goes with the server. Give one to start again on what is there.</summary>
    public string? DataPath { get; init; }

    public Action<IServiceCollection>? Services { get; init; }
}

/// <summary>
/// The real server in this process on a free port, as <c>Program.cs</c> starts it: real Kestrel, real store, real
/// control loop. The bootstrap token has every role; logs are captured at every level.
/// </summary>
public sealed class TestServer : IAsyncDisposable
{
    public const string BootstrapToken = "bootstrap-token-for-tests";
    private readonly TemporaryDirectory? directory;
    private readonly WebApplication app;

    private TestServer(WebApplication app, TemporaryDirectory? directory, CapturedLog log)
    {
        this.app = app;
        this.directory = directory;
        Log = log;
        Admin = Client(BootstrapToken);
    }

    public CapturedLog Log { get; }

    public Uri Url => new(app.Urls.First());

    public IServiceProvider Services => app.Services;

    /// <summary>Calls with the bootstrap token.</summary>
    public HttpClient Admin { get; }

    public static async Task<TestServer> StartAsync(TestServerOptions? options = null)
    {
        options ??= new();
        var directory = options.DataPath is null ? new TemporaryDirectory() : null;
        var log = new CapturedLog();
        var app = ServerApp.Create(
            ["--urls", "http://127.0.0.1:0", "--data-path", options.DataPath ?? directory!.Path],
            builder => Configure(builder, options, log));
        try
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
            return new(app, directory, log);
        }
        catch
        {
            await app.DisposeAsync();
            directory?.Dispose();
            throw;
        }
    }

    /// <summary>A client with this bearer token, or without any.</summary>
    public HttpClient Client(string? token)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = Url,
            Timeout = TimeSpan.FromSeconds(30),
        };
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>Stops as on SIGTERM, within <paramref name="bound"/>.</summary>
    public Task StopAsync(TimeSpan bound) => app.StopAsync(TestContext.Current.CancellationToken).WaitAsync(bound, TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        directory?.Dispose();
    }

    private static void Configure(WebApplicationBuilder builder, TestServerOptions options, CapturedLog log)
    {
        var settings = new Dictionary<string, string?>
        {
            ["ReleaseTracks:Access:BootstrapToken"] = BootstrapToken,
            ["ReleaseTracks:Control:Interval"] = "200ms",
            ["ReleaseTracks:Store:Redis"] = options.Redis,
        };
        foreach (var (key, value) in options.Settings)
            settings[key] = value;
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.ClearProviders().AddProvider(log);
        if (options.Time is not null)
            builder.Services.AddSingleton(options.Time);
        if (options.Outcomes is not null)
            builder.Services.AddSingleton(options.Outcomes);
        options.Services?.Invoke(builder.Services);
        builder.Services.TryAddSingleton(TimeProvider.System);
    }
}
