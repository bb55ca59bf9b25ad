using System.Diagnostics;
using System.Security.Claims;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MudBlazor.Services;
using ReleaseTracks.Access;
using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Alerts;
using ReleaseTracks.Server.Alerts.Delivery;
using ReleaseTracks.Server.Alerts.Pages;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Server.Features;
using ReleaseTracks.Server.Features.Detail;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Server.Ledger.Reading;
using ReleaseTracks.Server.Map;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Server.Objectives.Budgets;
using ReleaseTracks.Server.Plans.Queue;
using ReleaseTracks.Server.Rollbacks.Story;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;
using ReleaseTracks.Server.Tracks;

namespace ReleaseTracks.Server.Tests.Components;

/// <summary>The real pages, drawn many times on one server, against its real store.</summary>
public sealed class ViewersTests : BunitContext, IAsyncLifetime
{
    private const int Crowd = 200;
    private static readonly Actor News = new(ActorKinds.System, "tests", "in-process");
    private readonly FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
    private TestServer server = null!;

    public ViewersTests() => JSInterop.Mode = JSRuntimeMode.Loose;

    public static TheoryData<Type> Pages =>
    [
        typeof(BoardPage), typeof(BudgetsPage), typeof(RollbacksPage), typeof(PlansPage), typeof(TracksPage), typeof(MapPage), typeof(LedgerPage), typeof(FeaturePage), typeof(AlertsPage),
    ];

    public async ValueTask InitializeAsync()
    {
        server = await TestServer.StartAsync(new() { Time = clock, Settings = new Dictionary<string, string?> { ["ReleaseTracks:Control:Interval"] = "5m" } });
        await server.ApplyAsync($$"""[{"op":"feature.put","feature":{{Api.Feature("feed", "")}}}]""");
        AddAuthorization().SetAuthorized("ada").SetPolicies(Policies.View).SetClaims(new Claim(ClaimTypes.NameIdentifier, "ada"));
        Services.AddMudServices();
        Services.AddScoped<PageCaller>();
        Services.AddSingleton<TimeProvider>(clock);
        Share<SnapshotHolder>();
        Share<BudgetBoard>();
        Share<BudgetTrends>();
        Share<EnrolledCounts>();
        Share<EnrollmentService>();
        Share<LiveUpdates>();
        Share<LedgerMirror>();
        Share<LedgerReader>();
        Share<LedgerReplay>();
        Share<RecentFeedback>();
        Share<StoreConnection>();
        Share<DeliveryStates>();
        Share<AlertSender>();
        SetRendererInfo(new RendererInfo("Server", true));
    }

    public new async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await server.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_WithTwoHundredViewers_AsksTheStoreNoMoreThanWithOne(Type page)
    {
        var viewers = new List<IRenderedComponent<IComponent>> { Open(page) };
        await RoundAsync(viewers);
        var alone = await RoundAsync(viewers);
        while (viewers.Count < Crowd)
            viewers.Add(Open(page));
        await RoundAsync(viewers);

        var crowded = await RoundAsync(viewers);

        Xunit.TestContext.Current.TestOutputHelper?.WriteLine($"{page.Name}: {alone} with one, {crowded} with {Crowd}");
        // What all of them share is one read a shard of the users' counts, and a few more.
        Assert.InRange(crowded.Operations, 0, StoreKeys.Shards + (Crowd / 4));
    }

    [Fact]
    public async Task Viewer_ThatDoesNotFinishOrFails_KeepsNobodyFromTheNews()
    {
        var live = server.Services.GetRequiredService<LiveUpdates>();
        var never = new TaskCompletionSource();
        var (told, stuck) = (0, 0);
        using var slow = live.Subscribe(() =>
        {
            Interlocked.Increment(ref stuck);
            return never.Task;
        });
        using var broken = live.Subscribe(() => throw new InvalidOperationException("Drawn while it was closed."));
        using var other = live.Subscribe(() =>
        {
            Interlocked.Increment(ref told);
            return Task.CompletedTask;
        });

        for (var round = 1; round <= 3; round++)
        {
            var before = Volatile.Read(ref told);
            await NewsAsync(() => Volatile.Read(ref told) > before);
        }

        Assert.Equal(1, stuck);
        var known = Volatile.Read(ref told);
        never.SetResult();
        // What came while it was busy is told once more.
        await NewsAsync(() => Volatile.Read(ref stuck) > 1 && Volatile.Read(ref told) > known);
    }

    /// <summary>News for everybody; what the store was asked meanwhile, and what it cost.</summary>
    private async Task<Round> RoundAsync(IReadOnlyList<IRenderedComponent<IComponent>> viewers)
    {
        var store = server.Services.GetRequiredService<StoreConnection>();
        var drawn = viewers.Select(viewer => viewer.RenderCount).ToArray();
        var (operations, cpu, began) = (store.Database.Multiplexer.OperationCount, Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        await NewsAsync(() => viewers.Index().All(viewer => viewer.Item.RenderCount > drawn[viewer.Index]));
        await QuietAsync(store);
        return new(store.Database.Multiplexer.OperationCount - operations, (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }

    /// <summary>The pages may be drawn before the last of what they share was read.</summary>
    private static async Task QuietAsync(StoreConnection store)
    {
        var (last, same) = (-1L, 0);
        await Eventually.TrueAsync(
            () =>
            {
                var now = store.Database.Multiplexer.OperationCount;
                (last, same) = (now, now == last ? same + 1 : 0);
                return same == 10;
            },
            "the store is asked nothing more",
            TimeSpan.FromSeconds(60));
    }

    private async Task NewsAsync(Func<bool> seen)
    {
        // What is shared is read anew at most every few seconds, and the ledger's page has news only by an entry.
        await server.Services.GetRequiredService<LedgerService>().AppendAsync(
            News, _ => new(EntryTypes.FeatureKilled, Json.Object(json => json.WriteString("feature", "feed"))), Xunit.TestContext.Current.CancellationToken);
        server.Services.GetRequiredService<BudgetBoard>().Publish([], clock.GetUtcNow(), TimeSpan.FromMinutes(5));
        clock.Advance(LiveUpdates.Longest);
        var looked = 0;
        await Eventually.TrueAsync(
            () =>
            {
                // In case the service had not come to its pause yet; never so far that what is shared is read twice.
                if (++looked % 50 == 0 && looked < 500)
                    clock.Advance(LiveUpdates.Shortest);
                return seen();
            },
            "every page was drawn with the news",
            TimeSpan.FromSeconds(60));
    }

    private IRenderedComponent<IComponent> Open(Type page) => page switch
    {
        _ when page == typeof(FeaturePage) => Render<FeaturePage>(parameters => parameters.Add(one => one.Key, "feed")),
        _ => Render(builder =>
        {
            builder.OpenComponent(0, page);
            builder.CloseComponent();
        }),
    };

    private void Share<T>()
        where T : class => Services.AddSingleton(server.Services.GetRequiredService<T>());

    private sealed record Round(long Operations, double CpuMilliseconds, double Milliseconds)
    {
        public override string ToString() => $"{Operations} operations, {CpuMilliseconds:0} ms CPU, {Milliseconds:0} ms";
    }
}
