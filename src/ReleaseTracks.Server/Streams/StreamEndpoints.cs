using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ReleaseTracks.Access;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Http;
using ReleaseTracks.Server.Snapshots;

namespace ReleaseTracks.Server.Streams;

public static class StreamEndpoints
{
    public static void AddStreams(this IServiceCollection services)
    {
        services.AddSingleton<TicketKey>();
        services.AddSingleton<StreamTickets>();
        services.AddSingleton<StreamHub>();
        services.AddSingleton<StreamResponse>();
        services.AddHostedService(provider => provider.GetRequiredService<StreamHub>());
        // It writes the whole address of every request, and here the ticket stands in the address. None rather than
        // Warning: it starts an activity for every request as soon as any level is on.
        services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None));
    }

    public static void MapStreams(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/ofrep/v1/stream", ForUser).AllowAnonymous()
            .WithTags("OFREP").WithSummary("OFREP: change notices for the user of a ticket, as server-sent events.");
        routes.MapGet("/api/v1/stream", ForProduct).RequireAuthorization(Policies.Evaluate)
            .WithTags("Snapshot").WithSummary("Revisions and enrollments as server-sent events.");
    }

    private static async Task ForUser(
        HttpContext http, StreamHub hub, StreamTickets tickets, StreamResponse response, SnapshotHolder snapshots, string? ticket = null)
    {
        await tickets.LoadAsync(http.RequestAborted);
        if (tickets.Read(ticket ?? "") is not { } read)
            await Refuse("A ticket is needed.", "Evaluate all flags again: the answer has a new ticket, good for two minutes.").ExecuteAsync(http);
        else if (hub.OpenForUser(read) is not { } client)
            await Stopping(http);
        else
            await response.RunAsync(http, client, (output, batch) => WriteNotice(output, batch, snapshots));
    }

    private static async Task ForProduct(HttpContext http, StreamHub hub, StreamResponse response)
    {
        var actor = http.User.Actor();
        var key = actor.Kind == ActorKinds.Sdk ? new StreamKey(actor.Id, Secrets.Hash(TokenCallers.TokenOf(http.Request).ToString())) : null;
        if (hub.OpenForProduct(key) is { } client)
            await response.RunAsync(http, client, WriteEvents);
        else
            await Stopping(http);
    }

    /// <summary>However much happened, one notice says it. Unnamed: clients ignore named events.</summary>
    private static void WriteNotice(IBufferWriter<byte> output, IReadOnlyList<StreamEvent> batch, SnapshotHolder snapshots)
    {
        if (batch.All(one => one.Kind == StreamEventKind.Heartbeat))
        {
            output.Write(": heartbeat\n\n"u8);
            return;
        }

        var state = snapshots.Current;
        Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture,
                $"id: {state.Revision}\ndata: {{\"type\":\"refetchEvaluation\",\"etag\":\"{state.Revision}\",\"lastModified\":{state.At.ToUnixTimeSeconds()}}}\n\n"),
            output);
    }

    /// <summary>Every enrollment, but of several revisions only the last: the newest snapshot is all there is to fetch.</summary>
    private static void WriteEvents(IBufferWriter<byte> output, IReadOnlyList<StreamEvent> batch)
    {
        var newest = batch.Where(one => one.Kind is StreamEventKind.Revision or StreamEventKind.Doubt).Select(one => one.Revision).DefaultIfEmpty().Max();
        if (newest > 0)
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"event: revision\nid: {newest}\ndata: {{\"revision\":{newest}}}\n\n"), output);
        // Before the enrollments: what those say is newer than what is read again.
        if (batch.Any(one => one.Kind == StreamEventKind.Doubt))
            output.Write("event: resync\ndata: {}\n\n"u8);
        foreach (var one in batch.Where(one => one.Kind == StreamEventKind.Enrollment))
            Encoding.UTF8.GetBytes($"event: enrollment\ndata: {JsonSerializer.Serialize(new { user = one.User, track = one.Track })}\n\n", output);
        if (batch.All(one => one.Kind == StreamEventKind.Heartbeat))
            output.Write(": heartbeat\n\n"u8);
    }

    private static IResult Refuse(string title, string detail) => Problems.Of(StatusCodes.Status401Unauthorized, "no-ticket", title, detail);

    private static Task Stopping(HttpContext http)
    {
        http.Response.Headers.RetryAfter = "5";
        return Problems.Of(StatusCodes.Status503ServiceUnavailable, "stopping", "This server is stopping.", "Connect again in a few seconds.").ExecuteAsync(http);
    }
}
