using ReleaseTracks.Access;

namespace ReleaseTracks.Tests.Access;

public sealed class RoleMappingTests
{
    [Theory]
    [InlineData("viewer,sre", "viewer,sre")]
    [InlineData("Viewer,SRE,sdk,bootstrap", "")]
    [InlineData("Owners,viewer", "viewer,admin")]
    [InlineData("admin", "")]
    [InlineData("Owners,Owners", "admin")]
    [InlineData("", "")]
    public void Roles_FromTheProvider_AreOnlyThoseThatAreNamed(string values, string roles)
    {
        var mapped = new Dictionary<string, string> { [Roles.Admin] = "Owners" };

        Assert.Equal(Split(roles), RoleMapping.Map(Split(values), mapped));
    }

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
