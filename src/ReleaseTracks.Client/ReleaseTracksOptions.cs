using System.Globalization;
using Microsoft.AspNetCore.Http;
using ReleaseTracks.Client.Features;
using ReleaseTracks.Client.Objectives;

namespace ReleaseTracks.Client;

/// <summary>How an app talks to its ReleaseTracks server. <see cref="Endpoint"/> and <see cref="Key"/> are all it needs.</summary>
public sealed class ReleaseTracksOptions
{
    /// <summary>Address of the server, such as <c>https://tracks.example.com</c>. Required.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>The SDK key (<c>rtk_…</c>), made on the server with <c>POST /api/v1/keys</c>. Required; keep it out of source control.</summary>
    public string Key { get; set; } = "";

    /// <summary>
    /// Who a request is for: the id that the user is enrolled under. Null means nobody is signed in, who gets what
    /// Stable gets. Not set: the user id of the app's <c>ITargetingContextAccessor</c> where it registered one, or else
    /// the name of the signed-in user.
    /// </summary>
    public Func<HttpContext, string?>? User { get; set; }

    /// <summary>The organisation of the request's user, whose ceiling applies. Default: none.</summary>
    public Func<HttpContext, string?> Organisation { get; set; } = static _ => null;

    /// <summary>How long the app's start waits for the first snapshot; then it starts with what it has. Default 2 s.</summary>
    public TimeSpan StartupWait { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long an evaluation waits for the track of a user it does not know yet; then they are on Stable. Default 250 ms.</summary>
    public TimeSpan LookupWait { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>After this long without a word from the server the snapshot is stale: the health check says degraded. Default 60 s.</summary>
    public TimeSpan StaleAfter { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How often the snapshot is asked for while the stream is silent, in case it lies. Default 5 min.</summary>
    public TimeSpan RefreshEvery { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The most users whose track is remembered; beyond it those not seen lately are forgotten. Default 100,000.</summary>
    public int MostUsers { get; set; } = 100_000;

    /// <summary>
    /// File that keeps the last snapshot for a start without the server. Null: one per endpoint under the user's local
    /// application data. Empty: none is kept. It holds features and disclosures, no users and no key.
    /// </summary>
    public string? SnapshotPath { get; set; }

    /// <summary>Where outcomes go. Default: reported to the server.</summary>
    public OutcomeDelivery Outcomes { get; set; } = OutcomeDelivery.Report;

    /// <summary>How often outcomes are reported. Default 1 s.</summary>
    public TimeSpan ReportEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>A call that takes longer is a bad outcome of the latency indicator, unless the call says otherwise. Default 1 s.</summary>
    public TimeSpan InTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Other times for features by key, in place of <see cref="InTime"/>.</summary>
    public Dictionary<string, TimeSpan> InTimeFor { get; } = new(StringComparer.Ordinal);

    /// <summary>Words around a disclosure, by culture. Default: English.</summary>
    public Func<CultureInfo, DisclosureWords> DisclosureWords { get; set; } = static _ => Client.Features.DisclosureWords.English;

    /// <summary>
    /// The handler for all requests to the server, made once, for proxies or client certificates. Default: sockets
    /// without redirects and cookies, and 5 s to connect.
    /// </summary>
    public Func<HttpMessageHandler>? Handler { get; set; }
}
