namespace ReleaseTracks.Server.Ledger;

/// <summary>
/// Files that are either all there or not at all: written beside the target, flushed to the disk, then renamed.
/// The rename itself is not flushed; after a power cut the target may be the one before, never half of one.
/// </summary>
internal static class AtomicFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const int MostLooks = 5000;

    public static void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
    }

    public static void Replace(string path, ReadOnlySpan<byte> content) => Write(path, content);

    /// <summary>False if the file was there already, which is then left as it is.</summary>
    public static bool TryCreate(string path, ReadOnlySpan<byte> content)
    {
        try
        {
            // A move that must not overwrite looks first and renames then: of two at once, the second replaced the first.
            using var turn = Turn(path);
            if (File.Exists(path)) return false;
            Write(path, content);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    /// <summary>Held by one process and one thread at a time; gone with its holder, however that ends.</summary>
    /// <exception cref="IOException">It cannot be had within seconds.</exception>
    private static FileStream Turn(string path)
    {
        var wait = new SpinWait();
        while (true)
        {
            try
            {
                return new FileStream(
                    path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            }
            catch (IOException taken) when (taken is not (DirectoryNotFoundException or FileNotFoundException) && wait.Count < MostLooks && !File.Exists(path))
            {
                wait.SpinOnce();
            }
        }
    }

    private static void Write(string path, ReadOnlySpan<byte> content)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
            using (var file = new FileStream(temporary, options))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
