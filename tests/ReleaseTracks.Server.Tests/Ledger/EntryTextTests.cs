using System.Reflection;
using ReleaseTracks.Access;
using ReleaseTracks.Ledger;
using ReleaseTracks.Server.Ledger.Reading;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Tests.Ledger;

public sealed class EntryTextTests
{
    public static IEnumerable<TheoryDataRow<string>> Types => typeof(EntryTypes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(one => one.IsLiteral)
        .Select(one => new TheoryDataRow<string>((string)one.GetRawConstantValue()!));

    [Theory]
    [MemberData(nameof(Types))]
    public void Headline_OfEveryType_IsForPeople(string type)
    {
        var headline = EntryText.Headline(Entry(type), Snapshot.Empty);

        Assert.NotEqual(type, headline);
        Assert.True(char.IsUpper(headline[0]), headline);
    }

    [Fact]
    public void Headline_OfATypeOfALaterVersion_IsItsType() =>
        Assert.Equal("thing.happened", EntryText.Headline(Entry("thing.happened"), Snapshot.Empty));

    private static LedgerEntry Entry(string type) => new(
        1, "01", DateTimeOffset.UnixEpoch, new(ActorKinds.System, "tests", "in-process"), type, System.Text.Json.JsonElement.Parse("""{"id":"x","plan":"p","rollback":"r"}"""));
}
