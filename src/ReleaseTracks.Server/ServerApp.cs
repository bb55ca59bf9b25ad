using Microsoft.Extensions.DependencyInjection.Extensions;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Alerts;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Server.Features;
using ReleaseTracks.Server.Flagd;
using ReleaseTracks.Server.Http;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Server.Me;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Server.Objectives.OpenSlo;
using ReleaseTracks.Server.Ofrep;
using ReleaseTracks.Server.Plans;
using ReleaseTracks.Server.Rollbacks;
using ReleaseTracks.Server.Sessions;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Server.Streams;
using ReleaseTracks.Server.Tracks;

namespace ReleaseTracks.Server;

/// <summary>Puts the server together; also for programs that host it, such as the demo.</summary>
public static class ServerApp
{
    private const string DefaultUrl = "http://localhost:5080";

    private static readonly Dictionary<string, string> Switches = new(StringComparer.Ordinal)
    {
        ["--data-path"] = $"{StoreOptions.Section}:{nameof(StoreOptions.DataPath)}",
        ["--redis"] = $"{StoreOptions.Section}:{nameof(StoreOptions.Redis)}",
    };

    /// <param name="args">Command line; <c>--urls</c> and <c>--data-path</c> among others.</param>
    /// <param name="configure">Last word of a hosting program on services and settings.</param>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ApplicationName = typeof(ServerApp).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Configuration.AddSecretFiles();
        builder.Configuration.AddCommandLine(args, Switches);
        if (string.IsNullOrEmpty(builder.Configuration["urls"]))
            builder.WebHost.UseUrls(DefaultUrl);
        // One line per request is noise next to the few lines that matter; settings can bring it back.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        builder.Logging.AddFilter("System.Net.Http", LogLevel.Warning).AddFilter("StackExchange.Redis", LogLevel.Warning);
        // It warns of keys that are not encrypted; SessionKeyStore says why, and what to do.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        configure?.Invoke(builder);
        builder.AddFlagd();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = JsonBody.MostBytes;
        });
        AddServices(builder.Services, builder.Configuration);
        builder.AddComponents();
        var app = builder.Build();
        Map(app);
        WarmUp(app);
        return app;
    }

    /// <summary>Where a server started in this environment listens.</summary>
    public static string ConfiguredUrls() =>
        new ConfigurationBuilder().AddEnvironmentVariables().Build()["urls"] is { Length: > 0 } urls ? urls : DefaultUrl;

    /// <summary>The token of a server started in this environment, for commands that call it; null if it has none.</summary>
    public static string? ConfiguredToken()
    {
        var configuration = new ConfigurationManager();
        configuration.AddEnvironmentVariables();
        configuration.AddSecretFiles();
        return configuration[$"{AccessOptions.Section}:{nameof(AccessOptions.BootstrapToken)}"] is { Length: > 0 } token ? token : null;
    }

    /// <summary>
    /// Building the endpoints for the first time takes nearly as long as opening the store, and neither needs the other.
    /// What cannot be built says so again when the server starts.
    /// </summary>
    private static void WarmUp(IEndpointRouteBuilder app) =>
        _ = Task.Run(() => app.DataSources.Sum(source => source.Endpoints.Count));

    private static void AddServices(IServiceCollection services, ConfigurationManager configuration)
    {
        var dataPath = configuration[$"{StoreOptions.Section}:{nameof(StoreOptions.DataPath)}"] is { Length: > 0 } path ? path : "data";
        services.TryAddSingleton(TimeProvider.System);
        services.AddHttpFoundations();
        services.AddHostNames(configuration);
        services.AddWriteLimits();
        services.AddStore(configuration);
        services.AddSingleton<SnapshotHolder>();
        services.AddSingleton<LedgerReplay>();
        // Before what seals cookies: its keys are read when the host starts it, from the store that the ledger connects.
        services.AddLedger(dataPath);
        services.AddAccess(configuration);
        services.AddPlans(configuration);
        services.AddEnrollments();
        services.AddObjectives(configuration);
        services.AddRollbacks(configuration);
        services.AddAlerts(configuration);
        services.AddStreams();
        services.AddMe();
        services.AddOfrep();
    }

    private static void Map(WebApplication app)
    {
        app.UseTrustedProxies();
        app.UseHttpFoundations();
        app.UseSecurityHeaders();
        app.UseNotFoundPage();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRequestGuard();
        app.UseRateLimiter();
        app.UseStateMetrics();
        app.MapHealth();
        app.MapSignIn();
        app.MapPeople();
        app.MapKeys();
        app.MapFeatures();
        app.MapTracks();
        app.MapSnapshot();
        app.MapEnrollments();
        app.MapEnrollmentLookup();
        app.MapOutcomes();
        app.MapBudgets();
        app.MapOpenSlo();
        app.MapPlans();
        app.MapRollbacks();
        app.MapAlerts();
        app.MapLedger();
        app.MapMe();
        app.MapComponents();
        app.MapOfrep();
        app.MapStreams();
        app.MapFlagd();
    }
}
