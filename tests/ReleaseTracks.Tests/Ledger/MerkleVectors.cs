using System.Text.Json;

namespace ReleaseTracks.Tests.Ledger;

/// <summary>The transparency-dev vectors. Numbers there are unsigned and may exceed a long; null is empty.</summary>
internal static class MerkleVectors
{
    public static IReadOnlyList<JsonElement> Load(string name)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "ReleaseTracks.sln")))
            root = root.Parent ?? throw new InvalidOperationException("ReleaseTracks.sln is in no directory above the tests.");
        var json = File.ReadAllBytes(Path.Combine(root.FullName, "tests", "testdata", "merkle", name));
        return [.. JsonElement.Parse(json).EnumerateArray()];
    }

    /// <summary>An index beyond a long becomes negative, which must be refused just the same.</summary>
    public static long Number(this JsonElement vector, string name) => unchecked((long)vector.GetProperty(name).GetUInt64());

    public static byte[] Bytes(this JsonElement vector, string name) =>
        vector.GetProperty(name) is { ValueKind: JsonValueKind.String } text ? text.GetBytesFromBase64() : [];

    public static IReadOnlyList<byte[]> Proof(this JsonElement vector) =>
        vector.GetProperty("proof") is { ValueKind: JsonValueKind.Array } proof
            ? [.. proof.EnumerateArray().Select(hash => hash.GetBytesFromBase64())]
            : [];
}
