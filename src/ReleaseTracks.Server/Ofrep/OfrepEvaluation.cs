using System.Globalization;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Server.Http;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Streams;

namespace ReleaseTracks.Server.Ofrep;

/// <summary>OpenFeature Remote Evaluation Protocol 0.3.0. Whatever can be evaluated is a 200: clients turn a 400 into their default.</summary>
public sealed class OfrepEvaluation(
    OfrepTracks tracks, SnapshotHolder snapshots, StreamTickets tickets, LedgerService ledger, TimeProvider time, ILogger<OfrepEvaluation> logger)
{
    private static readonly TimeSpan CatchUpWithin = TimeSpan.FromSeconds(1);

    public async Task OneAsync(HttpContext http)
    {
        var key = KeyOf(http);
        var read = await ReadAsync(http);
        if (read.Fault is { } fault)
        {
            await OfrepAnswer.FaultAsync(http.Response, read.Status, key, fault);
            return;
        }

        var track = await tracks.FindAsync(read.Context);
        var state = snapshots.Current;
        if (state.FindServed(key) is { } feature)
            await OfrepAnswer.FlagAsync(http.Response, Evaluator.Evaluate(feature, track, read.Context.TargetingKey), state.Revision);
        else
            await OfrepAnswer.FaultAsync(http.Response, StatusCodes.Status404NotFound, key, new(OfrepFault.FlagNotFound, "There is no feature with this key, or it is archived."));
    }

    public async Task AllAsync(HttpContext http)
    {
        var read = await ReadAsync(http);
        if (read.Fault is { } fault)
        {
            await OfrepAnswer.FaultAsync(http.Response, read.Status, null, fault);
            return;
        }

        await CatchUpAsync(http);
        await tickets.LoadAsync(http.RequestAborted);
        var track = await tracks.FindAsync(read.Context);
        var state = snapshots.Current;
        await OfrepAnswer.FlagsAsync(
            http,
            body => OfrepBulk.WriteFlags(body, state, track, read.Context.TargetingKey, logger),
            tickets.Minute,
            tickets.Issue(read.Context.TargetingKey, state.Revision));
    }

    /// <summary>
    /// A client that heard of a change from another server must not be told by this one that nothing changed: the
    /// notice's tag is the revision, and it comes back with the refetch.
    /// </summary>
    private async Task CatchUpAsync(HttpContext http)
    {
        if (!long.TryParse(http.Request.Query["flagConfigEtag"], NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            || revision <= snapshots.Current.Revision)
        {
            return;
        }

        try
        {
            await ledger.CatchUpAsync(http.RequestAborted).WaitAsync(CatchUpWithin, time);
        }
        catch (Exception behind) when (behind is not OperationCanceledException)
        {
            // What this server has is still right to serve; the ledger's own loop reports what is wrong.
        }
    }

    /// <summary>Routing leaves an escaped slash alone, to keep segments apart; a key is all of the rest.</summary>
    private static string KeyOf(HttpContext http) =>
        (http.GetRouteValue("key") as string ?? "").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    private static async ValueTask<OfrepRequest> ReadAsync(HttpContext http)
    {
        var body = http.Request.BodyReader;
        try
        {
            while (true)
            {
                var read = await body.ReadAsync(http.RequestAborted);
                if (!read.IsCompleted)
                {
                    body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                    continue;
                }

                var fault = OfrepContextReader.Read(read.Buffer, out var context);
                body.AdvanceTo(read.Buffer.End);
                return new(context, fault, StatusCodes.Status400BadRequest);
            }
        }
        catch (BadHttpRequestException refused) when (refused.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return new(default, new(OfrepFault.General, $"Send at most {JsonBody.MostBytes} bytes."), refused.StatusCode);
        }
    }

    private readonly record struct OfrepRequest(OfrepContext Context, OfrepFault? Fault, int Status);
}
