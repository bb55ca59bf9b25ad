using ReleaseTracks.Access;
using ReleaseTracks.Ledger;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tests.Builders;

namespace ReleaseTracks.Tests.Snapshots;

public sealed class AccessFoldTests
{
    private const string Later = "2099-01-01T00:00:00.0000000Z";
    private static readonly string Hash = new('a', 64);
    private static readonly string OtherHash = new('b', 64);
    private readonly LedgerBuilder ledger = LedgerBuilder.Opened();

    private Person Ada => ledger.State.People["ada"];

    [Fact]
    public void Person_Invited_CanBeFoundByTheirInvitationUntilItIsUsedOrRunsOut()
    {
        Invite("viewer");

        Assert.Same(Ada, PeopleRules.FindInvited(ledger.State, Hash, Make.Now));
        Assert.Null(PeopleRules.FindInvited(ledger.State, OtherHash, Make.Now));
        Assert.Null(PeopleRules.FindInvited(ledger.State, Hash, Ada.InvitationExpiresAt!.Value));
        SignIn("s1");
        Assert.Null(PeopleRules.FindInvited(ledger.State, Hash, Make.Now));
        Assert.Equal("s1", Assert.Single(Ada.Sessions).Id);
    }

    [Fact]
    public void Session_Ended_IsGoneAndTheOthersStay()
    {
        Invite("viewer");
        SignIn("s1");
        SignIn("s2");

        ledger.Append(EntryTypes.PersonSignedOut, """{"id":"ada","session":"s1"}""");

        Assert.Null(Find("s1"));
        Assert.NotNull(Find("s2"));
        ledger.Append(EntryTypes.PersonSignedOut, """{"id":"ada"}""");
        Assert.Null(Find("s2"));
    }

    [Fact]
    public void Session_OlderThanItsLifetime_IsOver()
    {
        Invite("viewer");
        SignIn("s1");
        var began = Ada.Sessions[0].At;

        Assert.NotNull(PeopleRules.FindSession(ledger.State, "ada", "s1", TimeSpan.FromHours(1), began.AddMinutes(59)));
        Assert.Null(PeopleRules.FindSession(ledger.State, "ada", "s1", TimeSpan.FromHours(1), began.AddMinutes(60)));
    }

    [Fact]
    public void Sessions_MoreThanKept_EndTheOldest()
    {
        Invite("viewer");
        for (var i = 0; i <= Person.MostSessions; i++)
            SignIn("s" + i);

        Assert.Equal(Person.MostSessions, Ada.Sessions.Length);
        Assert.Null(Find("s0"));
        Assert.NotNull(Find("s1"));
    }

    [Fact]
    public void Person_Removed_HasNoSessionNoInvitationAndNoRole()
    {
        Invite("admin", "approver");
        SignIn("s1");
        Invite("admin", "approver");

        ledger.Append(EntryTypes.PersonRemoved, """{"id":"ada"}""");

        Assert.False(Ada.IsActive);
        Assert.False(Ada.MayApprove);
        Assert.Null(Find("s1"));
        Assert.Null(PeopleRules.FindInvited(ledger.State, Hash, Make.Now));
    }

    [Fact]
    public void LastAdmin_IsWhoeverIsTheOnlyActiveOne()
    {
        Invite("admin");
        Assert.True(PeopleRules.IsLastAdmin(ledger.State, Ada));
        ledger.Append(EntryTypes.PersonAdded, """{"id":"bo","name":"Bo","roles":["admin"]}""");
        Assert.False(PeopleRules.IsLastAdmin(ledger.State, Ada));

        ledger.Append(EntryTypes.PersonChanged, """{"id":"bo","name":"Bo","roles":["viewer"]}""");

        Assert.True(PeopleRules.IsLastAdmin(ledger.State, Ada));
        Assert.False(PeopleRules.IsLastAdmin(ledger.State, ledger.State.People["bo"]));
    }

    [Fact]
    public void Key_Rotated_AcceptsTheSecretBeforeForAWhile()
    {
        ledger.Append(EntryTypes.KeyCreated, $$"""{"id":"k","name":"shop","kind":"sdk","prefix":"rtk_k","sha256":"{{Hash}}"}""");

        ledger.Append(EntryTypes.KeyRotated, $$"""{"id":"k","sha256":"{{OtherHash}}","previousUntil":"{{Later}}"}""");

        var key = ledger.State.Keys["k"];
        var until = key.PreviousUntil!.Value;
        Assert.True(key.Accepts(OtherHash, until) && key.Accepts(Hash, until.AddTicks(-1)));
        Assert.False(key.Accepts(Hash, until));
        ledger.Append(EntryTypes.KeyRevoked, """{"id":"k"}""");
        Assert.False(ledger.State.Keys["k"].Accepts(OtherHash, Make.Now));
    }

    [Theory]
    [InlineData(EntryTypes.PersonInvited, """{"id":"x","name":"X","roles":["viewer"],"sha256":"","expiresAt":"2099-01-01T00:00:00.0000000Z"}""")]
    [InlineData(EntryTypes.PersonInvited, """{"id":"x","name":"X","roles":["viewer"],"sha256":"a","expiresAt":"tomorrow"}""")]
    [InlineData(EntryTypes.PersonAdded, """{"name":"X","roles":["viewer"]}""")]
    [InlineData(EntryTypes.PersonRemoved, "{}")]
    public void Entry_NotWhole_IsRefusedAndChangesNothing(string type, string data)
    {
        var before = ledger.State;

        Assert.Throws<LedgerFormatException>(() => ledger.Append(type, data));

        Assert.Same(before, ledger.State);
    }

    [Fact]
    public void People_UntouchedByOtherEntries_AreTheSameObject()
    {
        Invite("viewer");
        var people = ledger.State.People;

        ledger.Append(EntryTypes.SignInFailed, """{"count":3,"sources":1,"worst":[]}""");

        Assert.Same(people, ledger.State.People);
    }

    private Session? Find(string session) => PeopleRules.FindSession(ledger.State, "ada", session, TimeSpan.FromDays(7), ledger.State.At);

    private Snapshot Invite(params string[] roles) => ledger.Append(
        EntryTypes.PersonInvited,
        $$"""{"id":"ada","name":"Ada","roles":[{{string.Join(',', roles.Select(role => $"\"{role}\""))}}],"sha256":"{{Hash}}","expiresAt":"{{Later}}"}""");

    private Snapshot SignIn(string session) =>
        ledger.Append(EntryTypes.PersonSignedIn, $$"""{"id":"ada","session":"{{session}}","invitation":true}""");
}
