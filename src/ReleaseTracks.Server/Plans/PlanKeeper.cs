using Microsoft.Extensions.Options;
using ReleaseTracks.Access;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Server.Snapshots;

namespace ReleaseTracks.Server.Plans;

/// <summary>
/// Finishes what a crash left open and writes down what time did: applied plans that were not read back, plans that
/// expired, plans that went stale. Every server does it; the append makes sure that each is written once.
/// </summary>
public sealed partial class PlanKeeper(
    LedgerService ledger, SnapshotHolder snapshots, PlanVerifier verifier, IOptions<PlanOptions> options, TimeProvider time, ILogger<PlanKeeper> logger)
    : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly Actor Keeper = new(ActorKinds.System, "plan-keeper", "automation");

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Approvals == 0)
            Log.NoApprovals(logger);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                await RoundAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task RoundAsync(CancellationToken cancel)
    {
        try
        {
            var (state, now) = (snapshots.Current, time.GetUtcNow());
            foreach (var model in state.Plans.All)
            {
                if (model is { State: PlanState.Applied, ReadBack: PlanReadBack.Open })
                    await verifier.VerifyAsync(model.Plan.Id);
                else if (model.IsOpen && PlanEnd.Of(model, state, now) is not null)
                    await EndAsync(model.Plan.Id, cancel);
            }
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            Log.RoundFailed(logger, failed);
        }
    }

    private Task EndAsync(string id, CancellationToken cancel) => ledger.AppendAsync(
        Keeper,
        state => state.Plans.Find(id) is { IsOpen: true } model ? PlanEnd.Of(model, state, time.GetUtcNow())?.Entry : null,
        cancel);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "ReleaseTracks:Plans:Approvals is 0: plans that raise exposure are applied without anybody's approval")]
        public static partial void NoApprovals(ILogger logger);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Looking after the plans failed; trying again shortly")]
        public static partial void RoundFailed(ILogger logger, Exception cause);
    }
}
