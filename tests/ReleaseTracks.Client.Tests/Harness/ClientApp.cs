using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.FeatureManagement;
using ReleaseTracks.Client.Evaluation;
using ReleaseTracks.Client.Objectives;
using ReleaseTracks.Client.Snapshots;
using ReleaseTracks.Client.Streams;
using ReleaseTracks.Client.Tracks;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Client.Tests.Harness;

/// <summary>What differs from an app that only adds the client.</summary>
internal sealed record ClientAppOptions
{
    public TimeProvider? Time { get; init; }

    public Action<ReleaseTracksOptions>? Options { get; init; }

    public Action<WebApplicationBuilder>? Builder { get; init; }

    public Action<WebApplication>? App { get; init; }
}

/// <summary>A customer's app on real Kestrel with the real client. The user is whom the header <c>X-User</c> names.</summary>
internal sealed class ClientApp : IAsyncDisposable
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private readonly WebApplication app;
    private readonly TemporaryDirectory? directory;

    private ClientApp(WebApplication app, TemporaryDirectory? directory, CapturedLog log)
    {
        (this.app, this.directory, Log) = (app, directory, log);
        Http = new(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new(app.Urls.First()), Timeout = TimeSpan.FromSeconds(30) };
    }

    public HttpClient Http { get; }

    public CapturedLog Log { get; }

    public IServiceProvider Services => app.Services;

    public ITrackEvaluator Evaluator => Get<ITrackEvaluator>();

    public IVariantFeatureManager Features => Get<IVariantFeatureManager>();

    public IOutcomes Outcomes => Get<IOutcomes>();

    public ITrackUsers TrackUsers => Get<ITrackUsers>();

    public ClientStatus Status => Get<IReleaseTracksStatus>().Current;

    public EnrollmentCache Users => Get<EnrollmentCache>();

    public EnrollmentLoader Lookups => Get<EnrollmentLoader>();

    public SnapshotState Snapshots => Get<SnapshotState>();

    public ServerConnection Connection => Get<ServerConnection>();

    public static Task<ClientApp> StartAsync(TestServer server, string key, ClientAppOptions? options = null) => StartAsync(server.Url, key, options);

    public static async Task<ClientApp> StartAsync(Uri endpoint, string key, ClientAppOptions? options = null)
    {
        options ??= new();
        var directory = new TemporaryDirectory();
        var log = new CapturedLog();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = typeof(ClientApp).Assembly.GetName().Name });
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Information);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        if (options.Time is not null)
            builder.Services.AddSingleton(options.Time);
        if (options.Builder is null)
            builder.Services.AddFeatureManagement();
        options.Builder?.Invoke(builder);
        builder.Services.AddReleaseTracks(client =>
        {
            client.Endpoint = endpoint;
            client.Key = key;
            client.User = static http => http.Request.Headers["X-User"].FirstOrDefault();
            client.SnapshotPath = Path.Combine(directory.Path, "snapshot.json");
            client.LookupWait = TimeSpan.FromSeconds(20);
            client.StartupWait = TimeSpan.FromSeconds(30);
            options.Options?.Invoke(client);
        });
        var app = builder.Build();
        options.App?.Invoke(app);
        app.MapHealthChecks("/healthz");
        app.MapGet("/variant/{feature}", async (string feature, HttpContext http, ITrackEvaluator tracks) =>
            (await tracks.EvaluateAsync(feature, http))?.Variant?.Name ?? "none");
        app.MapGet("/variants", async (HttpContext http, ITrackEvaluator tracks) =>
            string.Join(' ', (await tracks.EvaluateAllAsync(http)).Select(result => $"{result.Feature.Key}={result.Variant?.Name}")));
        try
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
            return new(app, directory, log);
        }
        catch
        {
            await app.DisposeAsync();
            directory.Dispose();
            throw;
        }
    }

    public async Task<HttpResponseMessage> GetAsync(string path, string? user = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (user is not null)
            request.Headers.Add("X-User", user);
        return await Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>The variant a user gets, waiting for their track as a page would.</summary>
    public async Task<string?> VariantAsync(string feature, string user) => (await Evaluator.EvaluateAsync(feature, user, null))?.Variant?.Name;

    public Task ServesAsync(string feature, string user, string variant, TimeSpan? within = null) => Eventually.TrueAsync(
        async () => await VariantAsync(feature, user) == variant, $"{user} gets {variant} of {feature}", within ?? Bound);

    public Task<HealthReport> HealthAsync() => Get<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        directory?.Dispose();
    }

    private T Get<T>()
        where T : notnull => app.Services.GetRequiredService<T>();
}
