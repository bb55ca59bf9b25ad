using ReleaseTracks.Objectives;

namespace ReleaseTracks.Server.Prometheus;

/// <summary>
/// Reads every outcome counter of every feature with four queries (process starts, counters, ages, process starts),
/// and each distinct own expression with one more. All together have one timeout. Fault of the standard counter is a reading that is not Ok; fault of an own expression
/// concerns only the objectives that use it.
/// </summary>
public sealed class PrometheusOutcomeSource : IOutcomeSource
{
    private const int ParallelQueries = 4;
    private readonly PrometheusClient client;
    private readonly TimeSpan timeout;
    private readonly TimeProvider time;
    private readonly Func<IReadOnlyList<CustomSource>> customSources;

    /// <summary>
    /// <paramref name="http"/> must have no timeout of its own and follow no redirects;
    /// <paramref name="customSources"/> gives the own sources of all objectives in force, asked at every reading.
    /// </summary>
    public PrometheusOutcomeSource(
        HttpClient http, PrometheusOptions options, TimeProvider time, Func<IReadOnlyList<CustomSource>>? customSources = null)
    {
        ArgumentNullException.ThrowIfNull(options.Url);
        client = new PrometheusClient(http, options);
        timeout = options.Timeout;
        this.time = time;
        this.customSources = customSources ?? (() => []);
    }

    public async ValueTask<CounterReading> ReadAsync(CancellationToken cancellationToken)
    {
        var at = time.GetUtcNow();
        using var limit = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var (before, rows, after) = (new ProcessRows(), new OutcomeRows(), new ProcessRows());
        if (await Ask(PrometheusQueries.Processes, before.Add) is { } fault) return Failed(at, fault);
        var outcomes = Ask(PrometheusQueries.Outcomes, rows.Add);
        var ages = Ask(PrometheusQueries.OutcomeAges, rows.AddAge);
        var custom = ReadCustomAsync(both.Token, cancellationToken);
        await Task.WhenAll(outcomes, ages, custom);
        fault = await outcomes ?? await ages ?? await Ask(PrometheusQueries.Processes, after.Add);
        return fault is null ? rows.ToReading(at, before, after, await custom) : Failed(at, fault);

        Task<PrometheusFaultException?> Ask(string query, Action<VectorRow> onRow) => FaultOfAsync(query, onRow, both.Token, cancellationToken);
    }

    private static CounterReading Failed(DateTimeOffset at, PrometheusFaultException fault) =>
        CounterReading.Unavailable(at, fault.Message) with
        {
            Status = fault.Partial ? ReadingStatus.Partial : ReadingStatus.Unavailable,
        };

    private async Task<IReadOnlyList<CustomRows>> ReadCustomAsync(CancellationToken limited, CancellationToken caller)
    {
        var queries = customSources().GroupBy(source => source.Source).Select(group => new CustomRows(group.Key, [.. group])).ToList();
        using var places = new SemaphoreSlim(ParallelQueries);
        await Task.WhenAll(queries.Select(async rows =>
        {
            // Waits for its place without the limit: a query that comes too late fails at once on its own.
            await places.WaitAsync(caller);
            try
            {
                rows.Fault = await FaultOfAsync(PrometheusQueries.Of(rows.Expressions), rows.Add, limited, caller);
            }
            finally
            {
                places.Release();
            }
        }));
        return queries;
    }

    private async Task<PrometheusFaultException?> FaultOfAsync(
        string query, Action<VectorRow> onRow, CancellationToken limited, CancellationToken caller)
    {
        try
        {
            await client.QueryAsync(query, onRow, limited);
            return null;
        }
        catch (PrometheusFaultException fault)
        {
            return new PrometheusFaultException($"Prometheus at {client.Name} {fault.Message}", fault.Partial);
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            return new PrometheusFaultException($"Prometheus at {client.Name} did not answer within {Durations.Format(timeout)}");
        }
        catch (HttpRequestException exception)
        {
            return new PrometheusFaultException($"Prometheus at {client.Name} cannot be reached: {exception.Message}");
        }
        catch (IOException exception)
        {
            return new PrometheusFaultException($"Prometheus at {client.Name} broke off its answer: {exception.Message}");
        }
    }
}
