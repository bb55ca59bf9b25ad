using System.Globalization;

namespace ReleaseTracks.Server.Store;

/// <summary>How Garnet is started. Each group says what goes wrong without it; all of it was measured.</summary>
internal static class GarnetArguments
{
    private const long LeastMegabytes = 24;
    private const long GrowthFactor = 2;
    private const long IndexMegabytes = 8;
    private const long Megabyte = 1024 * 1024;

    /// <param name="directory">Of the store.</param>
    /// <param name="port">On this machine.</param>
    /// <param name="password">Whoever connects must know it.</param>
    /// <param name="megabytes">The memory for data, if more than what the directory asks for.</param>
    public static string[] For(string directory, int port, string password, long megabytes = 0) =>
    [
        "--bind", "127.0.0.1",
        "--port", port.ToString(CultureInfo.InvariantCulture),
        "--auth", "Password",
        "--password", password,
        "-q",
        .. Durable,
        .. Tiered(directory, Math.Max(megabytes, Megabytes(directory))),
        .. Bounded,
        "--lua",
        "--lua-transaction-mode",
    ];

    /// <summary>
    /// Answer only when the log is on disk, and refuse to start rather than start empty when it cannot be read. The
    /// default device needs libaio, which a bare machine does not have.
    /// </summary>
    private static string[] Durable =>
    [
        "--aof",
        "--aof-commit-freq", "0",
        "--aof-commit-wait",
        "--recover",
        "--fail-on-recovery-error",
        "--device-type", "RandomAccess",
    ];

    /// <summary>
    /// What does not fit into the memory budget goes to disk. Without the storage tier Garnet is a cache: with a
    /// budget of 64 MB, 100,000 users pushed out the whole ledger and 43 % of themselves, without a word. The index has two entries for each user. It
    /// does not double, which would double the entries of all that is on disk; it overflows instead, up to ten times its size, which is
    /// enough for 4,500,000 users. When it is full, every script fails for good.
    /// </summary>
    private static string[] Tiered(string directory, long megabytes) =>
    [
        "--storage-tier",
        "--logdir", directory,
        "--checkpointdir", directory,
        "--memory", string.Create(CultureInfo.InvariantCulture, $"{megabytes}m"),
        "--page", "1m",
        "--index", string.Create(CultureInfo.InvariantCulture, $"{IndexMegabytes}m"),
        "--index-overflow-threshold", "1000",
    ];

    /// <summary>
    /// The ledger is one list, and so one object. Recovery that has to push out what it just read can die in Garnet
    /// (2.2.8, an access violation), and then does so at every start; 100,000 entries of 400 bytes are enough. What was
    /// in memory at the last checkpoint must fit again, with room to grow until the next start. By how much the index has
    /// overflowed is taken from the budget while it recovers.
    /// </summary>
    internal static long Megabytes(string directory)
    {
        var checkpoints = new DirectoryInfo(Path.Combine(directory, "Store", "checkpoints"));
        FileInfo[] files = checkpoints.Exists ? checkpoints.GetFiles("*.dat.*", SearchOption.AllDirectories) : [];
        var objects = files.Where(file => file.Name.StartsWith("snapshot.obj.", StringComparison.Ordinal)).Sum(file => file.Length);
        var index = files.Where(file => file.Name.StartsWith("ht.", StringComparison.Ordinal)).Select(file => file.Length).DefaultIfEmpty().Max();
        return LeastMegabytes + (GrowthFactor * objects / Megabyte) + Math.Max(0, (index / Megabyte) - IndexMegabytes);
    }

    /// <summary>
    /// Checkpoint and cut the log when it exceeds 16 MB, and collect expired keys; for the tier see
    /// <see cref="EmbeddedRebuild"/>. One record of the log must fit into a page of it, which bounds what one command may write.
    /// </summary>
    private static string[] Bounded =>
    [
        "--aof-memory", "16m",
        "--aof-page-size", "8m",
        "--aof-segment-size", "8m",
        "--aof-size-limit", "16m",
        "--aof-size-limit-enforce-frequency", "1",
        "--segment", "16m",
        "--object-log-segment", "16m",
        "--expired-key-deletion-scan-freq", "300",
    ];
}
