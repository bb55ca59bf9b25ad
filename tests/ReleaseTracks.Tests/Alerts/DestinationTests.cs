using ReleaseTracks.Alerts;
using ReleaseTracks.Plans;
using ReleaseTracks.Plans.Rules;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tests.Builders;

namespace ReleaseTracks.Tests.Alerts;

public sealed class DestinationTests
{
    private const string Pager = """[{"op":"destination.put","destination":{"key":"pager","kind":"webhook","url":"https://hooks.example/1","secret":"s"}}]""";
    private readonly LedgerBuilder ledger = LedgerBuilder.Opened();

    private static string Put(string members) => $$$"""[{"op":"destination.put","destination":{"key":"pager",{{{members}}}}}]""";

    [Fact]
    public void Destination_WithoutEvents_HearsEverything()
    {
        var pager = ledger.Change(Pager).Destinations["pager"];

        Assert.Equal(AlertEvents.All.AsEnumerable(), pager.Config.Events);
        Assert.Equal((DestinationKind.Webhook, "https://hooks.example/1", "s"), (pager.Config.Kind, pager.Config.Url, pager.Config.Secret));
        Assert.Equal(ledger.State.Revision, pager.Since);
    }

    [Theory]
    [InlineData("""{"key":"Pager","kind":"alertmanager","url":"http://a"}""", "key", "Must be lower-case letters, digits and hyphens, such as pager.")]
    [InlineData("""{"key":"p","kind":"mail","url":"http://a","secret":"s"}""", "kind", "Must be webhook or alertmanager.")]
    [InlineData("""{"key":"p","kind":"alertmanager","url":"ftp://a"}""", "url", "Must be an absolute http or https address.")]
    [InlineData("""{"key":"p","kind":"alertmanager","url":"/a"}""", "url", "Must be an absolute http or https address.")]
    [InlineData("""{"key":"p","kind":"alertmanager","url":"http://u:p@a"}""", "url", "Must have no user or password in it: the ledger can be read. Name a secret instead.")]
    [InlineData("""{"key":"p","kind":"webhook","url":"http://a#b","secret":"s"}""", "url", "Must have no fragment: it would not be sent.")]
    [InlineData("""{"key":"p","kind":"alertmanager","url":"http://a?b=c"}""", "url", "Must be the base address of the Alertmanager; /api/v2/alerts is added to it.")]
    [InlineData("""{"key":"p","kind":"webhook","url":"http://a"}""", "secret", "Missing: a webhook is signed; give the name of a secret in ReleaseTracks:Alerts:Secrets.")]
    [InlineData("""{"key":"p","kind":"alertmanager","url":"http://a","events":[]}""", "events", "Name at least one event, or leave it out for all; remove the destination if it should hear nothing.")]
    [InlineData("""{"key":"p","kind":"alertmanager","url":"http://a","events":["fire"]}""", "events[0]", "Unknown event; known are rollback, budget-exhausted, blind, shared-outage.")]
    [InlineData("""{"key":"p","kind":"alertmanager","url":"http://a","password":"x"}""", "password", "Unknown member; known here: key, kind, url, events, secret.")]
    public void Destination_Bad_IsRefusedWithPathAndFix(string destination, string path, string message) => Assert.Equal(
        new InputError($"changes[0].destination.{path}", message),
        Assert.Single(Make.ChangeErrors(ledger.State, $$"""[{"op":"destination.put","destination":{{destination}}}]""")));

    [Fact]
    public void Destinations_MoreThanMost_AreRefused()
    {
        ledger.Change($"[{string.Join(',', Enumerable.Range(0, Destination.Most).Select(i => Pager[1..^1].Replace("pager", $"p{i}", StringComparison.Ordinal)))}]");

        Assert.Equal("There are 50 destinations already; remove one first.", Assert.Single(Make.ChangeErrors(ledger.State, Pager)).Message);
        Assert.Empty(LoosenedBy(Pager.Replace("pager", "p7", StringComparison.Ordinal)));
    }

