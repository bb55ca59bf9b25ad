using System.Diagnostics;
using Microsoft.Extensions.Options;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;

namespace ReleaseTracks.Server.Rollbacks;

/// <summary>
/// Runs a round every interval on whichever server holds the lease. The lease keeps two from working at once; the
/// fencing token in every write, and the compare-and-swap of the ledger, make a late one harmless.
/// </summary>
public sealed partial class ControlLoop(
    ControlTick tick,
    LeaseStore leases,
    SnapshotHolder snapshots,
    BudgetBoard board,
    ControlMetrics metrics,
    ControlLeader leader,
    IOptions<ControlOptions> options,
    TimeProvider time,
    ILogger<ControlLoop> logger) : BackgroundService
{
    private static readonly TimeSpan JustAfter = TimeSpan.FromMilliseconds(5);
    private readonly string owner = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}";
    private LeaseToken? lease;
    private TimeSpan? othersLease;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.IntervalSpan, time);
        do
        {
            await RoundAsync(stoppingToken);
        }
        while (await NextAsync(timer, stoppingToken));
        await LeaveAsync();
    }

    /// <summary>
    /// The next interval, or the end of another's lease if that comes first: who would lead next does not let up to an
    /// interval more go by without a leader.
    /// </summary>
    private async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken cancel)
    {
        try
        {
            if (othersLease is not { } left || left >= options.Value.IntervalSpan)
                return await timer.WaitForNextTickAsync(cancel);
            await Task.Delay(left + JustAfter, time, cancel);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task RoundAsync(CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        othersLease = null;
        try
        {
            if (!snapshots.IsReady)
                return;
            if (!await LeadAsync())
                await tick.ShowAsync(cancel);
            else if (!await tick.RunAsync(lease!, cancel))
                StepDown();
            metrics.Finished(Stopwatch.GetElapsedTime(started));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
        }
        catch (Exception failed)
        {
            // One bad round must not end the loop: the next one reads the counters again and loses nothing.
            tick.Reset();
            board.Fault(failed.Message);
            metrics.Failed();
            Log.RoundFailed(logger, failed);
        }
    }

    private async Task<bool> LeadAsync()
    {
        try
        {
            if (lease is { } held && !await leases.RenewAsync(held, options.Value.Lease))
                StepDown();
            lease ??= await leases.TryAcquireAsync(owner, options.Value.Lease);
            Leads(lease);
            if (lease is null)
                othersLease = await leases.RemainingAsync();
            return lease is not null;
        }
        catch
        {
            // Whether this server still leads only the store knows; another one may say by now that it does.
            Leads(null);
            throw;
        }
    }

    private void Leads(LeaseToken? held)
    {
        leader.Held = held;
        metrics.Leads(held is not null);
    }

    private void StepDown()
    {
        lease = null;
        tick.Reset();
        Leads(null);
        Log.SteppedDown(logger);
    }

    /// <summary>Lets another server take over at once instead of after the lease.</summary>
    private async Task LeaveAsync()
    {
        if (lease is not { } held)
            return;
        leader.Held = null;
        try
        {
            await leases.ReleaseAsync(held);
        }
        catch (Exception failed)
        {
            Log.NotReleased(logger, failed);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "A round of the control loop failed; the next one covers it")]
        public static partial void RoundFailed(ILogger logger, Exception cause);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Another server leads the control loop now")]
        public static partial void SteppedDown(ILogger logger);

        [LoggerMessage(Level = LogLevel.Information, Message = "The control lease could not be given back; it ends by itself")]
        public static partial void NotReleased(ILogger logger, Exception cause);
    }
}
