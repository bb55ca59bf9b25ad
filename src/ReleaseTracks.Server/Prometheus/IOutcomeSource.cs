using ReleaseTracks.Objectives;

namespace ReleaseTracks.Server.Prometheus;

/// <summary>
/// Where outcome counters are read from. A fault of the source is a reading with its reason, never an exception; only
/// the caller's own cancellation throws.
/// </summary>
public interface IOutcomeSource
{
    ValueTask<CounterReading> ReadAsync(CancellationToken cancellationToken);
}
