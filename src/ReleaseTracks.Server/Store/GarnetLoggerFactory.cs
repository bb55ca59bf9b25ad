namespace ReleaseTracks.Server.Store;

/// <summary>
/// Hands Garnet's warnings and errors to the host's logging under <c>Garnet.*</c>. Below that Garnet writes one line
/// per connection.
/// </summary>
internal sealed class GarnetLoggerFactory(ILoggerFactory inner) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new Filter(inner.CreateLogger($"Garnet.{categoryName}"));

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    private sealed class Filter(ILogger logger) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => logger.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning && logger.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            // Its background tasks report as an error that they end when the store is closed.
            if (logLevel >= LogLevel.Warning && exception is not OperationCanceledException)
                logger.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
