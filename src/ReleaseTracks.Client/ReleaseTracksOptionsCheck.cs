using Microsoft.Extensions.Options;

namespace ReleaseTracks.Client;

/// <summary>Everything that is wrong at once, each with the property that is meant.</summary>
internal sealed class ReleaseTracksOptionsCheck : IValidateOptions<ReleaseTracksOptions>
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, ReleaseTracksOptions options)
    {
        var failures = new List<string>();
        if (options.Endpoint is not { IsAbsoluteUri: true, Scheme: "https" or "http" })
            failures.Add($"{nameof(options.Endpoint)}: give the server's address, such as https://tracks.example.com.");
        if (string.IsNullOrWhiteSpace(options.Key) || options.Key.Any(char.IsControl))
            failures.Add($"{nameof(options.Key)}: give an SDK key (rtk_…), made on the server with POST /api/v1/keys.");
        if (options.MostUsers is < 1 or > 10_000_000)
            failures.Add($"{nameof(options.MostUsers)}: must be from 1 to 10,000,000.");
        if (!Enum.IsDefined(options.Outcomes))
            failures.Add($"{nameof(options.Outcomes)}: is none of the known deliveries.");
        Check(nameof(options.StartupWait), options.StartupWait, TimeSpan.Zero);
        Check(nameof(options.LookupWait), options.LookupWait, TimeSpan.Zero);
        Check(nameof(options.StaleAfter), options.StaleAfter, TimeSpan.FromSeconds(1));
        Check(nameof(options.RefreshEvery), options.RefreshEvery, TimeSpan.FromSeconds(1));
        Check(nameof(options.ReportEvery), options.ReportEvery, TimeSpan.FromMilliseconds(50));
        Check(nameof(options.InTime), options.InTime, TimeSpan.FromMilliseconds(1));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures.Select(failure => $"ReleaseTracks {failure}"));

        void Check(string property, TimeSpan value, TimeSpan least)
        {
            if (value < least || value > Longest)
                failures.Add($"{property}: must be from {least} to {Longest}.");
        }
    }
}
