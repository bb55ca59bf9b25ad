namespace ReleaseTracks.Demo.Hosting;

/// <summary>Where the server's data is: in a directory of this run that goes with it, or in one that stays.</summary>
internal sealed class DataDirectory(string? kept) : IDisposable
{
    public string Path { get; } = kept ?? Directory.CreateTempSubdirectory("releasetracks-demo-").FullName;

    public bool IsTemporary => kept is null;

    public void Dispose()
    {
        if (!IsTemporary)
            return;
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            // It is in the temporary directory; the system removes it in time.
        }
    }
}
