using Microsoft.AspNetCore.Http.HttpResults;
using ReleaseTracks.Plans;

namespace ReleaseTracks.Server.Http;

/// <summary>RFC 9457 problems: what went wrong, where, and what to do about it.</summary>
public static class Problems
{
    public const string Prefix = "urn:releasetracks:problem:";

    public static ProblemHttpResult Of(int status, string type, string title, string detail) =>
        TypedResults.Problem(detail, statusCode: status, title: title, type: Prefix + type);

    /// <summary>Everything that is wrong with an input, by path.</summary>
    public static ProblemHttpResult Invalid(InputErrors errors) => Listed(
        StatusCodes.Status400BadRequest, "invalid", "The request is not valid.",
        "Correct what `errors` lists and send the request again; nothing was stored.", errors);

    /// <summary>A problem of several parts, by path.</summary>
    public static ProblemHttpResult Listed(int status, string type, string title, string detail, InputErrors errors) => TypedResults.Problem(
        detail,
        statusCode: status,
        title: title,
        type: Prefix + type,
        extensions: new Dictionary<string, object?>
        {
            ["errors"] = errors.All
                .GroupBy(error => error.Path.Length == 0 ? "$" : error.Path, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.Select(error => error.Message).ToArray(), StringComparer.Ordinal),
        });

    public static ProblemHttpResult Invalid(string path, string message)
    {
        var errors = new InputErrors();
        errors.Add(path, message);
        return Invalid(errors);
    }

    public static ProblemHttpResult NotFound(string what) =>
        Of(StatusCodes.Status404NotFound, "not-found", $"There is no such {what}.", $"Check the {what}'s key or id; list what exists first.");

    public static ProblemHttpResult Conflict(string type, string title, string detail) =>
        Of(StatusCodes.Status409Conflict, type, title, detail);

    public static ProblemHttpResult Forbidden(string type, string title, string detail) =>
        Of(StatusCodes.Status403Forbidden, type, title, detail);
}
