using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ReleaseTracks.Client.Snapshots;

/// <summary>
/// The last snapshot on disk, exactly as the server gave it, so that the app starts without the server. The file's time
/// is when the server last vouched for it. No fault of the disk ever reaches the app.
/// </summary>
internal sealed partial class SnapshotFile(IOptions<ReleaseTracksOptions> options, TimeProvider time, ILogger<SnapshotFile> logger)
{
    private const long MostBytes = 64 * 1024 * 1024;
    private readonly string? path = PathOf(options.Value);
    private bool failed;

    /// <summary>The snapshot and how long ago the server vouched for it. A clock that was set back makes it no younger than now.</summary>
    public (byte[] Json, TimeSpan Age)? Load()
    {
        if (path is null || !File.Exists(path))
            return null;
        try
        {
            if (new FileInfo(path).Length > MostBytes)
                return null;
            var age = time.GetUtcNow() - File.GetLastWriteTimeUtc(path);
            return (File.ReadAllBytes(path), age > TimeSpan.Zero ? age : TimeSpan.Zero);
        }
        catch (Exception lost) when (lost is IOException or UnauthorizedAccessException)
        {
            Log.NotRead(logger, path, lost.Message);
            return null;
        }
    }

    /// <summary>Replaces the file whole: beside it, to the disk, then renamed.</summary>
    public void Save(ReadOnlySpan<byte> json)
    {
        if (path is null)
            return;
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (var file = new FileStream(temporary, Creation()))
            {
                file.Write(json);
                file.Flush(flushToDisk: true);
            }

            File.SetLastWriteTimeUtc(temporary, time.GetUtcNow().UtcDateTime);
            File.Move(temporary, path, overwrite: true);
            failed = false;
        }
        catch (Exception lost) when (lost is IOException or UnauthorizedAccessException)
        {
            Report(lost);
            Discard(temporary);
        }
    }

    /// <summary>The server vouched for what is in the file.</summary>
    public void Touch()
    {
        if (path is null || failed)
            return;
        try
        {
            File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
        }
        catch (Exception lost) when (lost is IOException or UnauthorizedAccessException)
        {
            Report(lost);
        }
    }

    private static FileStreamOptions Creation()
    {
        var creation = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            creation.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return creation;
    }

    private static string? PathOf(ReleaseTracksOptions options)
    {
        if (options.SnapshotPath is { } chosen)
            return chosen.Length == 0 ? null : Path.GetFullPath(chosen);
        var folder = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        if (folder.Length == 0)
            return null;
        var endpoint = SHA256.HashData(Encoding.UTF8.GetBytes(options.Endpoint!.AbsoluteUri));
        return Path.Combine(folder, "ReleaseTracks", $"snapshot-{Convert.ToHexStringLower(endpoint.AsSpan(0, 8))}.json");
    }

    /// <summary>Once, not at every snapshot.</summary>
    private void Report(Exception lost)
    {
        if (!failed)
            Log.NotWritten(logger, path!, lost.Message);
        failed = true;
    }

    private static void Discard(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception lost) when (lost is IOException or UnauthorizedAccessException)
        {
            // Then it stays.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The last snapshot at {Path} cannot be read: {Why}")]
        public static partial void NotRead(ILogger logger, string path, string why);

        [LoggerMessage(LogLevel.Warning, "The snapshot cannot be kept at {Path}, so the next start needs the server; set SnapshotPath: {Why}")]
        public static partial void NotWritten(ILogger logger, string path, string why);
    }
}
