using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;
using ReleaseTracks.Access;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Server.Tests.Access;

/// <summary>Asks every endpoint of the route table as every kind of caller.</summary>
public sealed class RoleMatrixTests
{
    private static readonly string[] Callers = ["anonymous", Roles.Sdk, .. Roles.People, "bootstrap", "revoked"];

    [Fact]
    public async Task EveryEndpoint_AskedByEveryCaller_LetsInExactlyWhoTheMatrixNames()
    {
        await using var server = await TestServer.StartAsync();
        var calls = Calls(server);
        Assert.Empty(calls.Select(call => call.Row).Except(RoleMatrix.Rows.Keys));
        Assert.Empty(RoleMatrix.Rows.Keys.Except(calls.Select(call => call.Row)));

        var wrong = new List<string>();
        foreach (var caller in Callers)
        {
            using var client = await ClientAsync(server, caller);
            foreach (var (row, method, path) in calls)
            {
                // Leaving ends the session that the next calls need; SignInTests cover it.
                if (row == "POST /sign-out")
                    continue;
                var answer = await AskAsync(client, method, path, row == "GRPC" ? "application/grpc" : "application/json");
                var expected = Expected(RoleMatrix.Rows[row], caller);
                if (expected != answer)
                    wrong.Add($"{caller}: {method} {path}: {answer}, not {expected}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static string Expected(string row, string caller)
    {
        var may = row.Split(' ');
        if (may is [RoleMatrix.Ticket])
            return "unknown";
        if (may.Contains(caller) || may.Contains("anonymous") || caller == "bootstrap")
            return "in";
        if (may.Contains("own-page"))
            return "a bare 403";
        return caller is "anonymous" or "revoked" || may.Contains("token-only") ? "unknown" : "forbidden";
    }

    private static async Task<string> AskAsync(HttpClient client, string method, string path, string contentType)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is "POST" or "PUT")
            request.Content = new StringContent("{}", null, contentType);
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        var isRefused = answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;
        if (isRefused && answer.Content.Headers.ContentType?.MediaType != "application/problem+json")
            return $"a bare {(int)answer.StatusCode}";
        return answer.StatusCode switch
        {
            HttpStatusCode.Unauthorized => "unknown",
            HttpStatusCode.Forbidden => "forbidden",
            HttpStatusCode.InternalServerError => $"{(int)answer.StatusCode}",
            _ => "in",
        };
    }

    private static async Task<HttpClient> ClientAsync(TestServer server, string caller)
    {
        var client = caller switch
        {
            "anonymous" => server.Client(null),
            "bootstrap" => server.Client(TestServer.BootstrapToken),
            "revoked" => await RevokedAsync(server),
            Roles.Sdk => server.Client(await server.CreateKeyAsync()),
            _ => await server.SignInAsync(caller),
        };
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        return client;
    }

    /// <summary>Somebody who may do everything, until a moment ago.</summary>
    private static async Task<HttpClient> RevokedAsync(TestServer server)
    {
        var (id, link) = await server.InviteAsync("Gone", [.. Roles.People]);
        var client = await server.OpenAsync(link);
        await server.InviteAsync("Stays", Roles.Admin);
        await server.SendAsync(HttpMethod.Delete, $"/api/v1/people/{id}");
        return client;
    }

    private static List<(string Row, string Method, string Path)> Calls(TestServer server) =>
    [
        .. server.Services.GetRequiredService<IEnumerable<EndpointDataSource>>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .SelectMany(endpoint => Methods(endpoint).Select(method => (Row(endpoint, method), method, Path(endpoint)))).Distinct(),
    ];

    private static IEnumerable<string> Methods(RouteEndpoint endpoint)
    {
        if (IsGrpc(endpoint))
            return ["POST"];
        var methods = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"];
        // Components answer POST for forms and assets HEAD, with the same rule as GET.
        return methods.Contains("GET") && methods.Count > 1 ? ["GET"] : methods;
    }

    private static string Row(RouteEndpoint endpoint, string method) =>
        endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not null ? "ASSETS"
        : endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is not null ? $"PAGE {Pattern(endpoint)}"
        : Regex.IsMatch(Pattern(endpoint), "^/_(blazor|framework)") ? "BLAZOR"
        : IsGrpc(endpoint) ? "GRPC"
        : $"{method} {Pattern(endpoint)}";

    private static bool IsGrpc(RouteEndpoint endpoint) => Pattern(endpoint).Contains("grpcunimplemented", StringComparison.Ordinal)
        || endpoint.Metadata.Any(metadata => metadata.GetType().Name == "GrpcMethodMetadata");

    private static string Pattern(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.Trim('/');

    private static string Path(RouteEndpoint endpoint) => Regex.Replace(Pattern(endpoint), @"\{\w+:(long|int)\}", "1") is var path
        ? Regex.Replace(path.Replace("{documentName}", "v1", StringComparison.Ordinal), @"\{[^}]*\}", "none.js")
        : "";
}
