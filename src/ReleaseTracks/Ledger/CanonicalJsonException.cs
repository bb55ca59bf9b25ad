namespace ReleaseTracks.Ledger;

/// <summary>A JSON value that has no canonical form, with the path of the offending part (<c>$.a.b[0]</c>).</summary>
public sealed class CanonicalJsonException(string problem) : FormatException
{
    private string _tail = "";

    public string Path => "$" + _tail;

    public string Problem { get; } = problem;

    public override string Message => $"{Path}: {Problem}";

    /// <summary>The path is put together on the way out, so that the good case never builds one.</summary>
    internal void Under(string segment) => _tail = segment + _tail;
}
