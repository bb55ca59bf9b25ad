using System.Globalization;
using ReleaseTracks.Access;
using ReleaseTracks.Server;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Server.Plans;
using ReleaseTracks.Server.Sessions;

namespace ReleaseTracks.Demo.Hosting;

/// <summary>The real server, hosted with the embedded store and a bootstrap token that only this run knows.</summary>
internal sealed class DemoServer(HostedApp app, string token) : IAsyncDisposable
{
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(2);

    public Uri Address => app.Address;

    public string BootstrapToken { get; } = token;

    /// <summary>The budgets of this very server, with the moment at which the evidence crossed its threshold.</summary>
    public BudgetBoard Budgets => app.Services.GetRequiredService<BudgetBoard>();

    public Uri NewSignInLink() => new(Address, app.Services.GetRequiredService<SignInLinks>().Create());

    public static async Task<DemoServer> StartAsync(DemoOptions options, string dataPath, CancellationToken cancel)
    {
        var token = $"demo-{Guid.NewGuid():N}";
        // The scrape interval only says when data is stale. The default tolerates whatever the user's Prometheus does.
        string[] args =
        [
            "--urls", options.Urls,
            "--data-path", dataPath,
            "--ReleaseTracks:Store:Redis", "",
            "--ReleaseTracks:Prometheus:Url", options.Prometheus?.AbsoluteUri ?? "",
            "--ReleaseTracks:Access:BootstrapToken", token,
            "--ReleaseTracks:Control:Interval", string.Create(CultureInfo.InvariantCulture, $"{Interval.TotalSeconds}s"),
        ];
        var app = ServerApp.Create(args, builder => HostedApp.Prepare(builder, LogLevel.Warning));
        return new(await HostedApp.StartAsync(app, "The server", "--urls", cancel), token);
    }

    /// <summary>
    /// The host's own word: once somebody has signed in with the link, the bootstrap token may not approve its own plans,
    /// and the demo cannot wait for that person.
    /// </summary>
    public async Task ApproveAsync(string plan, string hash)
    {
        var host = new Actor(ActorKinds.System, "demo", "in-process");
        var outcome = await app.Services.GetRequiredService<PlanService>().ApproveAsync(plan, hash, "The demo's own features.", host, CancellationToken.None);
        if (!outcome.Done)
            throw new DemoException($"The demo's plan was not approved: {outcome.Detail}");
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
