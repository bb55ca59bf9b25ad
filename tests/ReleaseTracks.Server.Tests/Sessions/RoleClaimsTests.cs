using System.Security.Claims;
using ReleaseTracks.Server.Sessions;

namespace ReleaseTracks.Server.Tests.Sessions;

public sealed class RoleClaimsTests
{
    [Theory]
    [InlineData("roles", "roles", "sre", "sre")]
    [InlineData("https://shop.example/roles", "https://shop.example/roles", "sre", "sre")]
    [InlineData("realm_access.roles", "realm_access", """{"roles":["sre","viewer"]}""", "sre viewer")]
    [InlineData("a.b.c", "a", """{"b":{"c":"sre"}}""", "sre")]
    [InlineData("realm_access.roles", "realm_access", """{"roles":[1,null,["sre"],{"a":"admin"}]}""", "")]
    [InlineData("realm_access.roles", "realm_access", """{"other":["sre"]}""", "")]
    [InlineData("realm_access.roles", "realm_access", """["sre"]""", "")]
    [InlineData("realm_access.roles", "realm_access", "sre", "")]
    [InlineData("realm_access.roles", "realm_access", """{"roles":["\ud800"]}""", "")]
    [InlineData("roles", "groups", "sre", "")]
    public void Roles_OfAnyShape_AreReadOrNone(string claim, string given, string value, string expected)
    {
        var user = new ClaimsPrincipal(new ClaimsIdentity([new Claim(given, value)]));

        Assert.Equal(expected, string.Join(' ', RoleClaims.Of(user, claim)));
    }
}
