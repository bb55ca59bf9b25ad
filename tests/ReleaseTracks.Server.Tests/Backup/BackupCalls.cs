using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ReleaseTracks.Server.Backup;

namespace ReleaseTracks.Server.Tests.Backup;

/// <summary>The two commands as the program runs them, and a thief who can also write the manifest again.</summary>
internal static class BackupCalls
{
    public static Task<(int Exit, string Output, string Error)> ExportAsync(params string[] args) => RunAsync(LedgerExportCommand.RunAsync, args);

    public static Task<(int Exit, string Output, string Error)> ImportAsync(params string[] args) => RunAsync(LedgerImportCommand.RunAsync, args);

    /// <summary>A copy of the backup with this done to it.</summary>
    public static string Changed(string backup, string into, Action<BackupFolder> change, bool resealed)
    {
        Directory.CreateDirectory(into);
        foreach (var file in Directory.EnumerateFiles(backup))
            File.Copy(file, Path.Combine(into, Path.GetFileName(file)));
        change(new(into));
        if (resealed)
            Reseal(into);
        return into;
    }

    private static void Reseal(string folder)
    {
        var path = Path.Combine(folder, "manifest.json");
        var manifest = JsonNode.Parse(File.ReadAllText(path))!;
        var hashes = new JsonObject();
        foreach (var file in Directory.EnumerateFiles(folder).Where(file => file != path))
            hashes[Path.GetFileName(file)] = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));
        manifest["sha256"] = hashes;
        File.WriteAllText(path, manifest.ToJsonString());
    }

    private static async Task<(int Exit, string Output, string Error)> RunAsync(Func<string[], TextWriter, TextWriter, Task<int>> command, string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        return (await command(args, output, error), output.ToString(), error.ToString());
    }
}
