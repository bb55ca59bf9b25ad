using ReleaseTracks.Demo.SampleApp;

namespace ReleaseTracks.Demo;

/// <summary>The command line of the demo.</summary>
internal sealed record DemoOptions
{
    private const string Usage = """
        Usage: dotnet run --project src/ReleaseTracks.Demo [-- SWITCHES]
          --once              end when the rollback is verified: exit code 0, otherwise 1 and the reason (at most 120 s)
          --fault KIND        errors (default): the ranking model throws; slow: it takes too long;
                              harm: the summary model makes things up and readers report it
          --prometheus URL    measure through this Prometheus, which scrapes the sample app's /metrics
          --urls URLS         of the server, default http://localhost:5080
          --app-urls URLS     of the sample app, default http://localhost:5090
          --ai-urls URLS      of the sample app's AI backend, default any free port
          --data-path PATH    keep the server's data there, default a temporary directory of this run
          --server URL        only the sample app and its readers, for a server that runs there; no story, and no fault
                              before the AI backend is asked for one: POST /fault/errors (slow, harm, none)
          --token-file PATH   with --server: where the token is that may propose, approve and apply its features
        """;

    public bool Once { get; init; }

    public FaultKind Fault { get; init; } = FaultKind.Errors;

    public Uri? Prometheus { get; init; }

    public string Urls { get; init; } = "http://localhost:5080";

    public string AppUrls { get; init; } = "http://localhost:5090";

    public string AiUrls { get; init; } = "http://127.0.0.1:0";

    public string? DataPath { get; init; }

    public Uri? Server { get; init; }

    public string TokenFile { get; init; } = "";

    /// <summary>Null when the command line is wrong or asks for help; <paramref name="error"/> says what to do.</summary>
    public static DemoOptions? Parse(IReadOnlyList<string> args, out string error)
    {
        var options = new DemoOptions();
        error = "";
        for (var at = 0; at < args.Count && error.Length == 0; at++)
        {
            var (name, value) = args[at].Split('=', 2) is [var left, var right] ? (left, right) : (args[at], null);
            if (name == "--once" && value is null)
                options = options with { Once = true };
            else if (name is "--help" or "-h")
                error = Usage;
            else if (value is not null)
                options = options.With(name, value, out error);
            else if (at + 1 < args.Count)
                options = options.With(name, args[++at], out error);
            else
                error = $"{name} is unknown or has no value.\n{Usage}";
        }

        if (error.Length == 0 && (options.Server is null) != (options.TokenFile.Length == 0))
            error = "--server and --token-file need each other.";
        if (error.Length == 0 && options is { Server: not null, Once: true })
            error = "--once is for the story, which --server does not tell.";
        return error.Length == 0 ? options : null;
    }

    private DemoOptions With(string name, string value, out string error)
    {
        error = name is "--urls" or "--app-urls" or "--ai-urls" && !AreAddresses(value)
            ? $"{name} must be http addresses such as http://localhost:5080 or http://127.0.0.1:0 (any free port), not '{value}'."
            : "";
        switch (name)
        {
            case "--urls": return this with { Urls = value };
            case "--app-urls": return this with { AppUrls = value };
            case "--ai-urls": return this with { AiUrls = value };
            case "--data-path" when value.Length > 0: return this with { DataPath = value };
            case "--fault" when Enum.TryParse<FaultKind>(value, ignoreCase: true, out var fault) && Enum.IsDefined(fault) && !char.IsDigit(value[0]):
                return this with { Fault = fault };
            case "--fault":
                error = $"--fault must be errors, slow or harm, not '{value}'.";
                return this;
            case "--token-file" when value.Length > 0: return this with { TokenFile = value };
            case "--prometheus" when Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https":
                return this with { Prometheus = url };
            case "--server" when Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https":
                return this with { Server = url };
            case "--prometheus" or "--server":
                error = $"{name} must be an address such as http://localhost:{(name == "--server" ? 5080 : 9090)}, not '{value}'.";
                return this;
            default:
                error = $"Unknown switch {name}.\n{Usage}";
                return this;
        }
    }

    private static bool AreAddresses(string urls)
    {
        try
        {
            return urls.Split(';').All(url => BindingAddress.Parse(url) is { Scheme: "http", PathBase: "" });
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
