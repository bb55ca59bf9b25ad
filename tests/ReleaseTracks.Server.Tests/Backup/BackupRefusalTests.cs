using ReleaseTracks.Server.Backup;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Server.Tests.Harness;
using StackExchange.Redis;
using static ReleaseTracks.Server.Tests.Backup.BackupCalls;

namespace ReleaseTracks.Server.Tests.Backup;

/// <summary>One good backup, and everything that may have happened to it. Nothing of it is ever written.</summary>
public sealed class BackupRefusalTests(BackupRefusalTests.OneBackup one) : IClassFixture<BackupRefusalTests.OneBackup>
{
    [Fact]
    public Task Import_EntryWasChanged_IsRefused() =>
        RefusedAsync("not as it was written", folder => Replace(folder.Ledger, "Smart replies", "Smart replier"), resealed: false);

    [Fact]
    public Task Import_EntryAndManifestWereChanged_NamesTheEntry() =>
        RefusedAsync("Ledger entry ", folder => Replace(folder.Ledger, "Smart replies", "Smart replier"));

    [Fact]
    public Task Import_FileWasCut_IsRefused() =>
        RefusedAsync("not as it was written", folder => File.WriteAllBytes(folder.Ledger, File.ReadAllBytes(folder.Ledger)[..^10]), resealed: false);

    [Fact]
    public Task Import_LastEntryIsMissingButTheManifestSaysSo_FailsAgainstTheCheckpoint() =>
        RefusedAsync("Against its checkpoint", folder => File.WriteAllLines(folder.Ledger, File.ReadAllLines(folder.Ledger)[..^1]));

    [Fact]
    public Task Import_BackupWasCutShort_IsNone() =>
        RefusedAsync("cut short", folder => File.Delete(Path.Combine(folder.FullPath, "manifest.json")), resealed: false);

    [Fact]
    public Task Import_SignedBySomebodyElse_IsRefused() =>
        RefusedAsync("signed by no key of this ledger", folder => File.WriteAllText(folder.Checkpoint, one.SignedBySomebodyElse(folder)));

    [Fact]
    public Task Import_SignatureIsGone_IsRefused() => RefusedAsync("not signed", folder => File.Delete(folder.Checkpoint));

    [Fact]
    public Task Import_KeyThatDoesNotBelong_IsRefused() =>
        RefusedAsync("does not belong in a backup", folder => File.AppendAllText(folder.Store, """{"key":"{rt}:control-lease","type":"string","items":["eA=="]}""" + "\n"));

