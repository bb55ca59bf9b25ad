using System.Globalization;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Http;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;

namespace ReleaseTracks.Server.Ledger;

public static class LedgerEndpoints
{
    private const int MostEntries = 10_000;
    private const int Page = 500;
    private const string CloudEvents = "cloudevents";

    public static void MapLedger(this IEndpointRouteBuilder routes)
    {
        var ledger = routes.MapGroup("/api/v1/ledger").WithTags("Ledger").RequireAuthorization(Policies.View);
        ledger.MapGet("", Entries).WithSummary("Entries as NDJSON, exactly the bytes that are hashed; ?format=cloudevents wraps them. The Link header leads on.");
        ledger.MapGet("/checkpoint", SignedCheckpoint).WithSummary("The newest checkpoint as a C2SP signed note.");
        ledger.MapGet("/{seq:long}/proof", Inclusion).WithSummary("RFC 6962 inclusion proof of one entry in the tree of ?size= entries.");
        ledger.MapGet("/consistency", Consistency).WithSummary("RFC 6962 consistency proof between two tree sizes.");
    }

    private static async Task<IResult> Entries(HttpContext http, LedgerStore store, SnapshotHolder snapshots, long from = 1, int limit = 1000, string? format = null)
    {
        if (from < 1)
            return Problems.Invalid("from", "Entries are numbered from 1.");
        if (limit is < 1 or > MostEntries)
            return Problems.Invalid("limit", $"Give 1 to {MostEntries}.");
        if (format is not (null or CloudEvents))
            return Problems.Invalid("format", $"Unknown format; leave it out, or give {CloudEvents}.");
        // Not beyond the snapshot: what this server has not checked, it does not hand out.
        var last = Math.Min(snapshots.Current.Revision, from + limit - 1);
        var origin = snapshots.Current.Origin;
        http.Response.ContentType = "application/x-ndjson; charset=utf-8";
        http.Response.Headers.Link = $"<{Next(Math.Max(from, last + 1), limit, format)}>; rel=\"next\"";
        http.Response.Headers.CacheControl = "no-store";
        for (var next = from; next <= last;)
        {
            var entries = await store.ReadAsync(next, (int)Math.Min(Page, last - next + 1));
            if (entries.Count == 0)
                break;
            foreach (var entry in entries)
            {
                await http.Response.Body.WriteAsync(format is null ? entry : LedgerEvents.Write(origin, entry), http.RequestAborted);
                await http.Response.Body.WriteAsync("\n"u8.ToArray(), http.RequestAborted);
            }

            next += entries.Count;
        }

        return Results.Empty;
    }

    /// <summary>Where to go on; at the end of the ledger, where the next entry will be.</summary>
    private static string Next(long from, int limit, string? format) => string.Create(
        CultureInfo.InvariantCulture, $"/api/v1/ledger?from={from}&limit={limit}{(format is null ? "" : $"&format={format}")}");

    private static IResult SignedCheckpoint(LedgerMirror mirror) =>
        mirror.SignedCheckpoint is { } note ? TypedResults.Text(note, "text/plain", System.Text.Encoding.UTF8) : Problems.NotFound("checkpoint");

    private static IResult Inclusion(long seq, LedgerMirror mirror, long? size = null)
    {
        var treeSize = size ?? mirror.Tree.Size;
        if (treeSize < 1 || treeSize > mirror.Tree.Size)
            return Problems.Invalid("size", $"Give 1 to {mirror.Tree.Size}.");
        if (seq < 1 || seq > treeSize)
            return Problems.NotFound("entry");
        var proof = mirror.Tree.InclusionProof(seq - 1, treeSize);
        return JsonAnswer.Object(json =>
        {
            json.WriteNumber("seq", seq);
            json.WriteNumber("leafIndex", seq - 1);
            json.WriteString("leafHash", Convert.ToBase64String(mirror.Tree.LeafHash(seq - 1)));
            json.WriteNumber("treeSize", treeSize);
            json.WriteString("rootHash", Convert.ToBase64String(mirror.Tree.Root(treeSize)));
            json.WriteStrings("hashes", proof.Select(Convert.ToBase64String));
        });
    }

    private static IResult Consistency(LedgerMirror mirror, long from, long? to = null)
    {
        var size = to ?? mirror.Tree.Size;
        if (size < 1 || size > mirror.Tree.Size)
            return Problems.Invalid("to", $"Give 1 to {mirror.Tree.Size}.");
        if (from < 1 || from > size)
            return Problems.Invalid("from", $"Give 1 to {size}.");
        return JsonAnswer.Object(json =>
        {
            json.WriteNumber("from", from);
            json.WriteNumber("to", size);
            json.WriteString("fromRoot", Convert.ToBase64String(mirror.Tree.Root(from)));
            json.WriteString("toRoot", Convert.ToBase64String(mirror.Tree.Root(size)));
            json.WriteStrings("hashes", mirror.Tree.ConsistencyProof(from, size).Select(Convert.ToBase64String));
        });
    }
}
