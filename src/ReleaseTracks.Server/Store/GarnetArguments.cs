using System.Globalization;

namespace ReleaseTracks.Server.Store;

/// <summary>How Garnet is started. Each group says what goes wrong without it; all of it was measured.</summary>
internal static class GarnetArguments
{
    public static string[] For(string directory, int port, string password) =>
    [
        "--bind", "127.0.0.1",
        "--port", port.ToString(CultureInfo.InvariantCulture),
        "--auth", "Password",
        "--password", password,
        "-q",
        .. Durable,
        .. Tiered(directory),
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
    /// budget of 64 MB, 100,000 users pushed out the whole ledger and 43 % of themselves, without a word.
    /// </summary>
    private static string[] Tiered(string directory) =>
    [
        "--storage-tier",
        "--logdir", directory,
        "--checkpointdir", directory,
        "--memory", "24m",
        "--page", "1m",
        "--index", "1m",
    ];

    /// <summary>
    /// Checkpoint and cut the log when it exceeds 16 MB, rewrite the tier when it exceeds a few segments, and collect
    /// expired keys. One record of the log must fit into a page of it, which bounds what one command may write.
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
        "--compaction-type", "Lookup",
        "--compaction-max-segments", "4",
        "--compaction-force-delete",
        "--expired-key-deletion-scan-freq", "300",
    ];
}
