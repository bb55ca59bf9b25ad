using System.Net;
using Microsoft.AspNetCore.Diagnostics;
using Prometheus;
using ReleaseTracks.Access;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Server.Rollbacks;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;

namespace ReleaseTracks.Server.Http;

/// <summary>What every request goes through: problems instead of bare status codes, metrics, health, API description.</summary>
public static class HttpFoundations
{
    public static void AddHttpFoundations(this IServiceCollection services)
    {
        // A registry of its own: two servers in one process (tests, the demo) must not add up each other's counts.
        var registry = Metrics.NewCustomRegistry();
        services.AddSingleton(registry);
        services.AddSingleton<IMetricFactory>(Metrics.WithCustomRegistry(registry));
        services.AddHsts(options => options.MaxAge = TimeSpan.FromDays(365));
        services.AddProblemDetails(options => options.CustomizeProblemDetails = Describe);
        services.AddOpenApi("v1");
    }

    public static void UseHttpFoundations(this WebApplication app)
    {
        app.UseExceptionHandler(handler => handler.Run(AnswerFault));
        // Here, so that endpoints that skip the rest of the way still have their faults answered.
        app.UseRouting();
        app.UseStatusCodePages();
        var registry = app.Services.GetRequiredService<CollectorRegistry>();
        DotNetStats.Register(registry);
        app.UseHttpMetrics(options => options.SetMetricFactory(app.Services.GetRequiredService<IMetricFactory>()));
        app.MapGet("/metrics", MetricsAsync).ExcludeFromDescription().RequireAuthorization(policy => policy.RequireAssertion(context =>
            context.User.IsInRole(Roles.Viewer) || context.User.IsInRole(Roles.Metrics) || (context.Resource is HttpContext http && IsLocal(http))));
        app.MapOpenApi("/openapi/{documentName}.json").RequireAuthorization(Policies.View);
    }

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz/live", () => TypedResults.Text("live")).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet("/healthz/ready", Ready).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>
    /// A server with a snapshot can evaluate, whatever happened to the store: it stays ready and says what is wrong,
    /// because taking it out of rotation would turn a lost store into a lost product.
    /// </summary>
    private static JsonAnswer Ready(SnapshotHolder snapshots, StoreConnection store, LedgerMirror mirror)
    {
        string[] reasons = [.. new[] { store.DescribeFault(), mirror.Refusal, mirror.Unkept }.OfType<string>()];
        var ready = snapshots.IsReady;
        return JsonAnswer.Object(
            json =>
            {
                json.WriteString("status", !ready ? "unready" : reasons.Length > 0 ? "degraded" : "ready");
                json.WriteNumber("revision", snapshots.Current.Revision);
                json.WriteStartArray("reasons");
                foreach (var reason in reasons)
                    json.WriteStringValue(reason);
                json.WriteEndArray();
            },
            ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task MetricsAsync(HttpContext http, CollectorRegistry registry, BudgetExposition budgets)
    {
        http.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await registry.CollectAndExportAsTextAsync(http.Response.Body, ExpositionFormat.PrometheusText, http.RequestAborted);
        budgets.Write(http.Response.BodyWriter);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    /// <summary>A request that came through a proxy is not local, even if the proxy is.</summary>
    private static bool IsLocal(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote) && !http.Request.Headers.ContainsKey("X-Forwarded-For")
        && !http.Request.Headers.ContainsKey("Forwarded");

    private static Task AnswerFault(HttpContext http)
    {
        if (ComponentsSetup.IsPage(http))
        {
            http.Response.Redirect(Urls.Fault);
            return Task.CompletedTask;
        }

        var fault = http.Features.Get<IExceptionHandlerFeature>()?.Error;
        var problem = fault switch
        {
            LedgerUnavailableException refused => Problems.Of(503, "ledger-unavailable", "Nothing can be changed now.", refused.Message),
            BadHttpRequestException bad => Problems.Of(bad.StatusCode, "bad-request", "The request cannot be read.", bad.Message),
            { } lost when StoreFaults.IsUnavailable(lost) => Problems.Of(
                503, "store-unavailable", "The store does not answer.", "Evaluation goes on from the last snapshot; try the change again later."),
            _ => Problems.Of(500, "internal", "Something went wrong in the server.", "Nothing is known to have been stored; the server's log has the details."),
        };
        if (problem.StatusCode == 503)
            http.Response.Headers.RetryAfter = "5";
        return problem.ExecuteAsync(http);
    }

    private static void Describe(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        if (problem.Type?.StartsWith(Problems.Prefix, StringComparison.Ordinal) == true)
            return;
        (problem.Type, problem.Detail) = problem.Status switch
        {
            (int)HttpStatusCode.NotFound => (Problems.Prefix + "not-found", "There is nothing at this path; GET /openapi/v1.json lists what there is."),
            (int)HttpStatusCode.MethodNotAllowed => (Problems.Prefix + "method-not-allowed", "Use one of the methods in the Allow header."),
            (int)HttpStatusCode.UnsupportedMediaType => (Problems.Prefix + "unsupported-media-type", "Send application/json."),
            _ => (Problems.Prefix + "bad-request", problem.Detail ?? "Correct the request and send it again."),
        };
    }
}
