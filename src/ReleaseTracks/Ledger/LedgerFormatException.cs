namespace ReleaseTracks.Ledger;

/// <summary>Bytes that are not what the ledger's formats allow: where, and what is wrong there.</summary>
public sealed class LedgerFormatException(string where, string what) : FormatException($"{where}: {what}")
{
    public string Where { get; } = where;

    public string What { get; } = what;
}
