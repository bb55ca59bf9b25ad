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
    public const long WhileItRuns = 8;

    /// <summary>While it runs; two for each enrolled person. It takes about twenty seconds for as many, and nothing can be changed meanwhile.</summary>
    public const long MostKeysWhileItRuns = 1_000_000;

    private const long Least = 512L * 1024 * 1024;
    private const int TimeoutMilliseconds = 60_000;
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

    /// <summary>If anything is in the way, the old one stays as it was, until it is twice as long.</summary>
    /// <param name="directory">Of the store, which nobody has open.</param>
    /// <param name="loggers">Told what became of it.</param>
    /// <param name="cancel">Leaves the old one as it was.</param>
    public static async Task RunAsync(string directory, ILoggerFactory loggers, CancellationToken cancel)
    {
        var logger = loggers.CreateLogger(nameof(EmbeddedRebuild));
        var before = Bytes(directory);
        Log.Begins(logger, before / 1024 / 1024);
        try
        {
            Settle(directory);
            await CopyAsync(directory, loggers, cancel).ConfigureAwait(false);
            var after = Bytes(Fresh(directory));
            await WriteSizeAsync(Fresh(directory), after).ConfigureAwait(false);
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
            if (!cancel.IsCancellationRequested)
                await PutOffAsync(directory, before).ConfigureAwait(false);
        }
        finally
        {
            // What two stores had pinned is several hundred megabytes, and would stay.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }

    /// <summary>Why it is not done, and what to do instead.</summary>
    public static string TooMany(long keys) => string.Create(
        CultureInfo.InvariantCulture,
        $"It has {keys} keys, and with more than {MostKeysWhileItRuns} nothing could be changed for too long. It gives the disk back when it is started again.");

    private static async Task CopyAsync(string directory, ILoggerFactory loggers, CancellationToken cancel)
    {
        var source = new OpenedGarnet(directory, loggers);
        try
        {
            using var target = new OpenedGarnet(Fresh(directory), loggers);
            await CopyAsync(source, target, cancel).ConfigureAwait(false);
        }
        finally
        {
            // However long it takes: two must not have the directory open.
            source.Stop();
        }
    }

    private static async Task CopyAsync(OpenedGarnet source, OpenedGarnet target, CancellationToken cancel)
    {
        await using var from = await ConnectAsync(source).ConfigureAwait(false);
        await using var to = await ConnectAsync(target).ConfigureAwait(false);
        var write = to.GetDatabase();
        source.Read(page =>
        {
            cancel.ThrowIfCancellationRequested();
            Task.WhenAll(page.Select(one => one.WriteAsync(write))).Wait(cancel);
        });

        // Counted by another way than they were read by: what was forgotten must not be lost with the old store.
        var (there, here) = (await SizeAsync(to).ConfigureAwait(false), await SizeAsync(from).ConfigureAwait(false));
        if (there < here)
            throw new InvalidDataException($"The new store has {there} keys and the old one {here}.");
        target.Checkpoint();
    }

    private static Task<long> SizeAsync(ConnectionMultiplexer store) => store.GetServers()[0].DatabaseSizeAsync();

    private static Task<ConnectionMultiplexer> ConnectAsync(OpenedGarnet store) => ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions
    {
        EndPoints = { { "127.0.0.1", store.Port } },
        Password = store.Password,
        AsyncTimeout = TimeoutMilliseconds,
    });

    private static async Task PutOffAsync(string directory, long bytes)
    {
        try
        {
            await WriteSizeAsync(directory, bytes).ConfigureAwait(false);
        }
        catch (Exception full) when (full is IOException or UnauthorizedAccessException)
        {
            // Then it is tried again at the next start.
        }
    }

    private static Task WriteSizeAsync(string directory, long bytes) =>
        File.WriteAllTextAsync(Path.Combine(directory, SizeFile), bytes.ToString(CultureInfo.InvariantCulture));

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
