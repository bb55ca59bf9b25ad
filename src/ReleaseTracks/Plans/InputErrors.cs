namespace ReleaseTracks.Plans;

/// <summary>One thing that is wrong with an input: where (a JSON path) and what to do about it.</summary>
public sealed record InputError(string Path, string Message);

/// <summary>Collects everything that is wrong, so that one answer names it all.</summary>
public sealed class InputErrors
{
    private const int Most = 100;
    private readonly List<InputError> errors = [];

    public IReadOnlyList<InputError> All => errors;

    public bool Any => errors.Count > 0;

    /// <summary>How many there were, also beyond those that are kept: whoever asks "did this add one?" must compare this.</summary>
    public int Count { get; private set; }

    public void Add(string path, string message)
    {
        Count++;
        if (errors.Count < Most)
            errors.Add(new(path, message));
    }
}
