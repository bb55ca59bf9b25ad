using System.Net.Http.Json;
using System.Text.Json;
using ReleaseTracks.Client.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Client.Tracks;

internal sealed class TrackUsers(ServerHttp server, SnapshotState snapshots, EnrollmentCache cache, EnrollmentLoader loader, TimeProvider time) : ITrackUsers
{
    private const int MostReads = 3;

    public Disclosure? DisclosureOf(TrackKey track) => snapshots.Current.State.Tracks.GetValueOrDefault(track)?.Config.Disclosure;

    public Task JoinAiAsync(string user, int disclosureVersion, string? organisation, CancellationToken cancel) =>
        EnrolAsync(user, TrackKey.Ai, JsonContent.Create(new { track = TrackKey.Ai.Wire(), disclosureVersion, organisation }), cancel);

    public Task JoinInnovativeAsync(string user, string? organisation, CancellationToken cancel) =>
        EnrolAsync(user, TrackKey.Innovative, JsonContent.Create(new { track = TrackKey.Innovative.Wire(), organisation }), cancel);

    public Task LeaveAsync(string user, CancellationToken cancel) => EnrolAsync(user, TrackKey.Stable, null, cancel);

    public async Task<string> ReportAsync(string feature, string user, string category, string text, string? organisation, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/feedback")
        {
            Content = JsonContent.Create(new { feature, user, category, text, organisation }),
        };
        return (await SendAsync(request, cancel)).GetProperty("id").GetString() ?? "";
    }

    private async Task EnrolAsync(string user, TrackKey track, HttpContent? choice, CancellationToken cancel)
    {
        ArgumentException.ThrowIfNullOrEmpty(user);
        using var request = new HttpRequestMessage(choice is null ? HttpMethod.Delete : HttpMethod.Put, $"api/v1/users/{Uri.EscapeDataString(user)}/enrollment") { Content = choice };
        try
        {
            await SendAsync(request, cancel);
        }
        catch (Exception failed) when (failed is not ReleaseTracksException { Status: not null })
        {
            // It may have been done: nobody is moved by guess, but they are read again.
            cache.Changed(user, TrackKey.Ai);
            throw;
        }

        // As if the stream had told it, which it does too, if it is open: off the higher track at once, onto one when the
        // server says so, because only it knows what the user's organisation allows.
        cache.Changed(user, track);
        for (var reads = 0; reads < MostReads && !IsFresh(user); reads++)
            await loader.ReadAsync(user).WaitAsync(ServerHttp.Patience, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private bool IsFresh(string user)
    {
        _ = cache.Find(user, out var fresh);
        return fresh;
    }

    private async Task<JsonElement> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(ServerHttp.Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        try
        {
            using var answer = await server.Client.SendAsync(request, either.Token);
            return answer.IsSuccessStatusCode
                ? await answer.Content.ReadFromJsonAsync<JsonElement>(either.Token)
                : throw await ReleaseTracksException.OfAsync(answer, either.Token);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException or OperationCanceledException or JsonException)
        {
            throw new ReleaseTracksException("no-answer", $"The server did not answer, so it is not known whether this was done: {lost.Message}", lost);
        }
    }
}
