using System.Security.Cryptography;
using NSec.Cryptography;
using ReleaseTracks.Ledger;

namespace ReleaseTracks.Server.Ledger;

/// <summary>
/// Signs checkpoints with this server's own Ed25519 key, which never leaves the data path. The ledger's origin is the
/// key's name, <c>releasetracks/</c> and the first four bytes of the public key in hex.
/// </summary>
public sealed class LedgerSigner : IDisposable
{
    private const int SeedSize = 32;
    private readonly Key _key;

    private LedgerSigner(ReadOnlySpan<byte> seed)
    {
        _key = Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey);
        var publicKey = _key.PublicKey.Export(KeyBlobFormat.RawPublicKey);
        VerifierKey = new VerifierKey($"releasetracks/{Convert.ToHexStringLower(publicKey.AsSpan(0, 4))}", publicKey);
    }

    /// <summary>What others need to check the signatures; its text form is the C2SP vkey.</summary>
    public VerifierKey VerifierKey { get; }

    public string Origin => VerifierKey.Name;

    public static string PathIn(string dataPath) => Path.Combine(dataPath, "keys", "ledger.key");

    /// <summary>Loads <c>keys/ledger.key</c> under the data path; makes one on the first start.</summary>
    /// <exception cref="LedgerFormatException">The file is not a key, or every user of the machine can read it.</exception>
    public static LedgerSigner LoadOrCreate(string dataPath)
    {
        var path = PathIn(dataPath);
        if (!File.Exists(path)) Create(path);
        CheckMode(path);
        var seed = ReadSeed(path);
        try
        {
            return new LedgerSigner(seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    /// <summary>The signed note of a checkpoint of this ledger.</summary>
    public string Sign(Checkpoint checkpoint)
    {
        if (checkpoint.Origin != Origin)
            throw new ArgumentException($"A checkpoint of {checkpoint.Origin} is not for {Origin} to sign.", nameof(checkpoint));
        var text = checkpoint.ToText();
        var signature = SignatureAlgorithm.Ed25519.Sign(_key, SignedNote.MessageOf(text));
        return new SignedNote(text, [new NoteSignature(Origin, VerifierKey.KeyId, signature)]).Format();
    }

    /// <summary>Reads a signed checkpoint and checks it against a vkey.</summary>
    /// <exception cref="LedgerFormatException">Malformed, of another ledger, or not validly signed.</exception>
    public static Checkpoint Verify(string vkey, string note) =>
        SignedCheckpoint.Open(note, VerifierKey.Parse(vkey), Ed25519.Verify).Checkpoint;

    public void Dispose() => _key.Dispose();

    private static void Create(string path)
    {
        AtomicFile.CreateDirectory(Path.GetDirectoryName(path)!);
        var seed = RandomNumberGenerator.GetBytes(SeedSize);
        // Of two servers that start at once, one makes the key and both load that one.
        AtomicFile.TryCreate(path, System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(seed) + "\n"));
        CryptographicOperations.ZeroMemory(seed);
    }

    private static byte[] ReadSeed(string path)
    {
        var seed = new byte[SeedSize];
        var text = File.ReadAllText(path);
        return text.Length < 100 && Convert.TryFromBase64String(text.Trim(), seed, out var length) && length == SeedSize
            ? seed
            : throw new LedgerFormatException(
                path, "not a ledger key (32 bytes in base64); restore it, or move it and ledger.checkpoint away to sign with a new key");
    }

    /// <summary>
    /// Group access is let through: Kubernetes gives the group of a volume (fsGroup) to every file at each mount.
    /// </summary>
    private static void CheckMode(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        const UnixFileMode others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        if ((File.GetUnixFileMode(path) & others) != 0)
            throw new LedgerFormatException(path, "every user of this machine can get at the private key; chmod 600 it");
    }
}
