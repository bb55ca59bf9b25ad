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

    public void Add(string path, string message)
    {
        if (errors.Count < Most)
            errors.Add(new(path, message));
    }
}
