using System.Globalization;
using System.Net;
using ReleaseTracks.Client.Streams;

namespace ReleaseTracks.Client.Snapshots;

/// <summary>Gets the snapshot until it is as new as the stream said, and now and then without being told.</summary>
internal sealed class SnapshotFetcher(ServerHttp server, SnapshotState snapshots, SnapshotFile file, TimeProvider time)
{
    private readonly Signal wake = new(time);
    private long wanted;

    /// <summary>Everything the stream announced is here.</summary>
    public bool IsCurrent => snapshots.Problem is null && snapshots.Current.State.Revision >= Interlocked.Read(ref wanted);

    /// <summary>A new session: another server may count from another revision.</summary>
    public void Restart() => Interlocked.Exchange(ref wanted, 0);

    public void Want(long revision)
    {
        if (revision <= Interlocked.Read(ref wanted))
            return;
        Interlocked.Exchange(ref wanted, revision);
        wake.Give();
    }

    /// <summary>Runs as long as the session. A server behind the one that announced a revision is asked again shortly.</summary>
    public async Task RunAsync(TimeSpan refreshEvery, CancellationToken cancel)
    {
        var (conditional, failures) = (false, 0);
        while (true)
        {
            var answered = await TryFetchAsync(conditional, cancel);
            conditional = answered;
            if (answered && IsCurrent)
            {
                failures = 0;
                await wake.WaitAsync(refreshEvery, cancel);
            }
            else
            {
                failures++;
                await Task.Delay(Backoff.After(failures, Random.Shared.NextDouble()), time, cancel);
            }
        }
    }

    private async Task<bool> TryFetchAsync(bool conditional, CancellationToken cancel)
    {
        try
        {
            return await FetchAsync(conditional, cancel);
        }
        catch (Exception lost) when (!cancel.IsCancellationRequested && lost is HttpRequestException or IOException or OperationCanceledException or ServerRefusedException)
        {
            snapshots.Doubt($"The snapshot cannot be read: {(lost is OperationCanceledException ? $"no whole answer within {ServerHttp.Patience.TotalSeconds:0} s." : lost.Message)}");
            return false;
        }
    }

    /// <summary>Bounded as a whole: an answer that drips is no answer.</summary>
    private async Task<bool> FetchAsync(bool conditional, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(ServerHttp.Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/snapshot");
        // Not on the first of a session: a server installed anew may be at the same revision of another ledger.
        if (conditional)
            request.Headers.IfNoneMatch.Add(new($"\"{snapshots.Current.State.Revision.ToString(CultureInfo.InvariantCulture)}\""));
        using var answer = await server.Client.SendAsync(request, either.Token);
        if (answer.StatusCode == HttpStatusCode.NotModified)
        {
            Vouched();
            return true;
        }

        ServerRefusedException.ThrowUnless(answer);
        var json = await answer.Content.ReadAsByteArrayAsync(either.Token);
        var outcome = snapshots.Take(json);
        if (outcome == Publication.Published)
            file.Save(json);
        else if (outcome == Publication.Confirmed)
            Vouched();
        return outcome is Publication.Published or Publication.Confirmed;
    }

    private void Vouched()
    {
        snapshots.Cleared();
        snapshots.Vouch();
        file.Touch();
    }
}
