using System.Security.Cryptography;
using System.Text.Json;
using ReleaseTracks.Plans;

namespace ReleaseTracks.Server.Backup;

/// <summary>
/// A backup is a directory of four files. <c>ledger.ndjson</c> has exactly the bytes that are hashed, as
/// <c>GET /api/v1/ledger</c> gives them; <c>ledger.checkpoint</c> is signed and says what they must be; <c>store.ndjson</c>
/// has what is not in the ledger; <c>manifest.json</c> is written last and has the hashes of the others, so that a
/// backup that was cut short is none.
/// </summary>
public sealed class BackupFolder(string path)
{
    private const int Version = 1;
    private static readonly JsonWriterOptions Readable = new() { Indented = true };

    public string FullPath { get; } = Path.GetFullPath(path);

    public string Ledger => At("ledger.ndjson");

    public string Checkpoint => At("ledger.checkpoint");

    public string Store => At("store.ndjson");

    private string Manifest => At("manifest.json");

    /// <summary>Only the owner may read it: it names every user who made a choice.</summary>
    /// <exception cref="InvalidDataException">There is something there already.</exception>
    public void Create()
    {
        if (Directory.Exists(FullPath) && Directory.EnumerateFileSystemEntries(FullPath).Any())
            throw new InvalidDataException($"{FullPath} is not empty; give a directory of its own to every backup.");
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(FullPath);
        else
            Directory.CreateDirectory(FullPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public async Task SealAsync(DateTimeOffset at, long entries, long keys)
    {
        await using var file = new FileStream(Manifest, FileMode.CreateNew);
        await using var json = new Utf8JsonWriter(file, Readable);
        json.WriteStartObject();
        json.WriteNumber("version", Version);
        json.WriteString("createdAt", Json.Time(at));
        json.WriteNumber("entries", entries);
        json.WriteNumber("keys", keys);
        json.WriteStartObject("sha256");
        foreach (var name in Files().Where(File.Exists))
            json.WriteString(Path.GetFileName(name), await HashAsync(name));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <exception cref="InvalidDataException">No backup, a newer one, or not as it was written.</exception>
    public async Task CheckAsync()
    {
        if (!File.Exists(Manifest))
            throw new InvalidDataException($"{FullPath} is no backup, or one that was cut short: it has no manifest.json.");
        using var manifest = JsonDocument.Parse(await File.ReadAllBytesAsync(Manifest));
        if (manifest.RootElement.GetProperty("version").GetInt32() != Version)
            throw new InvalidDataException($"{Manifest} is of another version than {Version}; restore it with the version that made it.");
        var hashes = manifest.RootElement.GetProperty("sha256").EnumerateObject().ToDictionary(one => one.Name, one => one.Value.GetString(), StringComparer.Ordinal);
        foreach (var name in Files())
        {
            if (File.Exists(name) != hashes.ContainsKey(Path.GetFileName(name)) || (File.Exists(name) && await HashAsync(name) != hashes[Path.GetFileName(name)]))
                throw new InvalidDataException($"{name} is not as it was written; use another copy of this backup.");
        }
    }

    private string[] Files() => [Ledger, Checkpoint, Store];

    private string At(string name) => Path.Combine(FullPath, name);

    private static async Task<string> HashAsync(string name)
    {
        await using var file = File.OpenRead(name);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file));
    }
}
