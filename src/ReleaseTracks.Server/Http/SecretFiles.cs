namespace ReleaseTracks.Server.Http;

/// <summary>
/// Settings from files, one each, named by their key, such as <c>ReleaseTracks__Access__BootstrapToken</c>: secrets of
/// containers, of Kubernetes and of systemd. An environment can be read by whoever looks at the process; a file need not.
/// </summary>
public static class SecretFiles
{
    public const string Setting = "ReleaseTracks:SecretsPath";

    /// <summary>A directory that is named and missing is an error: without its secrets a server must not start half open.</summary>
    /// <exception cref="InvalidOperationException">There is no such directory.</exception>
    public static void AddSecretFiles(this ConfigurationManager configuration)
    {
        if (configuration[Setting] is not { Length: > 0 } path)
            return;
        var directory = Path.GetFullPath(path);
        if (!Directory.Exists(directory))
            throw new InvalidOperationException($"{Setting} is {directory}, and there is no such directory; mount the secrets there, or leave it empty.");
        configuration.AddKeyPerFile(directory, optional: false);
    }
}
