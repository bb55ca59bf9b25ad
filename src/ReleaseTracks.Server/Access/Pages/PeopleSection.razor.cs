using System.Collections.Immutable;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using ReleaseTracks.Access;
using ReleaseTracks.Server.Components;

namespace ReleaseTracks.Server.Access.Pages;

public sealed partial class PeopleSection
{
    private (string Title, string Url)? link;
    private string name = "";
    private ImmutableArray<string> roles = [Roles.Viewer];

    [Inject]
    private PeopleService Service { get; set; } = null!;

    [Inject]
    private IOptions<AccessOptions> Access { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    private List<Person> People => [.. State.People.Values.Where(person => person.IsActive).OrderBy(person => person.CreatedAt).ThenBy(person => person.Id, StringComparer.Ordinal)];

    private int SessionsOf(Person person) => person.Sessions.Count(session => Now - session.At < Access.Value.SessionSpan);

    private Task InviteAsync() => RunAsync(async actor =>
    {
        var wanted = name.Trim();
        if (wanted.Length == 0 || roles.IsEmpty)
            return "Give a name and at least one role.";
        Show(await Service.InviteAsync(wanted, roles, actor, CancellationToken.None));
        (name, roles) = ("", [Roles.Viewer]);
        return null;
    });

    private Task LinkAsync(Person person) => ActAsync(actor => Service.InviteAgainAsync(person.Id, actor, CancellationToken.None));

    private Task ChangeAsync(Person person, ImmutableArray<string> wanted) => wanted.IsEmpty
        ? RunAsync(_ => Task.FromResult<string?>("Somebody without a role can do nothing: remove them instead."))
        : ActAsync(actor => Service.ChangeAsync(person.Id, null, wanted, actor, CancellationToken.None));

    private Task SignOutAsync(Person person) => ActAsync(actor => Service.SignOutAsync(person.Id, actor, CancellationToken.None));

    private Task RemoveAsync(Person person) => ActAsync(actor => Service.RemoveAsync(person.Id, actor, CancellationToken.None));

    private Task ActAsync(Func<Actor, Task<PeopleOutcome>> act) => RunAsync(async actor =>
    {
        var outcome = await act(actor);
        Show(outcome);
        return outcome.Refusal switch
        {
            null => null,
            PeopleRefusal.LastAdmin => "Nobody would be left who can invite anybody: give somebody else the role admin first.",
            PeopleRefusal.FromProvider => "This person signs in through the identity provider: change their roles there.",
            _ => "There is no such person any more.",
        };
    });

    private void Show(PeopleOutcome outcome)
    {
        if (outcome is { Token: { } token, Person: { } person })
            link = ($"A one-time link for {person.Name}, good until {person.InvitationExpiresAt:yyyy-MM-dd HH:mm} UTC.", Navigation.ToAbsoluteUri($"{Urls.SignIn}/{token}").ToString());
    }
}