    [Fact]
    public void Destination_RemovedAndPutAgain_BeginsAnewAndOlderPlansAreStale()
    {
        var since = ledger.Change(Pager).Destinations["pager"].Since;
        var plan = ledger.Propose(Put("""  "kind":"alertmanager","url":"http://a"  """));
        ledger.Change("""[{"op":"destination.remove","destination":"pager"}]""");

        Assert.True(ledger.State.Destinations["pager"].IsRemoved);
        Assert.StartsWith("destination/pager changed", StaleCheck.Find(plan, ledger.State), StringComparison.Ordinal);
        Assert.Equal("There is no such destination: nothing to remove.", Assert.Single(Make.ChangeErrors(ledger.State, """[{"op":"destination.remove","destination":"pager"}]""")).Message);
        Assert.True(ledger.Change(Pager).Destinations["pager"].Since > since);
    }

    [Fact]
    public void Destination_Changed_KeepsWhatItHasHeardSoFar()
    {
        var since = ledger.Change(Pager).Destinations["pager"].Since;

        Assert.Equal(since, ledger.Change(Pager.Replace("/1", "/2", StringComparison.Ordinal)).Destinations["pager"].Since);
        Assert.True(ledger.Change(Put("""  "kind":"alertmanager","url":"http://a"  """)).Destinations["pager"].Since > since);
    }

    [Fact]
    public void Plan_OnDestinations_IsNeutralForUsersAndNeedsApprovalWhenSomebodyElseHearsOrFewerDo()
    {
        Assert.Equal("The destination pager: alerts newly go to the webhook at https://hooks.example/1.", Assert.Single(LoosenedBy(Pager)));
        ledger.Change(Pager);
        Assert.Empty(LoosenedBy(Pager));
        Assert.Equal(
            "The destination pager: alerts go to the webhook at https://other.example instead of the webhook at https://hooks.example/1.",
            Assert.Single(LoosenedBy(Put("""  "kind":"webhook","url":"https://other.example","secret":"s"  """))));
        Assert.Equal(
            "The destination pager: it uses the secret t instead of s.",
            Assert.Single(LoosenedBy(Put("""  "kind":"webhook","url":"https://hooks.example/1","secret":"t"  """))));
        Assert.Equal(
            ["The destination pager: it no longer hears of budget-exhausted.", "The destination pager: it no longer hears of shared-outage."],
            LoosenedBy(Put("""  "kind":"webhook","url":"https://hooks.example/1","secret":"s","events":["rollback","blind"]  """)));
        Assert.Equal("The destination pager: no alerts go there any more.", Assert.Single(LoosenedBy("""[{"op":"destination.remove","destination":"pager"}]""")));
    }

    [Fact]
    public void Plan_ThatOnlyTellsMore_NeedsNobody()
    {
        ledger.Change(Put("""  "kind":"alertmanager","url":"http://a","events":["blind"]  """));

        Assert.Equal(0, Make.Judge(ledger.State, Put("""  "kind":"alertmanager","url":"http://a"  """)).ApprovalsNeeded);
    }

    [Fact]
    public void Snapshot_ForProducts_SaysNothingOfDestinations()
    {
        ledger.Change(Pager);

        Assert.DoesNotContain("hooks.example", Json.Object(json => SnapshotJson.WriteMembers(json, ledger.State)).GetRawText(), StringComparison.Ordinal);
    }

    private System.Collections.Immutable.ImmutableArray<string> LoosenedBy(string changes)
    {
        var judged = Make.Judge(ledger.State, changes);
        Assert.Equal(ExposureEffect.Neutral, judged.Exposure.Effect);
        Assert.Equal(judged.Loosened.IsEmpty ? 0 : 1, judged.ApprovalsNeeded);
        Assert.DoesNotContain(judged.Rules, rule => rule.Outcome == RuleOutcome.Deny);
        return judged.Loosened;
    }
}
