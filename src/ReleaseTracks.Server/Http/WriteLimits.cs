using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using ReleaseTracks.Server.Access;

namespace ReleaseTracks.Server.Http;

/// <summary>
/// How many changes one caller may make: each is an entry that every server keeps for ever, so a script that runs wild
/// must not write thousands. What products report and ask, and enrolment, are not limited.
/// </summary>
public static class WriteLimits
{
    private static readonly string[] Unlimited = ["/api/v1/users", "/api/v1/outcomes", "/api/v1/feedback"];

    public static void AddWriteLimits(this IServiceCollection services)
    {
        services.AddRateLimiter(options =>
        {
            options.OnRejected = (context, _) => new(RefuseAsync(context.HttpContext, context.Lease));
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(Partition);
        });
    }

    private static RateLimitPartition<string> Partition(HttpContext http)
    {
        var request = http.Request;
        var isLimited = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && request.Path.StartsWithSegments("/api")
            && !Unlimited.Any(path => request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase));
        if (!isLimited)
            return RateLimitPartition.GetNoLimiter("");
        var actor = http.User.Actor();
        var perMinute = http.RequestServices.GetRequiredService<IOptions<AccessOptions>>().Value.WritesPerMinute;
        return RateLimitPartition.GetTokenBucketLimiter($"{actor.Kind}:{actor.Id}", _ => new()
        {
            TokenLimit = perMinute,
            TokensPerPeriod = Math.Max(1, perMinute / 60),
            ReplenishmentPeriod = perMinute >= 60 ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(60.0 / perMinute),
            QueueLimit = 0,
        });
    }

    private static Task RefuseAsync(HttpContext http, RateLimitLease lease)
    {
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, Math.Ceiling(after.TotalSeconds)) : 1;
        http.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        return Problems.Of(
            StatusCodes.Status429TooManyRequests,
            "too-many-writes",
            "This caller changes too much at once.",
            $"Wait as long as Retry-After says; put several changes into one plan. The limit is {AccessOptions.Section}:WritesPerMinute.").ExecuteAsync(http);
    }
}
