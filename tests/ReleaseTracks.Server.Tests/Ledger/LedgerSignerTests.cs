using ReleaseTracks.Ledger;
using ReleaseTracks.Server.Ledger;

namespace ReleaseTracks.Server.Tests.Ledger;

public sealed class LedgerSignerTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("rt-ledger-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public void Key_OnTheFirstStart_IsMadeAndLoadedAgainOnTheNext()
    {
        using var first = LedgerSigner.LoadOrCreate(_data);
        using var second = LedgerSigner.LoadOrCreate(_data);

        Assert.Equal(first.VerifierKey, second.VerifierKey);
        Assert.Matches("^releasetracks/[0-9a-f]{8}$", first.Origin);
        Assert.Equal([LedgerSigner.PathIn(_data)], Directory.GetFiles(_data, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Key_OnDisk_IsForItsOwnerOnly()
    {
        if (OperatingSystem.IsWindows()) return;
        LedgerSigner.LoadOrCreate(_data).Dispose();
        var path = LedgerSigner.PathIn(_data);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void Key_ReadableByEveryone_IsRefused()
    {
        if (OperatingSystem.IsWindows()) return;
        LedgerSigner.LoadOrCreate(_data).Dispose();
        var path = LedgerSigner.PathIn(_data);
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.OtherRead);

        var refused = Assert.Throws<LedgerFormatException>(() => LedgerSigner.LoadOrCreate(_data));

        Assert.Contains("chmod 600", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("AAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Key_ThatIsGarbage_IsRefusedAndKept(string content)
    {
        LedgerSigner.LoadOrCreate(_data).Dispose();
        File.WriteAllText(LedgerSigner.PathIn(_data), content);

        var refused = Assert.Throws<LedgerFormatException>(() => LedgerSigner.LoadOrCreate(_data));

        Assert.Equal(LedgerSigner.PathIn(_data), refused.Where);
        Assert.Equal(content, File.ReadAllText(LedgerSigner.PathIn(_data)));
    }

    [Fact]
    public async Task Key_MadeByManyStartsAtOnce_IsOne()
    {
        var starts = Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            using var signer = LedgerSigner.LoadOrCreate(_data);
            return signer.VerifierKey;
        }, TestContext.Current.CancellationToken));

        Assert.Single((await Task.WhenAll(starts)).Distinct());
    }

    [Fact]
    public void Checkpoint_Signed_VerifiesWithTheVerifierKeyOnly()
    {
        using var signer = LedgerSigner.LoadOrCreate(_data);
        using var other = LedgerSigner.LoadOrCreate(Path.Combine(_data, "other"));
        var checkpoint = new Checkpoint(signer.Origin, 3, MerkleHash.Leaf([1]));

        var note = signer.Sign(checkpoint);

        Assert.Equal(checkpoint, LedgerSigner.Verify(signer.VerifierKey.ToString(), note));
        Assert.Throws<LedgerFormatException>(() => LedgerSigner.Verify(other.VerifierKey.ToString(), note));
        var samename = new VerifierKey(signer.Origin, other.VerifierKey.PublicKey);
        Assert.Throws<LedgerFormatException>(() => LedgerSigner.Verify(samename.ToString(), note));
        Assert.Throws<ArgumentException>(() => other.Sign(checkpoint));
    }

    [Fact]
    public void Checkpoint_WithAnyBitChanged_DoesNotVerify()
    {
        using var signer = LedgerSigner.LoadOrCreate(_data);
        var note = System.Text.Encoding.UTF8.GetBytes(signer.Sign(new Checkpoint(signer.Origin, 3, MerkleHash.Leaf([1]))));
        for (var i = 0; i < note.Length * 8; i++)
        {
            var changed = note.ToArray();
            changed[i / 8] ^= (byte)(1 << (i % 8));
            Assert.Throws<LedgerFormatException>(() =>
                SignedCheckpoint.Open(SignedNote.Parse(changed).Format(), signer.VerifierKey, Ed25519.Verify));
        }
    }
}
