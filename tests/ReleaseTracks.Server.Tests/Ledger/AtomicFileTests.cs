using ReleaseTracks.Server.Ledger;

namespace ReleaseTracks.Server.Tests.Ledger;

public sealed class AtomicFileTests : IDisposable
{
    private const int Rounds = 200;
    private const int Makers = 8;
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("rt-atomic-");

    public void Dispose() => directory.Delete(recursive: true);

    [Fact]
    public async Task TryCreate_ManyAtOnce_OneMakesItAndNothingElseIsLeft()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var path = Path.Combine(directory.FullName, $"file-{round}");
            using var start = new Barrier(Makers);
            var makers = Enumerable.Range(0, Makers).Select(maker => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait(TestContext.Current.CancellationToken);
                    return AtomicFile.TryCreate(path, [(byte)maker]) ? maker : -1;
                },
                TestContext.Current.CancellationToken,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default));

            var made = Assert.Single(await Task.WhenAll(makers), maker => maker >= 0);

            Assert.Equal([(byte)made], await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        }

        Assert.Equal(Rounds, directory.GetFiles().Length);
    }

    [Fact]
    public void TryCreate_WhereNothingCanBeWritten_SaysSo() =>
        Assert.ThrowsAny<IOException>(() => AtomicFile.TryCreate(Path.Combine(directory.FullName, "none", "file"), [1]));
}
