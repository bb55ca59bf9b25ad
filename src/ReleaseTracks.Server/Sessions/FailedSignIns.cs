using System.Net;
using System.Net.Sockets;
using Prometheus;
using ReleaseTracks.Access;
using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Ledger;

namespace ReleaseTracks.Server.Sessions;

/// <summary>
/// Counts sign-ins that failed, by source, and writes what it counted to the ledger once a minute: one entry, however
/// many there were, so that an attacker cannot fill it. A good link is always let in, so a source that failed too often
/// is only told to wait, and nobody behind the same proxy is locked out.
/// </summary>
public sealed partial class FailedSignIns(LedgerService ledger, IMetricFactory metrics, TimeProvider time, ILogger<FailedSignIns> logger) : BackgroundService
{
    public const int MostPerSource = 20;
    private const int MostSources = 10_000;
    private const int MostListed = 20;
    private const string Others = "others";
    private static readonly string[] Labels = ["method"];
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private static readonly Actor Self = new(ActorKinds.System, "sign-in", "automation");

    private readonly Lock gate = new();
    private readonly Counter failed = metrics.CreateCounter("releasetracks_sign_ins_failed_total", "Sign-ins that failed on this server.", Labels);
    private Dictionary<(string Source, string Method), int> counts = [];
    private DateTimeOffset nextAt = time.GetUtcNow() + Every;

    /// <summary>Counts one failure.</summary>
    /// <returns>How long the source has to wait; null while it has not failed too often.</returns>
    public TimeSpan? Note(IPAddress? from, string method)
    {
        failed.WithLabels(method).Inc();
        lock (gate)
        {
            var key = (Source: Describe(from), method);
            if (!counts.ContainsKey(key) && counts.Count >= MostSources)
                key.Source = Others;
            var count = counts[key] = counts.GetValueOrDefault(key) + 1;
            var wait = nextAt - time.GetUtcNow();
            return count <= MostPerSource ? null : wait > TimeSpan.FromSeconds(1) ? wait : TimeSpan.FromSeconds(1);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await WriteAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await WriteAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task WriteAsync(CancellationToken cancel)
    {
        Dictionary<(string Source, string Method), int> counted;
        lock (gate)
        {
            (counted, counts) = (counts, []);
            nextAt = time.GetUtcNow() + Every;
        }

        if (counted.Count == 0)
            return;
        Log.Failed(logger, counted.Values.Sum(), counted.Count);
        try
        {
            await ledger.AppendAsync(Self, _ => Draft(counted), cancel);
        }
        catch (Exception lost) when (lost is not OperationCanceledException)
        {
            // Counted and logged all the same; kept, they would pile up for as long as the store is away.
            Log.NotWritten(logger, lost);
        }
    }

    private static EntryDraft Draft(Dictionary<(string Source, string Method), int> counted) => new(EntryTypes.SignInFailed, Json.Object(json =>
    {
        json.WriteNumber("count", counted.Values.Sum());
        json.WriteNumber("sources", counted.Count);
        json.WriteArray("worst", counted.OrderByDescending(one => one.Value).ThenBy(one => one.Key.Source, StringComparer.Ordinal).Take(MostListed), (writer, one) =>
        {
            writer.WriteStartObject();
            writer.WriteString("source", one.Key.Source);
            writer.WriteString("method", one.Key.Method);
            writer.WriteNumber("count", one.Value);
            writer.WriteEndObject();
        });
    }));

    /// <summary>Whoever has one IPv6 address has 2^64 of them: the network is the source.</summary>
    private static string Describe(IPAddress? from)
    {
        if (from is null)
            return "unknown";
        var address = from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from;
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return $"{new IPAddress(bytes)}/64";
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} sign-ins failed, from {Sources} sources")]
        public static partial void Failed(ILogger logger, int count, int sources);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The failed sign-ins could not be written to the ledger")]
        public static partial void NotWritten(ILogger logger, Exception cause);
    }
}
