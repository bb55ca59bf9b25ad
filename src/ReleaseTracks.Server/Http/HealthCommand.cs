namespace ReleaseTracks.Server.Http;

/// <summary>
/// <c>health</c>: asks the server on this machine whether it is ready. For containers, whose image has no shell and no curl.
/// </summary>
public static class HealthCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Without an address, the first of the setting <c>Urls</c>, as the server itself reads it.</summary>
    public static async Task<int> RunAsync(string[] args, string? urls, TextWriter output, TextWriter error)
    {
        var given = args is ["--url", var address] ? address : args.Length == 0 ? urls : null;
        if (given is not { Length: > 0 } || Address(given, "/healthz/ready") is not { } ready)
        {
            await error.WriteLineAsync("Usage: health [--url http://127.0.0.1:8080]; without an address, the setting Urls is asked.");
            return 2;
        }

        try
        {
            using var http = new HttpClient { Timeout = Patience };
            using var answer = await http.GetAsync(ready);
            await output.WriteLineAsync(await answer.Content.ReadAsStringAsync());
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception away) when (away is HttpRequestException or TaskCanceledException)
        {
            await error.WriteLineAsync($"{ready} does not answer: {away.Message}");
            return 1;
        }
    }

    /// <summary>A path on the server that listens on these; null if they are no addresses.</summary>
    internal static Uri? Address(string urls, string path)
    {
        try
        {
            var binding = BindingAddress.Parse(urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[0]);
            var host = binding.Host is "+" or "*" or "0.0.0.0" or "[::]" ? "127.0.0.1" : binding.Host;
            return new UriBuilder(binding.Scheme, host, binding.Port, path).Uri;
        }
        catch (Exception broken) when (broken is FormatException or IndexOutOfRangeException)
        {
            return null;
        }
    }
}
