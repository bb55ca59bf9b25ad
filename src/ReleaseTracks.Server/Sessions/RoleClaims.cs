using System.Security.Claims;
using System.Text.Json;

namespace ReleaseTracks.Server.Sessions;

/// <summary>
/// Reads what an identity provider says of somebody's roles: from the claim of that name, or, as Keycloak has it in
/// <c>realm_access.roles</c>, from within a claim that is a JSON object.
/// </summary>
internal static class RoleClaims
{
    /// <summary>The claim that has to be asked for.</summary>
    public static string Outermost(string claim) => claim.Split('.')[0];

    /// <summary>None where the claim is missing, or is neither a text nor an array of texts.</summary>
    public static IReadOnlyCollection<string> Of(ClaimsPrincipal user, string claim)
    {
        // Names of claims may have dots of their own: those of Auth0 are addresses.
        var named = user.FindAll(claim).Select(found => found.Value).ToArray();
        return named.Length > 0 || !claim.Contains('.') ? named : [.. user.FindAll(Outermost(claim)).SelectMany(found => Within(found.Value, claim.Split('.')[1..]))];
    }

    private static IEnumerable<string> Within(string text, string[] path)
    {
        try
        {
            var value = JsonElement.Parse(text);
            foreach (var step in path)
            {
                if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(step, out value))
                    return [];
            }

            return value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().SelectMany(Text)] : Text(value);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    private static string[] Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? [value.GetString()!] : [];
}
