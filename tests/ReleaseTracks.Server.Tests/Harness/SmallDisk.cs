using System.Diagnostics;

namespace ReleaseTracks.Server.Tests.Harness;

/// <summary>A disk of its own that can be filled up: a file system in memory, for which one must be root or may use sudo.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("releasetracks-disk-").FullName;

    private SmallDisk()
    {
    }

    public string DataPath => Path.Combine(directory, "data");

    private string Filler => Path.Combine(directory, "filler");

    /// <summary>Skips the test, visibly, where nothing may be mounted.</summary>
    public static SmallDisk Mount(int megabytes)
    {
        var disk = new SmallDisk();
        if (Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=0777", "tmpfs", disk.directory) is var exit && exit == 0)
            return disk;
        Directory.Delete(disk.directory);
        Assert.Skip($"A small disk could not be mounted ({exit}): run as root, or allow sudo without a password.");
        return disk;
    }

    public void Fill()
    {
        using var file = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in (int[])[1024 * 1024, 4096, 1])
        {
            try
            {
                while (true)
                    file.Write(new byte[size]);
            }
            catch (IOException)
            {
                // No room for as much; for less there may be.
            }
        }
    }

    public void MakeRoom() => File.Delete(Filler);

    public void Dispose()
    {
        Run("umount", "--lazy", directory);
        Directory.Delete(directory);
    }

    private static int Run(params string[] command)
    {
        using var process = Process.Start(Environment.IsPrivilegedProcess ? new ProcessStartInfo(command[0], command[1..]) : new("sudo", ["-n", .. command]))!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
