using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using ReleaseTracks.Access;
using ReleaseTracks.Server.Access;

namespace ReleaseTracks.Server.Components;

/// <summary>
/// Who acts on a page. Hiding a button is not a check: whatever a page does asks here first, at the moment it does it.
/// </summary>
public sealed class PageCaller(AuthenticationStateProvider state, IAuthorizationService authorization)
{
    /// <returns>Null when the person may not; the page then says so.</returns>
    public async Task<Actor?> ForAsync(string policy)
    {
        var user = (await state.GetAuthenticationStateAsync()).User;
        return (await authorization.AuthorizeAsync(user, policy)).Succeeded ? user.Actor() : null;
    }
}
