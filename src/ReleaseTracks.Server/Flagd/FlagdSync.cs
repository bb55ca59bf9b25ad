using System.Threading.Channels;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Flagd.Wire;
using ReleaseTracks.Server.Snapshots;

namespace ReleaseTracks.Server.Flagd;

/// <summary>
/// flagd.sync.v1: in-process providers of flagd get every definition at once, and again whenever something served
/// changes. However much changed while a client was slow, it gets the newest set, never a queue of old ones.
/// </summary>
public sealed class FlagdSync(FlagdSet set, SnapshotHolder snapshots, TokenCallers callers, IHostApplicationLifetime lifetime)
    : FlagSyncService.FlagSyncServiceBase
{
    private const string SelectorHeader = "flagd-selector";
    private const string Bearer = "Bearer ";

    public override Task<FetchAllFlagsResponse> FetchAllFlags(FetchAllFlagsRequest request, ServerCallContext context)
    {
        RequireCaller(context, request.Selector);
        return Task.FromResult(new FetchAllFlagsResponse { FlagConfiguration = set.Current });
    }

    public override async Task SyncFlags(
        SyncFlagsRequest request, IServerStreamWriter<SyncFlagsResponse> responseStream, ServerCallContext context)
    {
        var changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using var subscription = snapshots.Subscribe(_ => changed.Writer.TryWrite(true));
        // Streams never end by themselves, and a server that stops waits for its calls.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        string? sent = null;
        try
        {
            do
            {
                // Every time: a revoked key stops listening with the revision that revokes it.
                RequireCaller(context, request.Selector);
                var next = set.Current;
                if (ReferenceEquals(next, sent))
                    continue;
                await responseStream.WriteAsync(Response(next), ended.Token);
                sent = next;
            }
            while (await changed.Reader.WaitToReadAsync(ended.Token) && changed.Reader.TryRead(out _));
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            if (lifetime.ApplicationStopping.IsCancellationRequested)
                throw new RpcException(new(StatusCode.Unavailable, "This server is stopping: connect again."));
        }
    }

    private static SyncFlagsResponse Response(string definitions) => new() { FlagConfiguration = definitions, SyncContext = new Struct() };

    /// <summary>
    /// Most providers can send no header of their own but the selector, so the key may stand there. There is only one set
    /// to select from.
    /// </summary>
    private void RequireCaller(ServerCallContext context, string selector)
    {
        var header = context.RequestHeaders.GetValue("authorization") ?? "";
        var token = header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? header[Bearer.Length..].Trim()
            : context.RequestHeaders.GetValue(SelectorHeader) ?? selector;
        if (callers.Find(token) is not { } caller)
            throw new RpcException(new(StatusCode.Unauthenticated, "Who is calling is not known: send an SDK key as the provider's selector, or as a bearer token."));
        if (!caller.MayEvaluate)
            throw new RpcException(new(StatusCode.PermissionDenied, "This caller may not evaluate: use an SDK key."));
    }
}
