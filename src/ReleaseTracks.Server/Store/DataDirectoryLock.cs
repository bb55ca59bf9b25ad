namespace ReleaseTracks.Server.Store;

/// <summary>
/// Holds a data directory for this process. The operating system lets go of it when the process ends, however it
/// ends, so a crash leaves nothing to clean up.
/// </summary>
public sealed class DataDirectoryLock : IDisposable
{
    private const string FileName = "store.lock";
    private readonly FileStream _file;

    private DataDirectoryLock(FileStream file) => _file = file;

    /// <exception cref="DataDirectoryInUseException">Another process holds the directory.</exception>
    public static DataDirectoryLock Take(string directory)
    {
        Directory.CreateDirectory(directory);
        try
        {
            return new DataDirectoryLock(new FileStream(
                Path.Combine(directory, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception) when (exception is not (DirectoryNotFoundException or FileNotFoundException))
        {
            throw new DataDirectoryInUseException(directory, exception);
        }
    }

    public void Dispose() => _file.Dispose();
}

/// <summary>Two processes on one data directory would overwrite each other's log.</summary>
public sealed class DataDirectoryInUseException(string directory, Exception inner) : InvalidOperationException(
    $"The data directory '{Path.GetFullPath(directory)}' is in use by another process. Stop that one, or give this "
    + $"one a directory of its own with {StoreOptions.Section}:DataPath.",
    inner);
