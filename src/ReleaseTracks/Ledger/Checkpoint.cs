using System.Globalization;

namespace ReleaseTracks.Ledger;

/// <summary>
/// The state of a ledger in three lines: whose it is, how many entries it has, and the root over them
/// (C2SP tlog-checkpoint, without extension lines). Equal by value.
/// </summary>
public sealed record Checkpoint(string Origin, long Size, byte[] Root)
{
    /// <summary>The checkpoint of a tree at one of its sizes.</summary>
    public static Checkpoint Of(MerkleTree tree, string origin, long size) => new(origin, size, tree.Root(size));

    /// <summary>The body of the signed note.</summary>
    public string ToText() =>
        string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Convert.ToBase64String(Root)}\n");

    /// <exception cref="LedgerFormatException">The text is not a checkpoint.</exception>
    public static Checkpoint Parse(string text)
    {
        var lines = text.Split('\n');
        if (lines.Length != 4 || lines[3].Length > 0)
            throw new LedgerFormatException("checkpoint", "not exactly three lines: origin, size, root");
        if (lines[0].Length == 0 || lines[0].Any(char.IsControl))
            throw new LedgerFormatException("checkpoint origin", "empty, or with a control character");
        if (!long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            || (lines[1].Length > 1 && lines[1][0] == '0'))
            throw new LedgerFormatException("checkpoint size", "not a plain decimal number");
        var root = StrictText.Base64(lines[2], "checkpoint root");
        if (root.Length != MerkleHash.Size) throw new LedgerFormatException("checkpoint root", "not 32 bytes");
        return new Checkpoint(lines[0], size, root);
    }

    public bool Equals(Checkpoint? other) =>
        other is not null && Origin == other.Origin && Size == other.Size && Root.AsSpan().SequenceEqual(other.Root);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Size);
        hash.AddBytes(Root);
        return hash.ToHashCode();
    }
}
