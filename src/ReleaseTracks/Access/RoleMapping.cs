using System.Collections.Immutable;

namespace ReleaseTracks.Access;

/// <summary>From what an identity provider says to roles here. What is not named gives no role.</summary>
public static class RoleMapping
{
    /// <param name="values">The values of the provider's role claim.</param>
    /// <param name="mapped">By role, the value that stands for it; a role without one is given by its own name.</param>
    public static ImmutableArray<string> Map(IReadOnlyCollection<string> values, IReadOnlyDictionary<string, string> mapped) =>
        [.. Roles.People.Where(role => values.Contains(mapped.GetValueOrDefault(role, role), StringComparer.Ordinal))];
}
