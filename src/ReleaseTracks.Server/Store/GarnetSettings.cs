using System.Net;
using Garnet.server;
using Garnet.server.Auth.Settings;
using Tsavorite.core;

namespace ReleaseTracks.Server.Store;

/// <summary>How Garnet is started. Each group says what goes wrong without it; all of it was measured.</summary>
internal static class GarnetSettings
{
    /// <summary>
    /// By the options that its command line would give, whose parser took 0.2 s of every start. Answers only when the log is on disk, and refuses
    /// to start rather than start empty when it cannot be read. The default device needs libaio, which a bare machine does not have.
    /// </summary>
    /// <param name="directory">Of the store.</param>
    /// <param name="port">On this machine.</param>
    /// <param name="password">Whoever connects must know it.</param>
    public static GarnetServerOptions For(string directory, int port, string password)
    {
        var options = new GarnetServerOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, port)],
            AuthSettings = new PasswordAuthenticationSettings(password),
            QuietMode = true,
            EnableLua = true,
            LuaTransactionMode = true,
            LuaOptions = new() { LogMode = LuaLoggingMode.Enable },
            NetworkBufferPoolSize = "64m",
            NetworkBufferMemoryBudget = "1g",
            AofTailWitnessFreqMs = 10,
            EnableAOF = true,
            WaitForCommit = true,
            Recover = true,
            FailOnRecoveryError = true,
            DeviceType = DeviceType.RandomAccess,
            DeviceFactoryCreator = new LocalStorageNamedDeviceFactoryCreator(deviceType: DeviceType.RandomAccess, numCompletionThreads: 4),
        };
        Tier(options, directory);
        Bound(options);
        return options;
    }

    /// <summary>Whether the store was made when its objects were in files of 16 MB.</summary>
    public static bool HasShortSegments(string directory) => File.Exists(Path.Combine(directory, "Store", "hlog_objs.1"));

    /// <summary>
    /// What does not fit into the <see cref="BudgetedGarnet.Budget"/> goes to disk, and so does all of the log that is over its own limit. Without the storage tier Garnet is a cache: with a
    /// budget of 64 MB, 100,000 users pushed out the whole ledger and 43 % of themselves, without a word. The index has two entries for each user. It
    /// does not double, which would double the entries of all that is on disk; it overflows instead, up to ten times its size, which is
    /// enough for 4,500,000 users. When it is full, every script fails for good. All objects go into one file: one that begins in a file and ends in the
    /// next cannot be read at the start (2.2.8).
    /// </summary>
    private static void Tier(GarnetServerOptions options, string directory)
    {
        options.EnableStorageTier = true;
        options.LogDir = options.CheckpointDir = Path.GetFullPath(directory);
        options.LogMemorySize = "64m";
        options.PageSize = "1m";
        options.SegmentSize = "16m";
        options.ObjectLogSegmentSize = HasShortSegments(directory) ? "16m" : "64g";
        options.IndexMemorySize = "8m";
        options.IndexOverflowThreshold = 1000;
        options.RevivifiableFraction = 1;
    }

    /// <summary>
    /// Keep the log short, and collect expired keys; for the tier see <see cref="EmbeddedRebuild"/>. One record of the log must fit into a page of
    /// it, which bounds what one command may write. A checkpoint writes what changed into the tier itself, and the index; <see cref="BudgetedGarnet"/>
    /// takes it. With a snapshot beside the tier, as by default, one in ten stores that were closed and opened six times had lost some of what was last
    /// written. By default only one checkpoint in each gigabyte has the index, and a start reads all that was written since: the pages that it reads
    /// for the index alone stay in memory, count as data, and end the process when they are used again (2.2.8).
    /// </summary>
    private static void Bound(GarnetServerOptions options)
    {
        options.AofMemorySize = "16m";
        options.AofPageSize = "8m";
        options.AofSegmentSize = "8m";
        options.UseFoldOverCheckpoints = true;
        options.FullCheckpointLogInterval = 0;
        options.ExpiredKeyDeletionScanFrequencySecs = 300;
    }
}
