using ReleaseTracks.Ledger;
using ReleaseTracks.Server.Ledger;

namespace ReleaseTracks.Server.Tests.Ledger;

public sealed class CheckpointFileTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("rt-checkpoint-").FullName;
    private readonly LedgerSigner _signer;

    public CheckpointFileTests() => _signer = LedgerSigner.LoadOrCreate(_data);

    private CheckpointFile NewFile => new(_data, _signer.VerifierKey);

    public void Dispose()
    {
        _signer.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public void File_BeforeTheFirstWrite_IsNull() => Assert.Null(NewFile.Read());

    [Fact]
    public void File_Written_IsReadBackByTheNextStart()
    {
        var file = NewFile;
        file.Write(Note(3));
        file.Write(Note(3));
        file.Write(Note(5));

        Assert.Equal(5, file.Read()!.Checkpoint.Size);
        Assert.Equal(new SignedCheckpoint(Of(5), Note(5)), NewFile.Read());
        Assert.Equal([file.FullPath], Directory.GetFiles(_data));
    }

    [Fact]
    public void File_InADataPathThatDoesNotExistYet_IsMade()
    {
        var file = new CheckpointFile(Path.Combine(_data, "a", "b"), _signer.VerifierKey);
        file.Write(Note(1));

        Assert.True(File.Exists(file.FullPath));
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(0, 0)]
    [InlineData(5, 1)]
    public void File_AtFive_DoesNotGoBackNorSideways(long size, byte seed)
    {
        NewFile.Write(Note(5));

        Assert.Throws<InvalidOperationException>(() => NewFile.Write(Note(size, seed)));
        Assert.Equal(Note(5), NewFile.Read()!.Note);
    }

    [Fact]
    public void File_CutShortAnywhere_IsRefusedAndNotReplaced()
    {
        var file = NewFile;
        file.Write(Note(5));
        var whole = File.ReadAllBytes(file.FullPath);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(file.FullPath, whole[..length]);

            var refused = Assert.Throws<LedgerFormatException>(() => NewFile.Read());
            Assert.Equal(file.FullPath, refused.Where);
            Assert.Throws<LedgerFormatException>(() => NewFile.Write(Note(6)));
        }
    }

    [Fact]
    public void File_OfGarbage_IsRefused()
    {
        var garbage = new byte[10_000];
        new Random(1).NextBytes(garbage);
        foreach (var content in new byte[][] { garbage, garbage[..300], [0], [.. "\n\n\n"u8] })
        {
            File.WriteAllBytes(NewFile.FullPath, content);
            Assert.Throws<LedgerFormatException>(() => NewFile.Read());
        }
    }

    [Fact]
    public void File_OfAnotherLedger_IsRefused()
    {
        using var other = LedgerSigner.LoadOrCreate(Path.Combine(_data, "other"));
        File.WriteAllText(NewFile.FullPath, other.Sign(new Checkpoint(other.Origin, 5, new byte[32])));

        var refused = Assert.Throws<LedgerFormatException>(() => NewFile.Read());

        Assert.Contains($"signed by {other.Origin}, not by {_signer.Origin}", refused.Message, StringComparison.Ordinal);
        Assert.Throws<LedgerFormatException>(() => NewFile.Write(other.Sign(new Checkpoint(other.Origin, 6, new byte[32]))));
    }

    private Checkpoint Of(long size, byte seed = 0) => new(_signer.Origin, size, MerkleHash.Leaf([(byte)size, seed]));

    private string Note(long size, byte seed = 0) => _signer.Sign(Of(size, seed));
}
