using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ReleaseTracks.Server.Store;

/// <summary>The store for a command that runs without a server.</summary>
internal static class CommandStore
{
    public static async Task<StoreConnection> OpenAsync(StoreOptions options)
    {
        var connection = new StoreConnection(Options.Create(options), NullLoggerFactory.Instance, TimeProvider.System);
        try
        {
            await connection.StartAsync(CancellationToken.None);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>A command that only reads must not make a store where there was none.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static Task<StoreConnection> OpenExistingAsync(StoreOptions options) =>
        options.IsEmbedded && !Directory.Exists(options.DataPath)
            ? throw new InvalidDataException($"There is no store at {Path.GetFullPath(options.DataPath)}.")
            : OpenAsync(options);
}
