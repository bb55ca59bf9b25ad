using System.Net;
using Garnet.server;
using Garnet.server.Auth.Settings;
using Tsavorite.core;

namespace ReleaseTracks.Server.Store;

/// <summary>How Garnet is started. Each group says what goes wrong without it; all of it was measured.</summary>
internal static class GarnetSettings
{
    private const long LeastMegabytes = 16;
    private const long SpareMegabytes = 8;
    private const long Megabyte = 1024 * 1024;

    /// <summary>Without any promise of order.</summary>
    internal static INamedDeviceFactoryCreator Files { get; } =
        new LocalStorageNamedDeviceFactoryCreator(deviceType: DeviceType.RandomAccess, numCompletionThreads: 4);

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
            DeviceFactoryCreator = new LogDevices(Files, log => new OrderedDevice(log)),
        };
        Tier(options, directory);
        Bound(options);
        return options;
    }

    /// <summary>
    /// What does not fit into the <see cref="Megabytes"/> goes to disk, and so does all of the log that is over its own limit. Without the storage tier Garnet is a cache: with a
    /// budget of 64 MB, 100,000 users pushed out the whole ledger and 43 % of themselves, without a word. The index has two entries for each user. It
    /// does not double, which would double the entries of all that is on disk; it overflows instead, up to ten times its size, which is
    /// enough for 4,500,000 users. When it is full, every script fails for good.
    /// </summary>
    private static void Tier(GarnetServerOptions options, string directory)
    {
        options.EnableStorageTier = true;
        options.LogDir = options.CheckpointDir = Path.GetFullPath(directory);
        options.LogMemorySize = "64m";
        options.PageSize = "1m";
        options.IndexMemorySize = "8m";
        options.IndexOverflowThreshold = 1000;
        options.RevivifiableFraction = 1;
    }

    /// <summary>
    /// The memory for data. The ledger is one list and so one object, which must fit: it takes 1.3 times as much as in the last checkpoint,
    /// and grows until the next one. People take over three times as much, and must not fit: the budget would rise with every checkpoint.
    /// </summary>
    /// <exception cref="IOException">A checkpoint is just being replaced.</exception>
    internal static long Megabytes(string directory) => Math.Max(LeastMegabytes, SpareMegabytes + (3 * Objects(directory) / 2));

    private static long Objects(string directory)
    {
        var checkpoints = new DirectoryInfo(Path.Combine(directory, "Store", "checkpoints"));
        return checkpoints.Exists ? checkpoints.EnumerateFiles("snapshot.obj.dat.*", SearchOption.AllDirectories).Sum(file => file.Length) / Megabyte : 0;
    }

    /// <summary>
    /// Checkpoint and cut the log when it exceeds 16 MB, and collect expired keys; for the tier see
    /// <see cref="EmbeddedRebuild"/>. One record of the log must fit into a page of it, which bounds what one command may write.
    /// </summary>
    private static void Bound(GarnetServerOptions options)
    {
        options.AofMemorySize = "16m";
        options.AofPageSize = "8m";
        options.AofSegmentSize = "8m";
        options.AofSizeLimit = "16m";
        options.AofSizeLimitEnforceFrequencySecs = 1;
        options.SegmentSize = "16m";
        options.ObjectLogSegmentSize = "16m";
        options.ExpiredKeyDeletionScanFrequencySecs = 300;
    }
}
