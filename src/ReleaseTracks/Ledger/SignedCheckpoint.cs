namespace ReleaseTracks.Ledger;

/// <summary>A checkpoint whose signature was checked, with the note it came from, to be handed on as it is.</summary>
public sealed record SignedCheckpoint(Checkpoint Checkpoint, string Note)
{
    /// <summary>Reads a note and believes it only if this key signed it, for its own ledger (origin = name of the key).</summary>
    /// <exception cref="LedgerFormatException">Malformed, of another ledger, or not validly signed.</exception>
    public static SignedCheckpoint Open(string note, VerifierKey key, SignatureCheck check)
    {
        var signed = SignedNote.Parse(note);
        if (!signed.Signatures.Any(line => line.Name == key.Name && line.KeyId == key.KeyId))
            throw new LedgerFormatException("signed checkpoint", $"signed by {signed.Signatures[0].Name}, not by {key.Name}");
        if (!signed.IsSignedBy(key, check)) throw new LedgerFormatException("signed checkpoint", "the signature is not valid");
        var checkpoint = Checkpoint.Parse(signed.Text);
        if (checkpoint.Origin != key.Name)
            throw new LedgerFormatException("signed checkpoint", $"of the ledger {checkpoint.Origin}, not {key.Name}");
        return new SignedCheckpoint(checkpoint, note);
    }
}
