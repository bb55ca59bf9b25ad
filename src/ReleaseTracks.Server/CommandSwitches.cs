namespace ReleaseTracks.Server;

/// <summary>The switches of a command, each with its value.</summary>
internal static class CommandSwitches
{
    /// <summary>Null when a switch is unknown, has no value, or is given twice.</summary>
    public static Dictionary<string, string>? Parse(string[] args, params ReadOnlySpan<string> known)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length || !known.Contains(args[i]) || !found.TryAdd(args[i], args[i + 1]))
                return null;
        }

        return found;
    }
}
