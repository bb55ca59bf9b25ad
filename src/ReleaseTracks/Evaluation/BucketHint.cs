using System.Buffers.Binary;
using System.Text;

namespace ReleaseTracks.Evaluation;

/// <summary>What is hashed behind a user's id, with the padding of SHA-256 (FIPS 180-4, 5.1.1): one copy completes a message.</summary>
internal sealed class BucketHint
{
    /// <summary>Room for a message: two blocks, which is enough for nearly every user.</summary>
    public const int Size = 2 * Sha256Block.Size;

    private const int LengthBytes = sizeof(ulong);
    private const int MostBytes = Size - LengthBytes - 1;
    private readonly byte[] padded = new byte[Size];

    public BucketHint(string hint)
    {
        Text = Encoding.UTF8.GetBytes("\n" + hint);
        if (Text.Length > MostBytes)
            return;
        Text.CopyTo(padded, 0);
        padded[Text.Length] = 0x80;
    }

    /// <summary>UTF-8, with a line feed before the hint.</summary>
    public byte[] Text { get; }

    /// <param name="message"><see cref="Size"/> bytes that begin with the user's id.</param>
    /// <param name="userBytes">Length of the id.</param>
    /// <returns>The number of blocks of the message; 0 if there is no room for it, and nothing was written.</returns>
    public int Complete(Span<byte> message, int userBytes)
    {
        var length = userBytes + Text.Length;
        if (length > MostBytes)
            return 0;
        padded.AsSpan(0, Size - userBytes).CopyTo(message[userBytes..]);
        var blocks = length + LengthBytes < Sha256Block.Size ? 1 : 2;
        BinaryPrimitives.WriteUInt64BigEndian(message[((blocks * Sha256Block.Size) - LengthBytes)..], (ulong)length * 8);
        return blocks;
    }
}
