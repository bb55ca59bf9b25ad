using System.Globalization;

namespace ReleaseTracks.Ledger;

/// <summary>Whether a ledger still holds everything that was once signed for.</summary>
public abstract record LedgerContinuity
{
    private LedgerContinuity()
    {
    }

    /// <summary>What to tell people.</summary>
    public abstract string Message { get; }

    /// <summary>The ledger begins with exactly what was signed.</summary>
    public sealed record Ok : LedgerContinuity
    {
        public override string Message => "ledger continues from the last checkpoint";
    }

    /// <summary>The entries from <see cref="From"/> to <see cref="To"/> (Seq, both included) were signed for and are gone.</summary>
    public sealed record Lost(long From, long To) : LedgerContinuity
    {
        public override string Message => From == To
            ? string.Create(CultureInfo.InvariantCulture, $"ledger lost entry {From}")
            : string.Create(CultureInfo.InvariantCulture, $"ledger lost entries {From}–{To}");
    }

    /// <summary>As many entries as were signed for, but not the same ones.</summary>
    public sealed record Rewritten(string Reason) : LedgerContinuity
    {
        public override string Message => "ledger was rewritten: " + Reason;
    }

    /// <summary>
    /// Compares what was last signed (null on a first start) with the ledger as it is. A ledger that is too short is
    /// called Lost even if it was rewritten as well: with entries missing, the old root cannot be checked.
    /// </summary>
    public static LedgerContinuity Check(Checkpoint? last, MerkleTree current)
    {
        if (last is null) return new Ok();
        var size = current.Size;
        if (size < last.Size) return new Lost(size + 1, last.Size);
        if (current.Root(last.Size).AsSpan().SequenceEqual(last.Root)) return new Ok();
        return new Rewritten(string.Create(
            CultureInfo.InvariantCulture, $"entries 1–{last.Size} are not those of the checkpoint at {last.Size}"));
    }
}
