using ReleaseTracks.Objectives;

namespace ReleaseTracks.Server.Prometheus;

/// <summary>
/// Reads every outcome counter of every feature with one query, and each distinct own expression with one more. All
/// together have one timeout. Fault of the standard counter is a reading that is not Ok; fault of an own expression
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
        var reader = new OutcomeRows();
        if (await FaultOfAsync(PrometheusQueries.Outcomes, reader.Add, both.Token, cancellationToken) is { } fault)
        {
            return CounterReading.Unavailable(at, fault.Message) with
            {
                Status = fault.Partial ? ReadingStatus.Partial : ReadingStatus.Unavailable,
            };
        }

        var custom = await ReadCustomAsync(both.Token, cancellationToken);
        return reader.ToReading(at, custom);
    }

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
