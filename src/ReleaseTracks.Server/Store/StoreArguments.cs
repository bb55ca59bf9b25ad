namespace ReleaseTracks.Server.Store;

/// <summary>Which store a command works on, and the switches of its own; as the server's own switches are written.</summary>
public sealed record StoreArguments(StoreOptions Store, IReadOnlyDictionary<string, string> Others)
{
    public const string Usage = "[--data-path PATH | --redis CONNECTION]";

    public string? this[string name] => Others.GetValueOrDefault(name);

    /// <summary>Null when a switch is unknown, has no value, or is given twice.</summary>
    public static StoreArguments? Parse(string[] args, params ReadOnlySpan<string> others)
    {
        if (CommandSwitches.Parse(args, ["--data-path", "--redis", .. others]) is not { } found)
            return null;
        var options = new StoreOptions();
        options.DataPath = found.GetValueOrDefault("--data-path", options.DataPath);
        options.Redis = found.GetValueOrDefault("--redis");
        return new(options, found);
    }
}