    [Fact]
    public async Task Import_SignatureIsGoneAndThatIsAccepted_IsDone()
    {
        using var directory = new TemporaryDirectory();
        var backup = Changed(one.Path, Path.Combine(directory.Path, "backup"), folder => File.Delete(folder.Checkpoint), resealed: true);

        var (exit, output, error) = await ImportAsync("--data-path", Path.Combine(directory.Path, "data"), "--from", backup, "--unsigned", "accept");

        Assert.True(exit == 0, error);
        Assert.Contains("not signed", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_StoreHasALedger_IsRefusedAndItIsKept()
    {
        await using var redis = await RedisServer.StartAsync();
        using var data = new TemporaryDirectory();
        Assert.Equal(0, (await ImportAsync("--redis", redis.ConnectionString, "--data-path", data.Path, "--from", one.Path)).Exit);

        var (exit, _, error) = await ImportAsync("--redis", redis.ConnectionString, "--data-path", data.Path, "--from", one.Path);

        Assert.Equal(1, exit);
        Assert.Contains("import into an empty store", error, StringComparison.Ordinal);
        Assert.Equal(0, (await ServerProcess.RunAsync("ledger", "verify", "--redis", redis.ConnectionString, "--data-path", data.Path)).ExitCode);
    }

    [Fact]
    public async Task Import_StoreHasUsersOfAnother_IsRefused()
    {
        await using var redis = await RedisServer.StartAsync();
        using var data = new TemporaryDirectory();
        await using (var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString))
            await connection.GetDatabase().HashSetAsync("rt:{u007}:user:mallory", "track", "ai");

        var (exit, _, error) = await ImportAsync("--redis", redis.ConnectionString, "--data-path", data.Path, "--from", one.Path);

        Assert.Equal(1, exit);
        Assert.Contains("mallory", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_ServerOnceSignedForMore_IsRefused()
    {
        await using var redis = await RedisServer.StartAsync();
        using var data = new TemporaryDirectory();
        var backup = Path.Combine(data.Path, "backup");
        await using (var server = await TestServer.StartAsync(new() { Redis = redis.ConnectionString, DataPath = data.Path }))
        {
            await server.PutFeatureAsync(TestServerCalls.SmartReplies);
            Assert.Equal(0, (await ExportAsync("--redis", redis.ConnectionString, "--data-path", data.Path, "--to", backup)).Exit);
            await server.KillAsync("smart-replies");
        }

        await using var empty = await RedisServer.StartAsync();
        var (exit, _, error) = await ImportAsync("--redis", empty.ConnectionString, "--data-path", data.Path, "--from", backup);

        Assert.Equal(1, exit);
        Assert.Contains("Find out what is missing", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_DirectoryIsNotEmptyOrStoreIsNowhere_SaysWhatToDo()
    {
        using var directory = new TemporaryDirectory();
        await using var redis = await RedisServer.StartAsync();

        var occupied = await ExportAsync("--redis", redis.ConnectionString, "--to", one.Path);
        var nowhere = await ExportAsync("--data-path", Path.Combine(directory.Path, "nowhere"), "--to", Path.Combine(directory.Path, "b"));
        var empty = await ExportAsync("--redis", redis.ConnectionString, "--to", Path.Combine(directory.Path, "c"));

        Assert.Equal((1, 1, 1), (occupied.Exit, nowhere.Exit, empty.Exit));
        Assert.Contains("a directory of its own", occupied.Error, StringComparison.Ordinal);
        Assert.Contains("There is no store", nowhere.Error, StringComparison.Ordinal);
        Assert.Contains("The ledger is empty", empty.Error, StringComparison.Ordinal);
        Assert.Equal((1, 1), ((await ExportAsync("--to")).Exit, (await ImportAsync("--from", one.Path, "--unsigned", "perhaps")).Exit));
    }

    private async Task RefusedAsync(string why, Action<BackupFolder> change, bool resealed = true)
    {
        using var directory = new TemporaryDirectory();
        var (backup, data) = (Path.Combine(directory.Path, "backup"), Path.Combine(directory.Path, "data"));

        var (exit, _, error) = await ImportAsync("--data-path", data, "--from", Changed(one.Path, backup, change, resealed));

        Assert.Equal(1, exit);
        Assert.Contains(why, error, StringComparison.Ordinal);
        Assert.Equal(1, (await ExportAsync("--data-path", data, "--to", Path.Combine(directory.Path, "nothing"))).Exit);
    }

    private static void Replace(string file, string what, string with)
    {
        var text = File.ReadAllText(file);
        Assert.Contains(what, text, StringComparison.Ordinal);
        File.WriteAllText(file, text.Replace(what, with, StringComparison.Ordinal));
    }

    public sealed class OneBackup : IAsyncLifetime
    {
        private readonly TemporaryDirectory directory = new();

        public string Path => System.IO.Path.Combine(directory.Path, "backup");

        public async ValueTask InitializeAsync()
        {
            var data = System.IO.Path.Combine(directory.Path, "data");
            await using (var server = await TestServer.StartAsync(new() { DataPath = data }))
                await server.PutFeatureAsync(TestServerCalls.SmartReplies);
            var (exit, _, error) = await ExportAsync("--data-path", data, "--to", Path);
            Assert.True(exit == 0, error);
        }

        /// <summary>The same tree under the signature of a key of its own.</summary>
        public string SignedBySomebodyElse(BackupFolder folder)
        {
            using var signer = LedgerSigner.LoadOrCreate(System.IO.Path.Combine(directory.Path, Guid.NewGuid().ToString("N")));
            var (tree, _) = LedgerCheck.Read([.. File.ReadLines(folder.Ledger).Select(System.Text.Encoding.UTF8.GetBytes)]);
            return signer.Sign(ReleaseTracks.Ledger.Checkpoint.Of(tree, signer.Origin, tree.Size));
        }

        public ValueTask DisposeAsync()
        {
            directory.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
