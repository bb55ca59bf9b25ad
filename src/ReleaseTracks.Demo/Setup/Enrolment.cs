using ReleaseTracks.Demo.Traffic;

namespace ReleaseTracks.Demo.Setup;

/// <summary>
/// Readers choose their track, as the product would pass it on: with its SDK key, and into AI only with the version of
/// the disclosure that they agreed to.
/// </summary>
internal static class Enrolment
{
    private const int AtOnce = 8;

    public static async Task RunAsync(HttpClient http, int disclosureVersion, CancellationToken cancel)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel };
        await Parallel.ForEachAsync(Readers.Ai, options, async (reader, token) =>
            await PutAsync(http, reader, new { track = "ai", disclosureVersion }, token));
        await Parallel.ForEachAsync(Readers.Innovative, options, async (reader, token) =>
            await PutAsync(http, reader, new { track = "innovative" }, token));
    }

    private static async Task PutAsync(HttpClient http, string reader, object choice, CancellationToken cancel)
    {
        using var response = await http.PutAsJsonAsync($"api/v1/users/{reader}/enrollment", choice, cancel);
        await ManagementApi.AnswerAsync(response, cancel);
    }
}
