using System.Globalization;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Store;

/// <summary>
/// Gives back the disk that overwritten data takes: all that is in the embedded store is written into a new one beside it, which then takes its
/// place. Garnet could do so while it runs, but its compaction (2.2.8) stops for good once it has to move some ten thousand
/// hashes or lists: it counts each of them against the memory budget and never takes it off again, until nothing may be written.
/// </summary>
internal static partial class EmbeddedRebuild
{
    private const long Least = 512L * 1024 * 1024;
    public const long WhileItRuns = 8;

    /// <summary>Two for each enrolled person. It takes about a millisecond for each, and more memory than it should.</summary>
    public const long MostKeys = 50_000;
    private const int Pipelined = 1000;
    private const int TimeoutMilliseconds = 600_000;
    private const string SizeFile = "rebuilt.size";

    /// <summary>
    /// When it is long, and most of it was written since the last time; <paramref name="times"/> as long for a store that would have to be
    /// closed for it.
    /// </summary>
    public static bool IsDue(string directory, long times = 1) => Bytes(directory) > times * Math.Max(Least, 2 * LastBytes(directory));

    /// <summary>Finishes, or takes back, an exchange that a crash cut off.</summary>
    public static void Settle(string directory)
    {
        if (!Directory.Exists(directory) && Directory.Exists(Fresh(directory)))
            Directory.Move(Fresh(directory), directory);
        if (!Directory.Exists(directory))
            return;
        foreach (var left in (string[])[Fresh(directory), Old(directory)])
        {
            if (Directory.Exists(left))
                Directory.Delete(left, recursive: true);
        }
    }

    /// <summary>If anything is in the way, the old one stays as it was.</summary>
    /// <param name="directory">Of the store, which nobody has open.</param>
    /// <param name="start">Opens the store of a directory.</param>
    /// <param name="logger">Told what became of it.</param>
    /// <param name="cancel">Leaves the old one as it was.</param>
    public static async Task RunAsync(string directory, Func<string, OpenedGarnet> start, ILogger logger, CancellationToken cancel)
    {
        var before = Bytes(directory);
        Log.Begins(logger, before / 1024 / 1024);
        try
        {
            await CopyAsync(directory, start, cancel).ConfigureAwait(false);
            var after = Bytes(Fresh(directory));
            await File.WriteAllTextAsync(Path.Combine(Fresh(directory), SizeFile), Text(after), cancel).ConfigureAwait(false);
            Directory.Move(directory, Old(directory));
            Directory.Move(Fresh(directory), directory);
            Settle(directory);
            Log.Done(logger, before / 1024 / 1024, after / 1024 / 1024);
        }
#pragma warning disable CA1031 // Whatever is in the way: the old store is still there, and better than none.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            Log.Failed(logger, failed);
            Settle(directory);
        }
    }

    /// <summary>Why it is not done, and what to do instead.</summary>
    public static string TooMany(long keys) => string.Create(
        CultureInfo.InvariantCulture,
        $"It has {keys} keys, and with more than {MostKeys} it would take too long. To get the disk back, export it and import that into an empty one, or use Redis.");

    private static async Task CopyAsync(string directory, Func<string, OpenedGarnet> start, CancellationToken cancel)
    {
        Settle(directory);
        using var source = start(directory);
        using var target = start(Fresh(directory));
        await using var from = await ConnectAsync(source).ConfigureAwait(false);
        await using var to = await ConnectAsync(target).ConfigureAwait(false);
        var (read, write) = (from.GetDatabase(), to.GetDatabase());
        var keys = await SizeAsync(from).ConfigureAwait(false);
        if (keys > MostKeys)
        {
            // Not at every start: only when it is twice as long.
            await File.WriteAllTextAsync(Path.Combine(directory, SizeFile), Text(Bytes(directory)), cancel).ConfigureAwait(false);
            throw new InvalidDataException(TooMany(keys));
        }

        // A key that is listed twice is written twice, in place of itself.
        await foreach (var page in from.GetServers()[0].KeysAsync(pageSize: Pipelined).Chunk(Pipelined).ConfigureAwait(false))
        {
            cancel.ThrowIfCancellationRequested();
            var found = await Task.WhenAll(page.Select(key => StoredKey.ReadAsync(read, key))).ConfigureAwait(false);
            await Task.WhenAll(found.OfType<StoredKey>().Select(one => one.WriteAsync(write))).ConfigureAwait(false);
        }

        // Counted by another way than they were listed by: what a listing forgot must not be lost with the old store.
        var there = await SizeAsync(to).ConfigureAwait(false);
        if (there < await SizeAsync(from).ConfigureAwait(false))
            throw new InvalidDataException($"The new store has {there} keys and the old one {keys}.");
    }

    private static Task<long> SizeAsync(ConnectionMultiplexer store) => store.GetServers()[0].DatabaseSizeAsync();

    private static Task<ConnectionMultiplexer> ConnectAsync(OpenedGarnet store) => ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions
    {
        EndPoints = { { "127.0.0.1", store.Port } },
        Password = store.Password,
        AllowAdmin = true,
        AsyncTimeout = TimeoutMilliseconds,
    });

    private static string Text(long bytes) => bytes.ToString(CultureInfo.InvariantCulture);

    private static string Fresh(string directory) => directory + ".new";

    private static string Old(string directory) => directory + ".old";

    private static long Bytes(string directory) => Directory.Exists(directory)
        ? new DirectoryInfo(directory).EnumerateFiles("hlog*", SearchOption.AllDirectories).Sum(file => file.Length)
        : 0;

    private static long LastBytes(string directory) =>
        Path.Combine(directory, SizeFile) is var file && File.Exists(file)
        && long.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The embedded store has {Megabytes} MB on disk, some of it overwritten since; writing it anew; nothing can be changed until that is done")]
        public static partial void Begins(ILogger logger, long megabytes);

        [LoggerMessage(LogLevel.Information, "The embedded store was written anew: {Before} MB became {After}")]
        public static partial void Done(ILogger logger, long before, long after);

        [LoggerMessage(LogLevel.Warning, "The embedded store could not be written anew and stays as it is")]
        public static partial void Failed(ILogger logger, Exception cause);
    }
}

/// <summary>A Garnet that is listening, until it is disposed of.</summary>
internal sealed record OpenedGarnet(Action Close, int Port, string Password) : IDisposable
{
    public void Dispose() => Close();
}
